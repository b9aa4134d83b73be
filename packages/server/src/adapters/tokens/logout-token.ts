import { type Logout, Refusal, type UnverifiedClaims, type VerifyLogout } from "../../domain/index.ts";
import type { Clock } from "../clock.ts";
import { checkAudience, readDate } from "./claims-policy.ts";
import { readOptionalIdentifier } from "./identifiers.ts";
import { type IssuerRow, issuerTable } from "./issuers.ts";
import { openToken } from "./open-token.ts";
import { isJsonObject, memberOf } from "./strict-json.ts";

/** Explicit, or Auth0's (OpenID Connect Back-Channel Logout 1.0 §2.4). */
const TYP = ["jwt", "logout+jwt"];
const LOGOUT_EVENT = "http://schemas.openid.net/event/backchannel-logout";
/** A logout is sent at once, and a repeated one changes nothing, so that no `jti` is stored. */
const MAX_AGE_SECONDS = 120;

export interface LogoutVerifierOptions {
  /** An issuer that signs with a secret sends no logouts. */
  readonly rows: readonly IssuerRow[];
  /** The applications whose logout tokens are accepted. */
  readonly clientIds: readonly string[];
  readonly clock: Clock;
  readonly clockToleranceSeconds: number;
}

/** Verifies logout tokens by the keys of their issuer (OpenID Connect Back-Channel Logout 1.0 §2.6). */
export function createLogoutVerifier(options: LogoutVerifierOptions): VerifyLogout {
  const { rows, clientIds, clock, clockToleranceSeconds } = options;
  const table = issuerTable(rows.flatMap((row) => (row.alg === "RS256" ? [{ ...row, typ: TYP }] : [])));
  return async (token, signal) => {
    const { claims, row } = await openToken(token, table, signal);
    checkAudience(claims, clientIds, "aud: not an application of AUTH0_APP_CLIENT_IDS");
    const at = readTime(claims, { nowSeconds: clock.wallMs() / 1_000, clockToleranceSeconds });
    checkIsLogout(claims);
    const { tenant, maxLifetimeSeconds: maxTokenLifetimeSeconds } = row;
    return { tenant, ...readSession(claims), at, maxTokenLifetimeSeconds };
  };
}

/** When the logout happened. */
function readTime(
  claims: UnverifiedClaims,
  {
    nowSeconds,
    clockToleranceSeconds,
  }: { readonly nowSeconds: number; readonly clockToleranceSeconds: number },
): number {
  const iat = readDate(claims, "iat");
  if (Math.abs(nowSeconds - iat) > MAX_AGE_SECONDS)
    throw new Refusal("TOKEN_INVALID", "iat: not within two minutes of now");
  const exp = Object.hasOwn(claims, "exp") ? readDate(claims, "exp") : Number.POSITIVE_INFINITY;
  if (nowSeconds >= exp + clockToleranceSeconds) throw new Refusal("TOKEN_INVALID", "exp: in the past");
  return Math.floor(iat);
}

/** Otherwise an ID token, which has the same issuer, audience and subject, would end a session. */
function checkIsLogout(claims: UnverifiedClaims): void {
  const events = memberOf(claims, "events");
  if (!isJsonObject(events) || !isJsonObject(memberOf(events, LOGOUT_EVENT)))
    throw new Refusal("TOKEN_INVALID", `events: no object with the object ${LOGOUT_EVENT}`);
  if (Object.hasOwn(claims, "nonce")) throw new Refusal("TOKEN_INVALID", "nonce: not in a logout token");
}

function readSession(claims: UnverifiedClaims): Pick<Logout, "subject" | "sid"> {
  const subject = readOptionalIdentifier(claims, "sub");
  const sid = readOptionalIdentifier(claims, "sid");
  if (subject !== null) return { subject, sid };
  const missing =
    sid === null ? "both it and sid are missing" : "missing, and a session is known by its subject";
  throw new Refusal("TOKEN_INVALID", `sub: ${missing}`);
}
