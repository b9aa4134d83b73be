import type { CanonicalEmail } from "../email.ts";
import type { PersonName } from "../person-name.ts";
import type { UserId } from "../user-id.ts";
import type { CachedRead } from "../waiting/reads.ts";
import type { BearerToken } from "./bearer-token.ts";

/** Which issuer row verified the token: the tenant at Auth0, our own legacy tokens, or test mode. */
export type Source = "auth0" | "platform" | "test";

/** The claims set of a token that is not verified yet, as parsed from JSON. */
export type UnverifiedClaims = Readonly<Record<string, unknown>>;

/** The address of a token in canonical form, or why the token has no usable one. */
export type ClaimedEmail = { canonical: CanonicalEmail } | { absent: "EMAIL_MISSING" | "EMAIL_INVALID" };

/**
 * Who acts with a delegated token (RFC 8693 §4.1): an agent on behalf of its user, or support staff who impersonate them.
 */
export interface ClaimedActor {
  /** The issuer's key of the actor, which never leaves the server; null if another issuer knows the actor. */
  readonly subject: string | null;
  /** The application that the actor uses; null if the token does not say. */
  readonly clientId: string | null;
}

/** What a verified token says. Minted by {@link verifiedClaims} alone, from the verifier's policy. */
export interface VerifiedClaims {
  readonly VerifiedClaims: unique symbol;
  readonly source: Source;
  /** Who signed it: one of the names under which its row of issuers is configured. */
  readonly issuer: string;
  /** The alias under which identity links are stored; never derived from the issuer. */
  readonly tenant: string;
  /** The issuer's key of the user: opaque, case-sensitive, never a user id. */
  readonly subject: string;
  /** What says that this is a token of a machine: valid, but not a user. Null if nothing in it does. */
  readonly machine: string | null;
  /** The application that the token was issued to: `azp`, or `client_id` (RFC 9068). Null if the token does not say. */
  readonly clientId: string | null;
  /** Who acts for the subject. Null for a token that is not delegated. */
  readonly actor: ClaimedActor | null;
  readonly email: ClaimedEmail;
  /** True only for the boolean `true`. */
  readonly emailVerified: boolean;
  /** The namespaced `name` claim, for display and search alone: null for none, and for what is not a name to show. */
  readonly name: PersonName | null;
  /** The namespaced `connection` claim: the name of the Auth0 connection of this login. */
  readonly connection: string | null;
  /** `org_id`: Auth0's id of the organization that the login was for. */
  readonly auth0OrgId: string | null;
  /** The namespaced `capitol_user_id` claim. */
  readonly userId: UserId | null;
  /** The namespaced `sid` claim: the session at the identity provider. Null if the token does not say. */
  readonly sid: string | null;
  /** Whole seconds since the epoch. */
  readonly issuedAt: number;
  /** Seconds since the epoch. */
  readonly expiresAt: number;
}

/** Decides whether a token is genuine, unexpired and meant for this API. */
export interface TokenVerifier<Known = unknown> {
  /**
   * @throws {Refusal} TOKEN_INVALID or TOKEN_EXPIRED; KEYS_UNAVAILABLE when the issuer's keys are unavailable
   * until `signal` aborts, which says nothing about the token
   */
  verify(token: BearerToken, signal: AbortSignal): Promise<VerifiedClaims>;
  /** What is remembered; null unless the token would be verified now, without waiting, and all `reads` are current. */
  recall(token: BearerToken): Known | null;
  /** Remembers what a verified token and `reads`, and nothing else, have told. */
  remember(token: BearerToken, known: Known, reads: readonly CachedRead[]): void;
}

/** Mints the brand. Only the verifier's claims policy calls it, after every rule has passed. */
export function verifiedClaims(claims: Omit<VerifiedClaims, "VerifiedClaims">): VerifiedClaims {
  return claims as VerifiedClaims;
}
