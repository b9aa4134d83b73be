import {
  checkAudience,
  checkHeader,
  checkTimes,
  type IssuerRow,
  issuerTable,
  keyIdOf,
  parseCompactToken,
  readClaims,
  readSubject,
  readTimes,
  rowOf,
  signatureHolds,
} from "@platform-api/server/adapters";
import { Refusal, type UnverifiedClaims, type VerifiedClaims } from "@platform-api/server/domain";
import { type Explainer, shown } from "./explanation.ts";

export interface TokenPolicy {
  readonly rows: readonly IssuerRow[];
  readonly clockToleranceSeconds: number;
  /** Milliseconds since the epoch. */
  readonly nowMs: number;
}

/**
 * The verifier's rules one by one, on the same functions that `serve` verifies with.
 * @throws {Refusal} where the token is refused; the explainer has noted it then
 */
export async function explainToken(
  token: string,
  { rows, clockToleranceSeconds, nowMs }: TokenPolicy,
  explainer: Explainer,
  signal: AbortSignal,
): Promise<VerifiedClaims> {
  const parts = token.split(".").length;
  const parsed = await explainer.rule(
    "shape",
    {
      saw: `${parts} ${parts === 1 ? "part" : "parts"}, ${token.length} characters`,
      expected: "three base64url parts of strict JSON, 8 KiB at most",
      mend: "take the access token whole; Auth0 issues an opaque or encrypted one unless the login asks for audience=AUTH0_AUDIENCE",
    },
    () => parseCompactToken(token),
  );
  const { header, claims } = parsed;
  const row = await explainer.rule(
    "issuer",
    {
      saw: `iss ${shown(claims.iss)}`,
      expected: rows.map(({ issuer }) => issuer).join(" or "),
      mend: "AUTH0_ISSUER: every issuer of the tenant exactly as in iss, trailing slash included, the custom domain too",
    },
    () => rowOf(issuerTable(rows), claims),
  );
  await explainer.rule(
    "header",
    {
      saw: `alg ${shown(header.alg)}, typ ${shown(header.typ)}, kid ${shown(header.kid)}`,
      expected: `alg ${row.alg}, typ JWT or at+jwt, and no keys, extensions or compression of the sender's`,
      mend: "Auth0 > Applications > APIs > your API > Settings: signing algorithm RS256; send the access token, not an ID or logout token",
    },
    () => checkHeader(header, row),
  );
  const key = await explainer.rule(
    "key",
    {
      saw: row.alg === "RS256" ? `kid ${shown(header.kid)}` : "the issuer's shared secret",
      expected: "a usable RSA key of that id in the issuer's key set",
      mend: "AUTH0_JWKS_URL must be the key set of this issuer and answer from here; a token signed with a revoked key needs a new login",
    },
    async () => {
      const found = row.alg === "HS256" ? row.secret : await row.keys.find(keyIdOf(header), signal);
      if (found === null) throw new Refusal("TOKEN_INVALID", "kid: not in the issuer's key set");
      return found;
    },
  );
  await explainer.rule(
    "signature",
    {
      saw: `${row.alg} over ${parsed.signingInput.length} characters`,
      expected: "a signature by that key over exactly these characters",
      mend: "the token was altered or copied in part, or another issuer's secret signed it: PLATFORM_JWT_SECRET, AUTH0_TEST_SECRET",
    },
    () => {
      if (!signatureHolds(row.alg, key, parsed))
        throw new Refusal("TOKEN_INVALID", "signature: does not hold");
    },
  );
  return explainClaims(claims, row, { clockToleranceSeconds, nowMs }, explainer);
}

async function explainClaims(
  claims: UnverifiedClaims,
  row: IssuerRow,
  { clockToleranceSeconds, nowMs }: Omit<TokenPolicy, "rows">,
  explainer: Explainer,
): Promise<VerifiedClaims> {
  const policy = {
    nowSeconds: nowMs / 1_000,
    clockToleranceSeconds,
    maxLifetimeSeconds: row.maxLifetimeSeconds,
  };
  await explainer.rule(
    "audience",
    {
      saw: `aud ${shown(claims.aud)}`,
      expected: row.audience,
      mend: "the login must ask for audience=AUTH0_AUDIENCE, the identifier of the API in Auth0",
    },
    () => checkAudience(claims, row),
  );
  await explainer.rule(
    "subject",
    {
      saw: `sub ${shown(claims.sub)}`,
      expected: row.subjectIsUserId ? "a user's UUID" : "1 to 255 characters without control characters",
      mend: "the issuer must send a subject; Auth0 always does",
    },
    () => readSubject(claims, row),
  );
  await explainer.rule(
    "times",
    {
      saw: times(claims, nowMs),
      expected: `now between iat and exp, give or take ${clockToleranceSeconds} s; at most ${row.maxLifetimeSeconds} s from one to the other`,
      mend: "expired: refresh it or sign in again; too long: Auth0 > APIs > your API > token expiration, or MAX_TOKEN_LIFETIME_SECONDS; in the future: a clock is wrong",
    },
    () => checkTimes(readTimes(claims), policy),
  );
  const namespace = row.claimNamespace;
  return explainer.rule(
    "our claims",
    {
      saw: ["email", "email_verified", "connection", "capitol_user_id"]
        .map((name) => `${name} ${shown(claims[`${namespace}${name}`] ?? claims[name])}`)
        .join(", "),
      expected: `each under ${namespace} (e-mail also plain), in one spelling, capitol_user_id a UUID`,
      mend: "Auth0 > Actions > Triggers > post-login: deploy auth0/post-login-action.js with CLAIM_NAMESPACE equal to AUTH0_CLAIM_NAMESPACE",
    },
    () => readClaims(claims, row, policy),
  );
}

/** What a tenant does that `serve` accepts, but that bites later. */
export function warnOfTenant(claims: VerifiedClaims, explainer: Explainer): void {
  if (claims.source === "platform" || claims.isMachine) return;
  if (claims.subject.includes("@")) {
    explainer.warn(
      "the subject holds an e-mail address: whoever gets that mailbox later gets the subject too, and with it this identity. " +
        "Map a persistent NameID or object id as the user id of the connection.",
    );
  }
  if (claims.connection === null) {
    explainer.warn(
      "no connection claim under AUTH0_CLAIM_NAMESPACE: the post-login Action is not deployed or has another namespace. " +
        "Only three-part subjects (samlp|name|…) tell their connection without it.",
    );
  }
}

function times(claims: UnverifiedClaims, nowMs: number): string {
  const named = ["iat", "nbf", "exp"].filter((name) => name !== "nbf" || claims[name] !== undefined);
  return named.map((name) => `${name} ${moment(claims[name], nowMs)}`).join(", ");
}

function moment(value: unknown, nowMs: number): string {
  if (typeof value !== "number" || !Number.isFinite(value) || Math.abs(value) > 8.64e12) return shown(value);
  const seconds = Math.round(value - nowMs / 1_000);
  const distance = seconds < 0 ? `${-seconds} s ago` : `in ${seconds} s`;
  return `${new Date(value * 1_000).toISOString()} (${distance})`;
}
