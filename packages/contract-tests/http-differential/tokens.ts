import type { IssuerRow } from "@platform-api/server/adapters";
import { Refusal } from "@platform-api/server/domain";
import {
  auth0Claims,
  compact,
  hs256,
  ISSUER,
  issuerRows,
  LEGACY_AUDIENCE,
  LEGACY_ISSUER,
  LEGACY_SECRET,
  NAMESPACE,
  NOW_SECONDS,
  rs256,
  rsaKey,
  TEST_SECRET,
} from "../../server/src/adapters/tokens/testing/signed-token.ts";
import { LINKED, PASSWORD, userIdAt } from "./people.ts";

const KEY = rsaKey("key-1");
const OTHER = rsaKey("key-1");

/** One key in every set, and one id that cannot be looked up. */
export const ROWS: readonly IssuerRow[] = issuerRows({
  async find(kid) {
    if (kid === "outage") throw new Refusal("KEYS_UNAVAILABLE", "no key set");
    return kid === KEY.kid ? KEY.publicKey : null;
  },
  current: (kid) => (kid === KEY.kid ? KEY.publicKey : null),
});

const HEADER = { alg: "RS256", typ: "JWT", kid: KEY.kid };
const HMAC = { alg: "HS256", typ: "JWT" };

function claimsOf(email: string | null, subject: string, connection: string, overrides: object = {}): object {
  return auth0Claims({
    sub: subject,
    [`${NAMESPACE}email`]: email,
    [`${NAMESPACE}connection`]: connection,
    org_id: undefined,
    ...overrides,
  });
}

function of(user: keyof typeof LINKED, overrides: object = {}, header: object = {}, key = KEY): string {
  const [email, subject, connection] = LINKED[user];
  return compact({ ...HEADER, ...header }, claimsOf(email, subject, connection, overrides), rs256(key));
}

const byPassword = (email: string | null, subject: string, overrides: object = {}) =>
  compact(HEADER, claimsOf(email, subject, PASSWORD, overrides), rs256(KEY));
const legacy = (overrides: object) =>
  compact(
    HMAC,
    auth0Claims({ iss: LEGACY_ISSUER, aud: LEGACY_AUDIENCE, sub: userIdAt("legacy"), ...overrides }),
    hs256(LEGACY_SECRET),
  );

/** Tokens that are answered: the second request with one finds everything in memory. */
export const GOOD = {
  sso: of("jane"),
  "sso with an organization": of("jane", { org_id: "org_acme" }),
  owner: of("owner"),
  password: of("joe"),
  "an organization that the user does not belong to": of("joe", { org_id: "org_globex" }),
  "an organization that does not exist": of("joe", { org_id: "org_nowhere" }),
  invited: of("invited", { org_id: "org_acme" }),
  strict: of("strict"),
  "no address, linked": of("jane", { [`${NAMESPACE}email`]: null }),
  "another domain, linked": of("jane", { [`${NAMESPACE}email`]: "jane@globex.example" }),
  "unverified, linked": of("joe", { [`${NAMESPACE}email_verified`]: false }),
  legacy: legacy({}),
  test: compact(
    HMAC,
    auth0Claims({
      iss: "urn:platform-api:test",
      sub: "auth0|tester",
      [`${NAMESPACE}email`]: "tester@globex.example",
      [`${NAMESPACE}connection`]: PASSWORD,
    }),
    hs256(TEST_SECRET),
  ),
  "about to expire": of("jane", { exp: NOW_SECONDS - 29 }),
} as const;

/** Tokens that are refused, each for its own reason. */
export const REFUSED = {
  expired: of("jane", { exp: NOW_SECONDS - 31 }),
  "not yet valid": of("jane", { nbf: NOW_SECONDS + 31 }),
  globexd: of("jane", {}, {}, OTHER),
  "unknown key": of("jane", {}, { kid: "not ours" }),
  "key outage": of("jane", {}, { kid: "outage" }),
  "no key": of("jane", {}, { kid: undefined }),
  "another audience": of("jane", { aud: "https://elsewhere.example/" }),
  "another issuer": of("jane", { iss: `${ISSUER}x` }),
  unsigned: `${of("jane").split(".").slice(0, 2).join(".")}.`,
  machine: of("jane", { sub: "robot@clients", gty: "client-credentials" }),
  blocked: of("blocked"),
  removed: of("removed"),
  "another user": of("jane", { [`${NAMESPACE}capitol_user_id`]: userIdAt("another") }),
  "unregistered connection": of("jane", { [`${NAMESPACE}connection`]: "unknown-entra" }),
  "no address": byPassword(null, "auth0|nobody"),
  "invalid address": byPassword("not an address", "auth0|invalid"),
  unverified: byPassword("new@globex.example", "auth0|unverified", { [`${NAMESPACE}email_verified`]: false }),
  "another domain": compact(HEADER, claimsOf("new@globex.example", "waad|stray", "acme-entra"), rs256(KEY)),
  "sso required": byPassword("sue@initech.example", "auth0|sue"),
  "no directory": byPassword("no-directory@globex.example", "auth0|no-directory"),
  overloaded: byPassword("overloaded@globex.example", "auth0|overloaded"),
  crash: byPassword("crash@globex.example", "auth0|crash"),
  "no store": byPassword("joe@globex.example", "auth0|no-store"),
  "legacy, no user id": legacy({ sub: "jane" }),
  "not a token": "abc",
  "three parts": "a.b.c",
  "too long": "x".repeat(8_193),
} as const;

/** First logins that the directory can be made to hold. */
export const HELD = {
  accepted: byPassword("held@globex.example", "auth0|held"),
  refused: byPassword("held-refused@globex.example", "auth0|held-refused"),
};

/** The subject whose link cannot be read. */
export const NO_STORE = "auth0|no-store";

const cold = new Map<number, string>();

/** A token that no other number has; signed at its first use. Some are of linked users, some are first logins. */
export function coldToken(n: number): string {
  const token = cold.get(n) ?? signCold(n);
  cold.set(n, token);
  return token;
}

function signCold(n: number): string {
  if (n % 3 === 0) return of("jane", { jti: String(n) });
  if (n % 3 === 1) return byPassword(`user-${n}@globex.example`, `auth0|user-${n}`);
  return compact(HEADER, claimsOf(`user-${n}@acme.example`, `waad|user-${n}`, "acme-entra"), rs256(KEY));
}
