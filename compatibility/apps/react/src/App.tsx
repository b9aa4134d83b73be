import { Auth0Provider, useAuth0 } from "@auth0/auth0-react";
import { reasonOf } from "@platform-api/client";
import { PlatformProvider, usePlatform } from "@platform-api/client/react";
import { useMutation, useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";

const env = import.meta.env;
const home = window.location.origin;

export default function App() {
  return (
    <Auth0Provider
      domain={env.VITE_AUTH0_DOMAIN}
      clientId={env.VITE_AUTH0_CLIENT_ID}
      authorizationParams={{ audience: env.VITE_AUTH0_AUDIENCE, redirect_uri: home }}
    >
      <Platform>
        <Page />
      </Platform>
    </Auth0Provider>
  );
}

/** Every call to platform-api sends the user's token. An expired one is renewed once. */
function Platform({ children }: { children: ReactNode }) {
  const { isAuthenticated, getAccessTokenSilently } = useAuth0();
  return (
    <PlatformProvider
      url={env.VITE_PLATFORM_URL}
      token={() => (isAuthenticated ? getAccessTokenSilently() : null)}
      refresh={() => getAccessTokenSilently({ cacheMode: "off" })}
    >
      {children}
    </PlatformProvider>
  );
}

function Page() {
  const { isLoading, isAuthenticated, error } = useAuth0();
  if (isLoading) return <p>Loading …</p>;
  if (error) return <Problem error={error} />;
  return isAuthenticated ? <Account /> : <SignIn />;
}

/** platform-api says which sign-in the address uses. */
function SignIn() {
  const { loginWithRedirect } = useAuth0();
  const discover = useMutation(
    usePlatform().discover.byEmail.mutationOptions({
      onSuccess: (found, { email }) => {
        const sso = found.method === "sso" ? found.options[0]?.authorize : undefined;
        return loginWithRedirect({ authorizationParams: sso ?? { login_hint: email } });
      },
    }),
  );
  return (
    <form action={(form) => discover.mutate({ email: String(form.get("email")) })}>
      <label>
        E-mail address <input name="email" type="email" required />
      </label>
      <button type="submit">Sign in</button>
      {discover.error && <Problem error={discover.error} />}
    </form>
  );
}

function Account() {
  const { logout } = useAuth0();
  const platform = usePlatform();
  const identity = useQuery(platform.auth.validate.queryOptions());
  const me = useQuery(platform.org.me.queryOptions());
  const error = identity.error ?? me.error;
  return (
    <main>
      <h1>{identity.data?.email}</h1>
      <p>
        User id: <code>{identity.data?.userId}</code>
      </p>
      {me.data?.organizations.map(({ id, name, role }) => (
        <p key={id}>
          {name} ({role})
        </p>
      ))}
      {error && <Problem error={error} />}
      <button type="button" onClick={() => logout({ logoutParams: { returnTo: home } })}>
        Sign out
      </button>
    </main>
  );
}

function Problem({ error }: { error: { message: string } }) {
  return (
    <p role="alert">
      {error.message} {reasonOf(error)}
    </p>
  );
}
