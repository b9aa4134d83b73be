import { Refusal } from "../refusal.ts";
import { type RevocationPorts, signOut } from "../revocation/record.ts";
import type { TenantUsers } from "../revocation/tenant-users.ts";
import type { SubjectKey } from "../subject-key.ts";
import type { UserId } from "../user-id.ts";
import type { IdentityRegistry } from "./identity-link.ts";
import type { Identity } from "./resolve-identity.ts";

/**
 * What has become of somebody's sessions and refresh tokens at the identity provider. `ended`: it ends them, so that every
 * browser asks for a sign-in. `remaining`: nobody has told it, so that a browser can get a new token by itself. `unknown`: it
 * has not answered that it ends them.
 */
export const SESSION_ENDS = ["ended", "remaining", "unknown"] as const;
export type SessionEnd = (typeof SESSION_ENDS)[number];

export interface SignOutPorts extends RevocationPorts {
  readonly identities: RevocationPorts["identities"] & Pick<IdentityRegistry, "listByUser">;
  /** Null where the second machine application is not configured. */
  readonly tenantUsers: TenantUsers | null;
}

/** What a sign-out has done. */
export interface SignedOut {
  /** No token counts that was issued until then, in whole seconds since the epoch. */
  readonly notBefore: number;
  readonly sessions: SessionEnd;
}

/** Signs the caller out everywhere, with the token that they call with. */
export function signOutEverywhere(
  { userId, claims }: Pick<Identity, "userId" | "claims">,
  ports: SignOutPorts,
  signal: AbortSignal,
): Promise<SignedOut> {
  const { source, tenant, subject, issuedAt, clientId } = claims;
  const own = source === "platform" ? [] : [{ tenant, subject }];
  const by = { actor: `user:${userId}`, issuedAt, via: clientId } as const;
  return aroundEnd(
    () => signOut(userId, by, ports, signal),
    () => endSessions(userId, own, ports, signal),
  );
}

/**
 * Signs out before the sessions end, so that a token that exists is refused at once, and again after it: a session can issue
 * tokens for as long as it lives.
 */
export async function aroundEnd(
  record: () => Promise<number>,
  end: () => Promise<SessionEnd>,
): Promise<SignedOut> {
  const notBefore = await record();
  const sessions = await end();
  return { notBefore: sessions === "remaining" ? notBefore : await record(), sessions };
}

/**
 * Ends the sessions of every subject that is linked to the user.
 * @param own subjects that are known to be the user's, because a link of the last second may not be listed
 */
export async function endSessions(
  userId: UserId,
  own: readonly SubjectKey[],
  { identities, tenantUsers }: Pick<SignOutPorts, "identities" | "tenantUsers">,
  signal: AbortSignal,
): Promise<SessionEnd> {
  if (tenantUsers === null) return "remaining"; // without a read
  const keys = [...own, ...(await identities.listByUser(userId, signal))];
  return endSessionsOf(keys, { tenantUsers }, signal);
}

export async function endSessionsOf(
  keys: readonly SubjectKey[],
  { tenantUsers }: Pick<SignOutPorts, "tenantUsers">,
  signal: AbortSignal,
): Promise<SessionEnd> {
  if (tenantUsers === null) return "remaining";
  const known = keys.filter(({ tenant }) => tenant === tenantUsers.tenant);
  const subjects = [...new Set(known.map(({ subject }) => subject))];
  if (subjects.length === 0) return "remaining";
  const ends = subjects.map((subject) =>
    tenantUsers.revokeAccess(subject, signal).then(() => true, unanswered),
  );
  return (await Promise.all(ends)).every(Boolean) ? "ended" : "unknown";
}

function unanswered(error: unknown): false {
  if (error instanceof Refusal && error.reason === "AUTH0_UNAVAILABLE") return false;
  throw error;
}
