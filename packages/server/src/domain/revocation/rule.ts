import { Refusal } from "../refusal.ts";
import type { SubjectKey } from "../subject-key.ts";
import type { VerifiedClaims } from "../token/claims.ts";
import type { Read } from "../transaction.ts";
import type { UserId } from "../user-id.ts";
import {
  BLOCKERS,
  type Blocker,
  type EndedSession,
  type Revocations,
  type SignOut,
  type SubjectFacts,
} from "./facts.ts";

/** What a token says of when and in which session it was issued. */
export type Issued = Pick<VerifiedClaims, "issuedAt" | "sid">;

/** What ends a token, as it was read; null for what is not stored. */
export interface Ending {
  readonly facts: SubjectFacts | null;
  /** Of the token's session. */
  readonly session: EndedSession | null;
  readonly signOut: SignOut | null;
}

const BLOCKED_BY = {
  event: "the identity provider has blocked or deleted this subject",
  operator: "an operator has blocked this subject",
} as const satisfies Record<Blocker, string>;

/** @throws {Refusal} IDENTITY_BLOCKED */
export function refuseBlockedSubject(facts: SubjectFacts | null): void {
  const by = blockerOf(facts);
  if (by !== null) throw new Refusal("IDENTITY_BLOCKED", BLOCKED_BY[by]);
}

/** Who has blocked the subject; null if nobody has. */
export function blockerOf(facts: Pick<SubjectFacts, "sources"> | null): Blocker | null {
  return BLOCKERS.find((by) => facts?.sources[by]?.isBlocked) ?? null;
}

/** @throws {Refusal} TOKEN_REVOKED */
export function refuseRevoked(token: Issued, ending: Ending): void {
  const why = revokedBy(token, ending);
  if (why !== null) throw new Refusal("TOKEN_REVOKED", why);
}

/** What revokes a token that was issued before it, or in the same second; null for nothing. */
export function revokedBy({ issuedAt, sid }: Issued, { facts, session, signOut }: Ending): string | null {
  const ends = (at: number | null = null) => at !== null && issuedAt <= at;
  if (ends(facts?.notBefore)) return "issued before the subject was deleted or signed out";
  if (ends(facts?.logoutBefore)) return "issued before a logout from all sessions";
  if (ends(signOut?.notBefore)) return "issued before the user signed out everywhere";
  if (sid === null && ends(facts?.sidlessNotBefore)) return "it names no session, and one has ended since";
  return ends(session?.at) ? "issued before its session ended" : null;
}

/**
 * What a grant relies on, beside that no operator has blocked the user. The end of a session also changes the facts of its
 * subject.
 */
export function endingUnchanged(
  { tenant, subject }: SubjectKey,
  userId: UserId,
  { facts, signOut }: Pick<Ending, "facts" | "signOut">,
): readonly Read[] {
  return [
    facts === null ? { item: "facts", absent: { tenant, subject } } : { item: "facts", present: facts },
    signOut === null ? { item: "signOut", absent: { userId } } : { item: "signOut", present: signOut },
  ];
}

/** The end of the token's session, where it can matter: none has ended later than the facts of its subject say. */
export async function findEnd(
  { tenant, subject, issuedAt, sid }: SubjectKey & Issued,
  facts: SubjectFacts | null,
  revocations: Pick<Revocations, "findSession">,
  signal: AbortSignal,
): Promise<EndedSession | null> {
  const last = facts?.sidlessNotBefore ?? null;
  if (sid === null || last === null || issuedAt > last) return null;
  return revocations.findSession({ tenant, subject, sid }, signal);
}
