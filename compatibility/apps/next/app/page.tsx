"use client";

import { getAccessToken, useUser } from "@auth0/nextjs-auth0";
import { createPlatformClient } from "@platform-api/client";
import { useEffect, useState } from "react";

const platform = createPlatformClient({ url: process.env.NEXT_PUBLIC_PLATFORM_URL ?? "" });

export default function Page() {
  const { user, isLoading } = useUser();
  if (isLoading) return <p>Loading …</p>;
  return user ? <Account email={user.email} /> : <SignIn />;
}

/** platform-api says which sign-in the address uses. */
function SignIn() {
  const [problem, setProblem] = useState("");

  async function signIn(form: FormData) {
    const email = String(form.get("email"));
    try {
      const found = await platform.discover.byEmail.mutate({ email });
      const sso = found.method === "sso" ? found.options[0]?.authorize : undefined;
      const parameters = new URLSearchParams(Object.entries(sso ?? { login_hint: email }));
      // eslint-disable-next-line @next/next/no-location-assign-relative-destination -- a page of the SDK
      window.location.assign(`/auth/login?${parameters}`);
    } catch (error) {
      setProblem(String(error));
    }
  }

  return (
    <form action={signIn}>
      <label>
        E-mail address <input name="email" type="email" required />
      </label>
      <button type="submit">Sign in</button>
      <p role="alert">{problem}</p>
    </form>
  );
}

interface Me {
  userId: string;
  organizations: { id: string; name: string; role: string }[];
}

/** Sends the user's token to the route handler. */
function Account({ email }: { email?: string }) {
  const [me, setMe] = useState<Me>();
  const [problem, setProblem] = useState("");

  useEffect(() => {
    async function load() {
      const authorization = `Bearer ${await getAccessToken()}`;
      const response = await fetch("/api/me", { headers: { authorization } });
      const body = await response.json();
      if (response.ok) setMe(body);
      else setProblem(`${body.error.message} ${body.error.reason}`);
    }
    load().catch((error) => setProblem(String(error)));
  }, []);

  return (
    <main>
      <h1>{email}</h1>
      <p>
        User id: <code>{me?.userId}</code>
      </p>
      {me?.organizations.map(({ id, name, role }) => (
        <p key={id}>
          {name} ({role})
        </p>
      ))}
      <p role="alert">{problem}</p>
      <a href="/auth/logout">Sign out</a>
    </main>
  );
}
