import type { SubjectKey } from "../subject-key.ts";

/** A logout at the identity provider, as its token says. */
export interface Logout extends SubjectKey {
  /** The session that has ended; null for all of the subject. */
  readonly sid: string | null;
  /** When, in whole seconds since the epoch. */
  readonly at: number;
  /** How long an access token of the same issuer may live. */
  readonly maxTokenLifetimeSeconds: number;
}

/**
 * Verifies a logout token.
 * @throws {Refusal} TOKEN_INVALID, whose message names the rule and quotes nothing of the token, or KEYS_UNAVAILABLE
 */
export type VerifyLogout = (token: string, signal: AbortSignal) => Promise<Logout>;
