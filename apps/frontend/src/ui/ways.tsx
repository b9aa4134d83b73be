import { Button } from "react-aria-components";
import type { SignInRoute } from "../session.ts";
import { useApp } from "./app-context.ts";
import { Icon } from "./icon.tsx";
import { PageHeading } from "./page.tsx";
import { SignInFrame } from "./sign-in-frame.tsx";

/** One way to sign in, as a person is offered it. */
interface Way {
  readonly route: SignInRoute;
  /** What the person calls it; null: a password. */
  readonly name: string | null;
}

export interface WaysProps {
  readonly ways: readonly Way[];
  readonly email: string;
  readonly onChangeAddress: () => void;
}

export function Ways({ ways, email, onChangeAddress }: WaysProps) {
  const { leave } = useApp();
  const sso = ways.filter(({ name }) => name !== null);
  const password = ways.find(({ name }) => name === null);
  const title = sso.length > 0 ? "Choose how to sign in" : "Sign in with a password";
  const domain = email.slice(email.lastIndexOf("@") + 1);
  return (
    <SignInFrame>
      <PageHeading title={title} className="auth-title" />
      <p className="auth-lead">
        {sso.length === 0 && `No company sign-in is set up for ${domain}, so you use a password. `}
        You continue as{" "}
        <strong>
          <bdi>{email}</bdi>
        </strong>
        .
      </p>
      <div className="auth-ways">
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
            onPress={() => leave(password.route, "the password page")}
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

type Discovery =
  | { readonly method: "password" }
  | {
      readonly method: "sso";
      readonly passwordAllowed: boolean;
      readonly options: readonly {
        readonly displayName: string;
        readonly authorize: {
          readonly connection: string;
          readonly organization?: string | undefined;
          readonly login_hint: string;
        };
      }[];
    };

/** The ways of an answer: those of the company first, then a password where it is allowed. */
export function waysOf(discovery: Discovery, email: string, isSsoOnly: boolean): Way[] {
  const sso =
    discovery.method === "sso"
      ? discovery.options.map(({ displayName, authorize }) => ({ route: authorize, name: displayName }))
      : [];
  const takesPassword = discovery.method === "password" || discovery.passwordAllowed;
  if (!takesPassword || (isSsoOnly && sso.length > 0)) return sso;
  return [...sso, { route: passwordRoute(email), name: null }];
}

/** The way in by the identity provider's own database of passwords. */
export function passwordRoute(email: string): SignInRoute {
  return { connection: "Username-Password-Authentication", login_hint: email };
}
