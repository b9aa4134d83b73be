import {
  type ClaimedEmail,
  noTrace,
  parseEmail,
  parsePersonName,
  parseUserId,
  Refusal,
  type Trace,
  type UnverifiedClaims,
  type UserId,
  type VerifiedClaims,
  verifiedClaims,
} from "../../domain/index.ts";
import { readIdentifier, readOptionalIdentifier } from "./identifiers.ts";
import type { IssuerRow } from "./issuers.ts";
import { memberOf } from "./strict-json.ts";
import { machineSign, readActor, readClientId, refuseBound } from "./token-limits.ts";

/** Seconds since the epoch (RFC 7519 §2, NumericDate). */
export interface TokenTimes {
  readonly exp: number;
  readonly iat: number;
  readonly nbf: number | null;
}

export interface TimePolicy {
  readonly nowSeconds: number;
  readonly clockToleranceSeconds: number;
  readonly maxLifetimeSeconds: number;
}

/** The input of the rules about claims. */
export interface ClaimsFacts {
  readonly claims: UnverifiedClaims;
  readonly row: IssuerRow;
  readonly policy: TimePolicy;
}

export type ClaimsRules = Readonly<
  Record<
    "audience" | "subject" | "key binding" | "application" | "actor" | "custom claims" | "lifetime",
    ClaimsFacts
  >
>;

const MAX_DATE_SECONDS = 8.64e12; // the last moment that a Date can represent

/**
 * Checks every rule about the claims of a token whose signature is valid. Expiry comes last, so that TOKEN_EXPIRED
 * means that everything else was right.
 * @throws {Refusal} TOKEN_INVALID or TOKEN_EXPIRED
 */
export function readClaims(facts: ClaimsFacts, trace: Trace<ClaimsRules> = noTrace): VerifiedClaims {
  const { claims, row, policy } = facts;
  trace.rule("audience", facts, () => checkAudience(claims, [row.audience], "aud: not meant for this API"));
  const subject = trace.rule("subject", facts, () => readSubject(claims, row));
  trace.rule("key binding", facts, () => refuseBound(claims));
  const clientId = trace.rule("application", facts, () => readClientId(claims));
  const actor = trace.rule("actor", facts, () => readActor(claims, clientId));
  const custom = trace.rule("custom claims", facts, () => ({
    ...readEmail(claims, row),
    name: parsePersonName(memberOf(claims, `${row.claimNamespace}name`)), // never a reason to refuse
    connection: readOptionalIdentifier(claims, `${row.claimNamespace}connection`),
    userId: readUserId(claims, row),
    auth0OrgId: readOptionalIdentifier(claims, "org_id"),
    sid: readOptionalIdentifier(claims, `${row.claimNamespace}sid`),
  }));
  const { iat, exp } = trace.rule("lifetime", facts, () => {
    const times = readTimes(claims);
    checkTimes(times, policy);
    return times;
  });
  return verifiedClaims({
    source: row.source,
    issuer: row.issuer,
    tenant: row.tenant,
    subject,
    machine: machineSign(claims, subject, clientId),
    clientId,
    actor,
    ...custom,
    issuedAt: Math.floor(iat),
    expiresAt: exp,
  });
}

/** RFC 7519 §4.1.3, RFC 9068 §4: exactly one of ours, alone or in a list. Auth0 adds its userinfo endpoint. */
export function checkAudience(claims: UnverifiedClaims, ours: readonly string[], detail: string): void {
  const aud = memberOf(claims, "aud");
  const audiences: unknown[] = Array.isArray(aud) ? aud : [aud];
  const isText = audiences.every((audience) => typeof audience === "string");
  if (!isText || !ours.some((audience) => audiences.includes(audience)))
    throw new Refusal("TOKEN_INVALID", detail);
}

/** RFC 8725 §3.8, OIDC Core §2: an opaque key, used unchanged. */
function readSubject(claims: UnverifiedClaims, row: IssuerRow): string {
  const subject = readIdentifier(claims, "sub");
  if (row.subjectIsUserId && parseUserId(subject) === null)
    throw new Refusal("TOKEN_INVALID", "sub: not a user id");
  return subject;
}

