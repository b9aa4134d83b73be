import { usePlatform } from "@platform-api/client/react";
import { useMutation } from "@tanstack/react-query";
import { type FormEvent, type ReactNode, useEffect, useRef, useState } from "react";
import { Button, FieldError, Form, Input, Label, TextField } from "react-aria-components";
import { brand } from "../app/config/brand.ts";
import { errorReason, isOutage, problemFor } from "../app/problems/error-reason.ts";
import { POLL_MS, rateLimitMs } from "../app/problems/polling.ts";
import { ProblemPage } from "../app/problems/problem-page.tsx";
import type { AppReason } from "../app/problems/problems.ts";
import { PageHeading } from "../app/routing/page.tsx";
import { INVITATION_PATH, usePath } from "../app/routing/path.ts";
import { type SignInStart, useApp } from "../app/session/app-context.ts";
import { forgetRoute, lastRoute } from "../app/session/last-route.ts";
import { PASSWORD_CONNECTION, type SignInRoute } from "../app/session/sign-in-route.ts";
import { announce } from "../design/announcer.tsx";
import { PendingButton } from "../design/fields/pending-button.tsx";
import { SignInFrame } from "./sign-in-frame.tsx";
import {
  onlyOptionOf,
  passwordPageOf,
  SignInOptions,
  signInOptionsOf,
  type Visitor,
} from "./sign-in-options.tsx";
import { Splash } from "./splash.tsx";

const NOTHING = "Enter your e-mail address, such as jane@company.com.";
const NO_ADDRESS = "Enter a valid e-mail address, such as jane@company.com.";

/**
 * The page of an invitation says so, and no more: the link proves nothing, so a name in it could be an attacker's text.
 */
const INVITED = {
  title: "You were invited",
  lead: "Sign in with the address that was invited, or create an account for it. Then you see what you were invited to.",
};

function useTexts() {
  const isInvited = usePath() === INVITATION_PATH;
  if (isInvited) return { isInvited, title: INVITED.title, lead: INVITED.lead };
  const title = `Sign in to ${brand().name}`;
  return { isInvited, title, lead: "We use your address to find your company’s sign-in." };
}

/**
 * Asks for an address, then offers the sign-in options of its domain. A returning user gets their last option, unless it was
 * a password: their company may have set up single sign-on since.
 */
export function SignInPage({ start }: { readonly start: SignInStart }) {
  const [known, setKnown] = useState(() => lastRouteOf(start.email));
  const [begin, setBegin] = useState(start);
  const { leave } = useApp();
  if (known === null) return <Discovery start={begin} />;
  const useAnotherAddress = () => {
    forgetRoute();
    setKnown(null);
  };
  const hasPassword = known.connection === PASSWORD_CONNECTION;
  const goOn = () => {
    if (!hasPassword) return leave(known);
    setBegin({ email: known.login_hint, isSubmitted: true });
    setKnown(null);
  };
  return (
    <KnownPerson
      email={known.login_hint}
      hasPassword={hasPassword}
      onContinue={goOn}
      onChangeAddress={useAnotherAddress}
    />
  );
}

/** The last option, unless the page starts with another address. */
function lastRouteOf(email: string | undefined): SignInRoute | null {
  const last = lastRoute();
  return email === undefined || email.toLowerCase() === last?.login_hint.toLowerCase() ? last : null;
}

interface KnownPersonProps {
  readonly email: string;
  /** Whether they went to the password page. */
  readonly hasPassword: boolean;
  readonly onContinue: () => void;
  readonly onChangeAddress: () => void;
}

