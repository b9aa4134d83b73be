import { branded } from "../../../app/config/brand.ts";
import type { TestStep } from "./connection.ts";

/** A rule of a test, as the page shows it. */
export interface Rung {
  readonly title: string;
  readonly ok: boolean;
  /** Empty if the title says it all. */
  readonly saw: string;
  /** Of a rule that failed: what it means, and what to change. Empty otherwise. */
  readonly means: string;
  readonly fix: string;
}

interface RuleText {
  readonly title: string;
  readonly means: string;
  /** Shown as one rung together with its neighbours, while all of them pass. */
  readonly isTechnical?: boolean;
  /** Whether what was seen says more than the title, when it passes. */
  readonly isTelling?: boolean;
}

const NOT_OURS = "{product} cannot accept what the sign-in service sent.";
const technical = (title: string, means = NOT_OURS): RuleText => ({ title, means, isTechnical: true });

const RULES: Readonly<Record<string, RuleText>> = {
  credential: technical("A complete token arrived"),
  structure: technical("The token is readable"),
  issuer: technical("The token is from our sign-in service"),
  header: technical("The token is an access token"),
  key: technical("The signing key is known"),
  signature: technical("The signature is valid"),
  audience: technical("The token is for {product}"),
  subject: technical("The user has an id"),
  "key binding": technical("The token can be used here"),
  application: technical("The token is of one application"),
  actor: technical("The token says who acts"),
  "custom claims": technical("The sign-in describes its user"),
  lifetime: technical("The sign-in is fresh", "A test counts only with a sign-in of the last five minutes."),
  "Auth0 organization": {
    title: "The sign-in is for your organization",
    means: "Such a sign-in belongs to another organization, so its people would not get into yours.",
  },
  person: { title: "A person signed in", means: "Only people can sign in, not services." },
  delegation: {
    title: "The person signed in themselves",
    means: "Somebody who acts for a person did not sign in through this connection.",
  },
  connection: {
    title: "The sign-in came through this connection",
    means: "A sign-in through something else says nothing about this connection.",
  },
  address: {
    isTelling: true,
    title: "The address belongs to your organization",
    means: "People get in only with an address at a domain that your organization has verified.",
  },
  "first login": {
    title: "A first sign-in works",
    means: "A new colleague could not sign in.",
  },
  user: { title: "The person gets an account", means: "No account can be made for the person." },
  blocked: { title: "The person is not blocked", means: "This person cannot sign in, whatever the way." },
  speakers: {
    title: "The sign-in may use the person’s account",
    means: "Someone has signed in with this address in another way that your organization does not control.",
  },
  seat: {
    title: "The person’s place is free",
    means: "Two accounts of your identity provider use the same address. Only the first one gets in.",
  },
  link: {
    title: "The sign-in fits earlier ones",
    means: "It contradicts what an earlier sign-in said about the same person.",
  },
  organization: {
    isTelling: true,
    title: "The person is a member",
    means: "The sign-in works, but the person is kept out of the organization.",
  },
  "identity provider": {
    title: "Only your company can sign in",
    means: "The connection changed after it was set up, so that its sign-ins cannot be trusted.",
  },
};

/** The rules in order. Technical ones that follow each other are one rung, as long as they pass. */
export function ladderOf(steps: readonly TestStep[]): readonly Rung[] {
  const rungs: Rung[] = [];
  let passed = 0;
  for (const step of steps) {
    if (step.ok && RULES[step.rule]?.isTechnical) {
      passed += 1;
      continue;
    }
    if (passed > 0) rungs.push(genuine(passed));
    passed = 0;
    rungs.push(rungOf(step));
  }
  return passed > 0 ? [...rungs, genuine(passed)] : rungs;
}

function genuine(count: number): Rung {
  const saw = count === 1 ? "1 check passed" : `${count} checks passed`;
  return { title: "The sign-in is genuine and fresh", ok: true, saw, means: "", fix: "" };
}

function rungOf({ rule, ok, saw, fix }: TestStep): Rung {
  const text = RULES[rule];
  return {
    title: branded(text?.title ?? rule),
    ok,
    saw: ok && text !== undefined && !text.isTelling ? "" : sentence(saw),
    means: ok ? "" : branded(text?.means ?? "The sign-in does not pass this rule."),
    fix: ok ? "" : sentence(fix),
  };
}

/** Rules are written as parts of a sentence. A single word is a name, and stays as it is. */
export function sentence(text: string): string {
  if (!text.includes(" ")) return text;
  const [first = ""] = text;
  const rest = text.slice(first.length).replaceAll("'", "’");
  return `${first.toUpperCase()}${rest}${/[.!?]$/.test(text) ? "" : "."}`;
}
