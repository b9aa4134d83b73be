import type { EndedSession, SubjectFacts } from "../revocation/facts.ts";
import {
  type Ending,
  findEnd,
  type Issued,
  refuseBlockedSubject,
  refuseRevoked,
} from "../revocation/rule.ts";
import type { SubjectKey } from "../subject-key.ts";
import type { VerifiedClaims } from "../token/claims.ts";
import { noTrace, type Trace } from "../trace.ts";
import type { UserId } from "../user-id.ts";
import { blockedUser, type IdentityLinks, type KnownSubject, type KnownUser } from "./identity-link.ts";

/** What ends a token before it expires, each rule with what it decides on. */
export interface EndedRules {
  readonly blocked: { readonly userId: UserId };
  readonly revocation: Ending & { readonly token: IssuedToken };
}

/** Whose token it is, when it was issued and in which session. */
export type IssuedToken = SubjectKey & Issued;

/** What is known of a token's subject and its user. */
export interface Known {
  readonly facts: SubjectFacts | null;
  readonly session: EndedSession | null;
  /** Null for a subject that is not linked. */
  readonly user: (KnownUser & { readonly userId: UserId }) | null;
}

/** @throws {Refusal} IDENTITY_BLOCKED, TOKEN_REVOKED */
export function refuseEnded(
  token: IssuedToken,
  { facts, session, user }: Known,
  trace: Trace<EndedRules> = noTrace,
): void {
  if (user !== null) {
    trace.rule("blocked", { userId: user.userId }, () => {
      if (user.isBlocked) throw blockedUser();
    });
  }
  const ending = { facts, session, signOut: user?.signOut ?? null };
  trace.rule("revocation", { token, ...ending }, () => {
    refuseBlockedSubject(facts);
    refuseRevoked(token, ending);
  });
}

/** The token as one of its actor's. Which session of theirs it was made in is not known. Null for a user's own token. */
export function actingToken({ tenant, actor, issuedAt }: VerifiedClaims): IssuedToken | null {
  const subject = actor?.subject ?? null;
  return subject === null ? null : { tenant, subject, issuedAt, sid: null };
}

/**
 * Asks of one token what others of its person do not answer, because they were issued at another time or in another
 * session. Everything is read together, but the end of a session only where it can matter.
 * @param identity of the person, by any token
 * @throws {Refusal} as {@link refuseEnded}, of the user or of who acts for them
 */
export async function refuseEndedToken(
  claims: VerifiedClaims,
  { userId, actor }: { readonly userId: UserId; readonly actor: { readonly userId: UserId | null } | null },
  links: IdentityLinks,
  signal: AbortSignal,
): Promise<void> {
  const acting = actingToken(claims);
  const refuse = async (token: IssuedToken, subject: Promise<KnownSubject> | null, userId: UserId | null) => {
    const [known, user] = await Promise.all([
      subject,
      userId === null ? null : links.findUser(userId, signal).then((user) => ({ ...user, userId })),
    ]);
    const facts = known?.facts ?? null;
    refuseEnded(token, { facts, session: await findEnd(token, facts, links, signal), user });
  };
  // By the subject of a legacy token nothing is stored: it is the user's UUID.
  const own = claims.source === "platform" ? null : links.findSubject(claims, signal);
  await Promise.all([
    refuse(claims, own, userId),
    acting === null ? null : refuse(acting, links.findSubject(acting, signal), actor?.userId ?? null),
  ]);
}