function KnownPerson({ email, hasPassword, onContinue, onChangeAddress }: KnownPersonProps) {
  const { title, isInvited, lead } = useTexts();
  const known = hasPassword
    ? "Last time you went to the password page. When you continue, we look again for your company’s sign-in."
    : "You last used this address in this browser.";
  return (
    <SignInFrame>
      <PageHeading title={title} />
      <p className="auth-lead">{hasPassword && isInvited ? lead : known}</p>
      <div className="auth-options">
        <Button className="button button-wide button-primary" onPress={onContinue}>
          <span>
            Continue as <bdi>{email}</bdi>
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
  const { isSsoOnly = false, isSubmitted = isSsoOnly } = start;
  const { isInvited, title, lead } = useTexts();
  const visitor = { isSsoOnly, isInvited };
  const discovery = useDiscovery(visitor);
  const failure = discovery.error ?? discovery.failureReason;
  const reason = failure && errorReason(failure);
  const isLimited = reason === "RATE_LIMITED";
  const discover = (address: string) => discovery.mutate({ email: address });
  const edit = (text: string) => {
    setEmail(text);
    if (!discovery.isPending && !isLimited) discovery.reset(); // another address would be refused, too
  };
  // Once, for the address that the page starts with.
  useEffect(() => {
    if (isSubmitted && email !== "") discover(email);
  }, []);
  if (reason && isOutage(reason)) {
    const isTrying = !discovery.failureReason;
    return (
      <SignInFrame>
        <ProblemPage reason={reason} error={failure} onTryNow={() => discover(email)} isTrying={isTrying} />
      </SignInFrame>
    );
  }
  if (discovery.data) {
    const options = signInOptionsOf(discovery.data, email, visitor);
    return <SignInOptions options={options} email={email} onChangeAddress={() => history.back()} />;
  }
  if (isSubmitted && discovery.isPending) return <Splash>Looking for your company’s sign-in</Splash>;
  return (
    <SignInFrame>
      <PageHeading title={title} />
      <p className="auth-lead">{lead}</p>
      {start.notice && <p className="auth-notice">{start.notice}</p>}
      <AddressForm
        email={email}
        onChange={edit}
        onSubmit={() => discover(email.trim())}
        isPending={discovery.isPending}
        reason={isLimited ? null : reason}
        wait={isLimited ? <Wait error={failure} onEnd={discovery.reset} /> : null}
      />
    </SignInFrame>
  );
}

interface WaitProps {
  /** The error whose reason is RATE_LIMITED. */
  readonly error: unknown;
  readonly onEnd: () => void;
}

/** Counts down. Screen readers hear the start and the end, and not each second. */
function Wait({ error, onEnd }: WaitProps) {
  const [seconds, setSeconds] = useState(Math.ceil(rateLimitMs(error) / 1_000));
  useEffect(() => {
    const endMs = Date.now() + rateLimitMs(error);
    announce(waitText(Math.ceil(rateLimitMs(error) / 1_000)));
    const timer = setInterval(() => {
      const left = Math.ceil((endMs - Date.now()) / 1_000);
      if (left > 0) return setSeconds(left);
      announce("You can try again now.");
      onEnd();
    }, 1_000);
    return () => clearInterval(timer);
  }, [error, onEnd]);
  return <p className="auth-wait">{waitText(seconds)}</p>;
}

function waitText(seconds: number): string {
  return `Too many attempts. Try again in ${seconds} ${seconds === 1 ? "second" : "seconds"}.`;
}

/** Looks up where an address signs in. A single option is taken at once. */
function useDiscovery(visitor: Visitor) {
  const { leave } = useApp();
  const discovery = useMutation(
    usePlatform().discover.byEmail.mutationOptions({
      retry: (_, error) => isOutage(errorReason(error)),
      retryDelay: POLL_MS,
      onSuccess: (answer, { email }) => {
        const only = onlyOptionOf(signInOptionsOf(answer, email, visitor), visitor.isSsoOnly);
        if (only !== null) leave(only.route, only.name ?? passwordPageOf(only.route));
        else history.pushState(history.state, "", location.href); // the back button returns to the address form
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
  /** Why the lookup of the address failed. */
  readonly reason: AppReason | null;
  /** Shown while no address can be looked up. It is not an error of the field, which would be read aloud every second. */
  readonly wait: ReactNode;
}

/** Uses our own error texts, because each browser has its own. They disappear on typing, so that no button moves. */
function AddressForm(props: AddressFormProps) {
  const { email, onChange, onSubmit, isPending, reason, wait } = props;
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
    if (isPending || wait !== null) return;
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
      {wait}
      <PendingButton
        type="submit"
        className="button button-primary button-wide"
        isPending={isPending}
        {...(wait !== null && { "aria-disabled": true })}
      >
        Continue
      </PendingButton>
    </Form>
  );
}

function messageFor(reason: AppReason): string {
  if (reason === "INPUT_INVALID") return NO_ADDRESS;
  const { what, next } = problemFor(reason);
  return `${what} ${next}`;
}
