import type { TokenRules } from "@platform-api/server/adapters";
import type { UnverifiedClaims, VerifiedClaims } from "@platform-api/server/domain";
import type { Explainer, Texts } from "@platform-api/server/trial";
import { shown } from "./explanation.ts";

/** Each rule of the verifier, in words for an operator. */
export const TOKEN_RULES: Texts<TokenRules> = {
  structure: ({ token }) => {
    const parts = token.split(".").length;
    return {
      saw: `${parts} ${parts === 1 ? "part" : "parts"}, ${token.length} characters`,
      expected: "three base64url parts of strict JSON, 8 KiB at most",
      fix: "copy the whole access token; Auth0 issues an opaque or encrypted one unless the login asks for audience=AUTH0_AUDIENCE",
    };
  },
  issuer: ({ claims, table }) => ({
    saw: `iss ${shown(claims.iss)}`,
    expected: [...table.keys()].join(" or "),
    fix: "AUTH0_ISSUER: every issuer of the tenant exactly as in iss, trailing slash included, the custom domain too",
  }),
  header: ({ header, row }) => ({
    saw: `alg ${shown(header.alg)}, typ ${shown(header.typ)}, kid ${shown(header.kid)}`,
    expected: `alg ${row.alg}, typ JWT or at+jwt, and no keys, extensions or compression chosen by the sender`,
    fix: "Auth0 > Applications > APIs > your API > Settings: signing algorithm RS256; send the access token, not an ID or logout token",
  }),
  key: ({ header, row }) => ({
    saw: row.alg === "RS256" ? `kid ${shown(header.kid)}` : "the issuer's shared secret",
    expected: "a usable RSA key of that id in the issuer's key set",
    fix: "AUTH0_JWKS_URL must be the key set of this issuer and answer from here; a token signed with a revoked key needs a new login",
  }),
  signature: ({ signingInput, row }) => ({
    saw: `${row.alg} over ${signingInput.length} characters`,
    expected: "a signature by that key over exactly these characters",
    fix: "the token was altered or copied in part, or another issuer's secret signed it: PLATFORM_JWT_SECRET, AUTH0_TEST_SECRET",
  }),
  audience: ({ claims, row }) => ({
    saw: `aud ${shown(claims.aud)}`,
    expected: row.audience,
    fix: "the login must ask for audience=AUTH0_AUDIENCE, the identifier of the API in Auth0",
  }),
  subject: ({ claims, row }) => ({
    saw: `sub ${shown(claims.sub)}`,
    expected: row.subjectIsUserId ? "a user's UUID" : "1 to 255 characters without control characters",
    fix: "the issuer must send a subject; Auth0 always does",
  }),
  "key binding": ({ claims }) => ({
    saw: Object.hasOwn(claims, "cnf") ? `cnf ${shown(claims.cnf)}` : "no cnf: a bearer token",
    expected: "no cnf: the sender of a token that is bound to a key must prove that they hold it",
    fix: "turn sender constraining (DPoP, mTLS) off for this API: Auth0 > Applications > APIs > your API > Settings > Token Sender-Constraining: None",
  }),
  application: ({ claims }) => ({
    saw: `azp ${shown(claims.azp)}, client_id ${shown(claims.client_id)}`,
    expected:
      "one application, in printable ASCII; those in ADMIN_CLIENT_IDS may administer organizations, those in SERVICE_CLIENTS are services",
    fix: "the issuer must name one application: Auth0 sends azp or client_id by the dialect of the API",
  }),
  actor: ({ claims }) => ({
    saw: Object.hasOwn(claims, "act")
      ? `act ${shown(claims.act)}: somebody acts for the user`
      : "no act: the user's own token",
    expected: "none, or an object with a sub, at most 4 deep",
    fix: "setActor in the Action of the token exchange must be given an object with a sub, in a chain of 4 actors at most",
  }),
  "custom claims": ({ claims, row: { claimNamespace } }) => ({
    saw: ["email", "email_verified", "connection", "capitol_user_id", "sid"]
      .map((name) => `${name} ${spellings(claims[`${claimNamespace}${name}`], claims[name])}`)
      .concat(`org_id ${shown(claims.org_id)}`)
      .join(", "),
    expected: `each under ${claimNamespace} (e-mail also plain), in one spelling, capitol_user_id a UUID`,
    fix: "Auth0 > Actions > Triggers > post-login: deploy auth0/post-login-action.js with CLAIM_NAMESPACE equal to AUTH0_CLAIM_NAMESPACE",
  }),
  lifetime: ({ claims, policy: { nowSeconds, clockToleranceSeconds, maxLifetimeSeconds } }) => ({
    saw: times(claims, nowSeconds),
    expected: `now between iat and exp, within ${clockToleranceSeconds} s; at most ${maxLifetimeSeconds} s from one to the other`,
    fix: "expired: refresh it or sign in again; too long: Auth0 > APIs > your API > token expiration, or MAX_TOKEN_LIFETIME_SECONDS; in the future: a clock is wrong",
  }),
};

/** Warns of settings of the tenant that `serve` accepts but that cause problems later. */
export function warnOfTenant(claims: VerifiedClaims, explainer: Explainer): void {
  if (claims.source === "platform" || claims.machine !== null) return;
  if (claims.subject.includes("@")) {
    explainer.warn(
      "the subject holds an e-mail address: if the mailbox gets another owner, they get the subject and this identity too. " +
        "Map a persistent NameID or object id as the user id of the connection.",
    );
  }
  if (claims.connection === null) {
    explainer.warn(
      "no connection claim under AUTH0_CLAIM_NAMESPACE: the post-login Action is not deployed or has another namespace. " +
        "Without it only three-part subjects (samlp|name|…) name their connection.",
    );
  }
}

/** Both values of a claim that is sent in our namespace and plain, if they differ. */
function spellings(namespaced: unknown, plain: unknown): string {
  if (namespaced === undefined || plain === undefined) return shown(namespaced ?? plain);
  return namespaced === plain ? shown(plain) : `${shown(namespaced)}, plain ${shown(plain)}`;
}

function times(claims: UnverifiedClaims, nowSeconds: number): string {
  const named = ["iat", "nbf", "exp"].filter((name) => name !== "nbf" || claims[name] !== undefined);
  return named.map((name) => `${name} ${moment(claims[name], nowSeconds)}`).join(", ");
}

function moment(value: unknown, nowSeconds: number): string {
  if (typeof value !== "number" || !Number.isFinite(value) || Math.abs(value) > 8.64e12) return shown(value);
  const seconds = Math.round(value - nowSeconds);
  const distance = seconds < 0 ? `${-seconds} s ago` : `in ${seconds} s`;
  return `${new Date(value * 1_000).toISOString()} (${distance})`;
}