/** RFC 7519 §4.1.4–4.1.6. `exp` and `iat` are optional there. Without them a stolen token would be valid forever. */
export function readTimes(claims: UnverifiedClaims): TokenTimes {
  return {
    exp: readDate(claims, "exp"),
    iat: readDate(claims, "iat"),
    nbf: Object.hasOwn(claims, "nbf") ? readDate(claims, "nbf") : null,
  };
}

/** Runs again on every use of a cached verification. */
export function checkTimes({ exp, iat, nbf }: TokenTimes, policy: TimePolicy): void {
  const { nowSeconds, clockToleranceSeconds, maxLifetimeSeconds } = policy;
  if (exp - iat > maxLifetimeSeconds)
    throw new Refusal("TOKEN_INVALID", "exp: longer than the longest lifetime");
  const latestStart = nowSeconds + clockToleranceSeconds;
  if (iat > latestStart) throw new Refusal("TOKEN_INVALID", "iat: in the future");
  if (nbf !== null && nbf > latestStart) throw new Refusal("TOKEN_INVALID", "nbf: in the future");
  if (nowSeconds >= exp + clockToleranceSeconds) throw new Refusal("TOKEN_EXPIRED", "exp: in the past");
  if (exp <= iat) throw new Refusal("TOKEN_INVALID", "exp: not after iat"); // valid only within the tolerance
}

/** Whether a token that passed {@link checkTimes} would pass it now: time is all that can end it. */
export function isWithin(
  { exp, iat, nbf }: TokenTimes,
  { nowSeconds, clockToleranceSeconds }: Pick<TimePolicy, "nowSeconds" | "clockToleranceSeconds">,
): boolean {
  const latestStart = nowSeconds + clockToleranceSeconds;
  return iat <= latestStart && (nbf ?? iat) <= latestStart && nowSeconds < exp + clockToleranceSeconds;
}

export function readDate(claims: UnverifiedClaims, name: string): number {
  const value = memberOf(claims, name);
  // `1e400` is JSON and becomes Infinity. 1e308 is finite but not a date.
  if (typeof value !== "number" || !(Math.abs(value) <= MAX_DATE_SECONDS)) {
    throw new Refusal("TOKEN_INVALID", `${name}: missing, or not a date in seconds`);
  }
  return value;
}

/**
 * Reads the address and its flag in the spelling of the address: a flag in the other spelling has another writer and
 * says nothing about it. Different values in the two spellings are refused: two services could each read another one.
 */
function readEmail(claims: UnverifiedClaims, row: IssuerRow) {
  for (const name of ["email", "email_verified"]) {
    const [plain, namespaced] = [memberOf(claims, name), memberOf(claims, `${row.claimNamespace}${name}`)];
    if (plain !== undefined && namespaced !== undefined && plain !== namespaced)
      throw new Refusal("TOKEN_INVALID", `${name}: two different values`);
  }
  const prefix = memberOf(claims, `${row.claimNamespace}email`) === undefined ? "" : row.claimNamespace;
  const email = memberOf(claims, `${prefix}email`) ?? null;
  const emailVerified = memberOf(claims, `${prefix}email_verified`) === true;
  return { email: claimedEmail(email), emailVerified };
}

function claimedEmail(email: unknown): ClaimedEmail {
  if (email === null) return { absent: "EMAIL_MISSING" };
  const canonical = typeof email === "string" ? parseEmail(email) : null;
  return canonical === null ? { absent: "EMAIL_INVALID" } : { canonical };
}

/** A value that is not a user id, null included, is a mistake of the issuer. Ignoring it could find another person. */
function readUserId(claims: UnverifiedClaims, row: IssuerRow): UserId | null {
  const value = memberOf(claims, `${row.claimNamespace}capitol_user_id`);
  if (value === undefined) return null;
  const userId = parseUserId(value);
  if (userId === null) throw new Refusal("TOKEN_INVALID", "capitol_user_id: not a user id");
  return userId;
}
