import { usePlatform } from "@platform-api/client/react";
import { useMutation } from "@tanstack/react-query";
import { type FormEvent, useEffect, useRef, useState } from "react";
import { Button, FieldError, Form, Input, Label, TextField } from "react-aria-components";
import type { SignInRoute } from "../session.ts";
import { type SignInStart, useApp } from "./app-context.ts";
import { faultFor, faultOf, isOutage } from "./fault-of.ts";
import { FaultPage } from "./fault-page.tsx";
import type { AppReason } from "./faults.ts";
import { forgetRoute, lastRoute } from "./last-route.ts";
import { PageHeading } from "./page.tsx";
import { PendingButton } from "./pending-button.tsx";
import { POLL_MS } from "./polling.ts";
import { SignInFrame } from "./sign-in-frame.tsx";
import { Splash } from "./splash.tsx";
import { Ways, waysOf } from "./ways.tsx";

const NOTHING = "Enter your e-mail address, such as jane@company.com.";
const NO_ADDRESS = "This is not an e-mail address such as jane@company.com.";

/** An address, then the ways in that its domain has; for whoever was here before, the way they took. */
export function SignInPage({ start }: { readonly start: SignInStart }) {
  const [known, setKnown] = useState(lastRoute);
  if (known === null) return <Discovery start={start} />;
  const useAnotherAddress = () => {
    forgetRoute();
    setKnown(null);
  };
  return <KnownPerson route={known} onChangeAddress={useAnotherAddress} />;
}

interface KnownPersonProps {
  readonly route: SignInRoute;
  readonly onChangeAddress: () => void;
}

function KnownPerson({ route, onChangeAddress }: KnownPersonProps) {
  const { leave } = useApp();
  return (
    <SignInFrame>
      <PageHeading title="Sign in to Platform" className="auth-title" />
      <p className="auth-lead">You have signed in from this browser before.</p>
      <div className="auth-ways">
        <Button className="button button-wide button-primary" onPress={() => leave(route)}>
          <span>
            Continue as <bdi>{route.login_hint}</bdi>
          </span>
        </Button>
      </div>
      <Button className="button button-plain button-wide" onPress={onChangeAddress}>
        Use a different address
      </Button>
    </SignInFrame>
  );
}

function Discovery({ start }: { readonly start: SignInStart }) {
  const [email, setEmail] = useState(start.email ?? "");
  const { isSsoOnly = false } = start;
  const discovery = useDiscovery(isSsoOnly);
  const discover = (address: string) => discovery.mutate({ email: address });
  const edit = (text: string) => {
    setEmail(text);
    if (!discovery.isPending) discovery.reset();
  };
  // Once, for the address that the page begins with.
  useEffect(() => {
    if (isSsoOnly && email !== "") discover(email);
  }, []);
  const failure = discovery.error ?? discovery.failureReason;
  const reason = failure && faultOf(failure);
  if (reason && isOutage(reason)) {
    const isTrying = !discovery.failureReason;
    return (
      <SignInFrame>
        <FaultPage reason={reason} onTryNow={() => discover(email)} isTrying={isTrying} />
      </SignInFrame>
    );
  }
  if (discovery.data) {
    const ways = waysOf(discovery.data, email, isSsoOnly);
    return <Ways ways={ways} email={email} onChangeAddress={() => history.back()} />;
  }
  if (isSsoOnly && discovery.isPending) return <Splash>Looking for your company’s sign-in</Splash>;
  return (
    <SignInFrame>
      <PageHeading title="Sign in to Platform" className="auth-title" />
      <p className="auth-lead">Your address tells us where your company signs in.</p>
      {start.notice && <p className="auth-notice">{start.notice}</p>}
      <AddressForm
        email={email}
        onChange={edit}
        onSubmit={() => discover(email.trim())}
        isPending={discovery.isPending}
        reason={reason}
      />
    </SignInFrame>
  );
}

/** Where an address signs in. A single way is taken at once. */
function useDiscovery(isSsoOnly: boolean) {
  const { leave } = useApp();
  const discovery = useMutation(
    usePlatform().discover.byEmail.mutationOptions({
      retry: (_, error) => isOutage(faultOf(error)),
      retryDelay: POLL_MS,
      onSuccess: (answer, { email }) => {
        const [way, ...others] = waysOf(answer, email, isSsoOnly);
        if (way?.name && others.length === 0) leave(way.route, way.name);
        else history.pushState(null, "", location.href); // back leads from the choice to the address
      },
    }),
  );
  const { reset } = discovery;
  useEffect(() => {
    addEventListener("popstate", reset);
    return () => removeEventListener("popstate", reset);
  }, [reset]);
  return discovery;
}

interface AddressFormProps {
  readonly email: string;
  readonly onChange: (email: string) => void;
  readonly onSubmit: () => void;
  readonly isPending: boolean;
  /** Why the address that was sent leads nowhere. */
  readonly reason: AppReason | null;
}

/** With our own words, as each browser has others; they go when something is typed, so that no button jumps away. */
function AddressForm({ email, onChange, onSubmit, isPending, reason }: AddressFormProps) {
  const input = useRef<HTMLInputElement>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const message = problem ?? (reason && messageFor(reason));
  useEffect(() => {
    if (reason) input.current?.focus();
  }, [reason]);
  const edit = (text: string) => {
    setProblem(null);
    onChange(text);
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (isPending) return;
    const found = email.trim() === "" ? NOTHING : input.current?.validity.valid ? null : NO_ADDRESS;
    setProblem(found);
    if (found === null) onSubmit();
    else input.current?.focus();
  };
  return (
    <Form onSubmit={submit} className="auth-form" validationBehavior="aria">
      <TextField
        className="field"
        name="email"
        type="email"
        autoComplete="username"
        isRequired
        isInvalid={message !== null}
        autoFocus
        value={email}
        onChange={edit}
      >
        <Label>E-mail address</Label>
        <Input ref={input} placeholder="jane@company.com" spellCheck="false" autoCapitalize="none" />
        <FieldError>{message}</FieldError>
      </TextField>
      <PendingButton type="submit" className="button button-primary button-wide" isPending={isPending}>
        Continue
      </PendingButton>
    </Form>
  );
}

function messageFor(reason: AppReason): string {
  if (reason === "INPUT_INVALID") return NO_ADDRESS;
  const { what, next } = faultFor(reason);
  // Nothing goes on by itself here.
  return `${what} ${reason === "RATE_LIMITED" ? "Wait a minute, then continue." : next}`;
}
