import { usePlatform } from "@platform-api/client/react";
import { useMutation } from "@tanstack/react-query";
import { type FormEvent, type ReactNode, useEffect, useState } from "react";
import { Button, FieldError, Form, Input, Label, TextField } from "react-aria-components";
import { passwordRoute, type SignInRoute } from "../session.ts";
import { type SignInStart, useApp } from "./app-context.ts";
import { FaultPage } from "./fault-page.tsx";
import { type AppReason, faultOf, isOutage } from "./faults.ts";
import { Icon } from "./icon.tsx";
import { Wordmark } from "./logo.tsx";
import { PageHeading } from "./page.tsx";
import { PendingButton } from "./pending-button.tsx";
import { faultFor, POLL_MS } from "./polling.ts";
import { Splash } from "./splash.tsx";

/** One way to sign in, as a person is offered it. */
interface Way {
  readonly route: SignInRoute;
  /** What the person calls it; null: a password. */
  readonly name: string | null;
}

/** An address, then the ways in that its domain has. */
export function SignInPage({ start }: { readonly start: SignInStart }) {
  const [email, setEmail] = useState(start.email ?? "");
  const { isSsoOnly = false } = start;
  const { leave } = useApp();
  const platform = usePlatform();
  const discovery = useMutation(
    platform.discover.byEmail.mutationOptions({
      retry: (_, error) => isOutageOf(error),
      retryDelay: POLL_MS,
      onSuccess: (answer, { email: address }) => {
        const [way, ...others] = waysOf(answer, address, isSsoOnly);
        if (way?.name && others.length === 0) leave(way.route, way.name);
        else history.pushState(null, "", location.href); // back leads from the choice to the address
      },
    }),
  );
  const discover = (address: string) => discovery.mutate({ email: address });
  // Once, for the address that the page begins with.
  useEffect(() => {
    if (isSsoOnly && email !== "") discover(email);
  }, []);
  const { reset } = discovery;
  useEffect(() => {
    addEventListener("popstate", reset);
    return () => removeEventListener("popstate", reset);
  }, [reset]);

  const failure = discovery.error ?? discovery.failureReason;
  if (failure && isOutageOf(failure)) {
    return (
      <SignInFrame>
        <FaultPage
          reason={faultOf(failure)}
          onTryNow={() => discover(email)}
          isTrying={!discovery.failureReason}
        />
      </SignInFrame>
    );
  }
  if (discovery.data) {
    const ways = waysOf(discovery.data, email, isSsoOnly);
    return <Ways ways={ways} email={email} onChangeAddress={() => history.back()} />;
  }
  if (isSsoOnly && discovery.isPending) return <Splash>Looking for your company’s sign-in</Splash>;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!discovery.isPending) discover(email.trim());
  };
  return (
    <SignInFrame>
      <PageHeading title="Sign in to Platform" className="auth-title" />
      <p className="auth-lead">Your address tells us where your company signs in.</p>
      {start.notice && <p className="auth-notice">{start.notice}</p>}
      <Form
        onSubmit={submit}
        className="auth-form"
        validationErrors={failure ? { email: messageFor(faultOf(failure)) } : {}}
      >
        <TextField
          className="field"
          name="email"
          type="email"
          autoComplete="username"
          isRequired
          autoFocus
          value={email}
          onChange={setEmail}
        >
          <Label>E-mail address</Label>
          <Input placeholder="jane@company.com" spellCheck="false" autoCapitalize="none" />
          <FieldError />
        </TextField>
        <PendingButton
          type="submit"
          className="button button-primary button-wide"
          isPending={discovery.isPending}
        >
          Continue
        </PendingButton>
      </Form>
    </SignInFrame>
  );
}

interface WaysProps {
  readonly ways: readonly Way[];
  readonly email: string;
  readonly onChangeAddress: () => void;
}

function Ways({ ways, email, onChangeAddress }: WaysProps) {
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
        You continue as <strong>{email}</strong>.
      </p>
      <div className="auth-ways">
        {sso.map(({ route, name }, index) => (
          <Button
            key={`${route.connection} ${route.organization}`}
            className={`button button-wide ${index === 0 ? "button-primary" : ""}`}
            onPress={() => leave(route, name ?? "")}
          >
            <Icon name="building" />
            Continue with {name}
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

/** The page of whoever is not signed in. */
export function SignInFrame({ children }: { readonly children: ReactNode }) {
  return (
    <div className="auth">
      <header className="auth-header">
        <Wordmark />
      </header>
      <main className="auth-main">{children}</main>
      <footer className="auth-footer">Platform never sees your password.</footer>
    </div>
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

function isOutageOf(error: unknown): boolean {
  return isOutage(faultOf(error));
}

function messageFor(reason: AppReason): string {
  if (reason === "INPUT_INVALID") return "This is not an e-mail address such as jane@company.com.";
  return `${faultFor(reason).what} ${faultFor(reason).next}`;
}
