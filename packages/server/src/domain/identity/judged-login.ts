import type { Assessment } from "../login/address-trust.ts";
import type { SignOut, SubjectFacts } from "../revocation/facts.ts";
import type { IdentityLink } from "./identity-link.ts";
import type { Speakers } from "./speakers.ts";

/** What a first login has read and stored, which the same request need not read again to decide on a membership. */
export interface JudgedLogin {
  /** Of the request that has read it: it must not decide for a later one. */
  readonly signal: AbortSignal;
  /** When it began to read, in milliseconds since the epoch. */
  readonly sinceMs: number;
  readonly assessment: Assessment;
  readonly link: IdentityLink;
  readonly facts: SubjectFacts | null;
  readonly signOut: SignOut | null;
  /** Null where another request has linked the subject to another user, whose speakers were not read. */
  readonly speakers: Speakers | null;
}

/** How old what a first login has read may be. Behind a slow directory it is read again. */
const JUDGED_MS = 250;

/** What the request with this signal has judged a moment ago; null for what is older, or another request has. */
export function judgedIn(
  signal: AbortSignal,
  { judged }: { readonly judged: JudgedLogin | null },
  now: Date,
): JudgedLogin | null {
  if (judged?.signal !== signal) return null;
  return now.getTime() - judged.sinceMs <= JUDGED_MS ? judged : null;
}
