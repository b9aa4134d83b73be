import type { PlatformClient } from "@platform-api/client";
import { Button } from "react-aria-components";
import { PageHeading } from "../app/routing/page.tsx";
import { useApp } from "../app/session/app-context.ts";
import { PASSWORD_CONNECTION, type SignInRoute } from "../app/session/sign-in-route.ts";
import { Icon } from "../design/icon.tsx";
import { SignInFrame } from "./sign-in-frame.tsx";

/** What the password option leads to. */
export function passwordPageOf({ screen_hint }: SignInRoute): string {
  return screen_hint === "signup" ? "the page where you create your account" : "the password page";
}

interface SignInOption {
  readonly route: SignInRoute;
  /** The display name. Null for a password. */
  readonly name: string | null;
}

export interface SignInOptionsProps {
  readonly options: readonly SignInOption[];
  readonly email: string;
  readonly onChangeAddress: () => void;
}

export function SignInOptions({ options, email, onChangeAddress }: SignInOptionsProps) {
  const { leave } = useApp();
  const sso = options.filter(({ name }) => name !== null);
  const password = options.find(({ name }) => name === null);
  const title = sso.length > 0 ? "Choose how to sign in" : "Sign in with a password";
  const domain = email.slice(email.lastIndexOf("@") + 1);
  return (
    <SignInFrame hasPassword={password !== undefined}>
      <PageHeading title={title} />
      <p className="auth-lead">
        {sso.length === 0 && `No company sign-in is set up for ${domain}, so sign in with a password. `}
        You are signing in as{" "}
        <strong>
          <bdi>{email}</bdi>
        </strong>
        .
      </p>
      <div className="auth-options">
        {sso.map(({ route, name }, index) => (
          <Button
            key={`${route.connection} ${route.organization}`}
            className={`button button-wide ${index === 0 ? "button-primary" : ""}`}
            onPress={() => leave(route, name ?? "")}
          >
            <Icon name="building" />
            <span>
              Continue with <bdi>{name}</bdi>
            </span>
          </Button>
        ))}
        {sso.length > 0 && password && <p className="auth-or">or</p>}
        {password && (
          <Button
            className={`button button-wide ${sso.length === 0 ? "button-primary" : ""}`}
            onPress={() => leave(password.route, passwordPageOf(password.route))}
          >
            <Icon name="key" />
            Continue with a password
          </Button>
        )}
      </div>
      <Button className="button button-plain button-wide" onPress={onChangeAddress}>
        Use a different address
      </Button>
    </SignInFrame>
  );
}

type Discovery = Awaited<ReturnType<PlatformClient["discover"]["byEmail"]["mutate"]>>;

/** Who signs in. */
export interface Visitor {
  readonly isSsoOnly: boolean;
  /** Has no account yet, as far as we know. */
  readonly isInvited: boolean;
}

/** The SSO options first, then a password if it is allowed. */
export function signInOptionsOf(
  discovery: Discovery,
  email: string,
  { isSsoOnly, isInvited }: Visitor,
): SignInOption[] {
  const sso =
    discovery.method === "sso"
      ? discovery.options.map(({ displayName, authorize }) => ({ route: authorize, name: displayName }))
      : [];
  const takesPassword = discovery.method === "password" || discovery.passwordAllowed;
  if (!takesPassword || (isSsoOnly && sso.length > 0)) return sso;
  const password = passwordRoute(email);
  return [...sso, { route: isInvited ? { ...password, screen_hint: "signup" } : password, name: null }];
}

/**
 * The option that is taken without a question. A user who needs SSO is not sent to the password page, which would lead
 * them back here.
 */
export function onlyOptionOf(options: readonly SignInOption[], isSsoOnly: boolean): SignInOption | null {
  const [option, ...others] = options;
  if (option === undefined || others.length > 0) return null;
  return option.name === null && isSsoOnly ? null : option;
}

/** The route to the identity provider's own password database. */
export function passwordRoute(email: string): SignInRoute {
  return { connection: PASSWORD_CONNECTION, login_hint: email };
}
