import { createSecretKey, type KeyObject } from "node:crypto";
import { Refusal, type Source, type UnverifiedClaims } from "../../domain/index.ts";
import { secretProblem } from "./secrets.ts";
import { memberOf } from "./strict-json.ts";

/** The `iss` of test-mode tokens. Reserved: no other row may use it. */
export const TEST_ISSUER = "urn:platform-api:test";
/** The tenant of test-mode tokens. Reserved, so that a test subject is never taken for a real one. */
export const TEST_TENANT = "test";

/** The public keys of an issuer. */
export interface KeySource {
  /**
   * The key with this id in the current key set, or null when the set is known and has no such key.
   * @throws {Refusal} KEYS_UNAVAILABLE when the current set is not known before `signal` aborts
   */
  find(kid: string, signal: AbortSignal): Promise<KeyObject | null>;
  /** The key that `find` would return at once; null if it would wait, refuse or not find one. */
  current(kid: string): KeyObject | null;
}

interface IssuerRules {
  /** Compared exactly with `iss` (RFC 8725 §3.8). */
  readonly issuer: string;
  readonly source: Source;
  readonly tenant: string;
  readonly audience: string;
  /** The accepted values of `typ`, in lower case. */
  readonly typ: readonly string[];
  readonly maxLifetimeSeconds: number;
  /** The prefix of our own claims. */
  readonly claimNamespace: string;
  /** Legacy tokens: the subject already is the user's UUID. */
  readonly subjectIsUserId: boolean;
}

/** The rules for the tokens of one issuer. A token selects its row by `iss` and nothing else. */
export type IssuerRow = IssuerRules &
  (
    | { readonly alg: "RS256"; readonly keys: KeySource }
    | { readonly alg: "HS256"; readonly secret: KeyObject }
  );

export type IssuerTable = ReadonlyMap<string, IssuerRow>;

const DEFAULTS = { typ: ["jwt", "at+jwt", "application/at+jwt"], subjectIsUserId: false };

type RowOptions = Pick<IssuerRules, "audience" | "claimNamespace" | "maxLifetimeSeconds">;

/** One row for each issuer name of the tenant (canonical and custom domain); they share keys and tenant. */
export function auth0Rows({
  issuers,
  ...row
}: RowOptions & {
  readonly issuers: readonly string[];
  readonly tenant: string;
  readonly keys: KeySource;
}): IssuerRow[] {
  return issuers.map((issuer) => ({ ...DEFAULTS, ...row, issuer, source: "auth0", alg: "RS256" }));
}

/** Legacy platform tokens. */
export function platformRow({
  secret,
  ...row
}: RowOptions & { readonly issuer: string; readonly secret: string }): IssuerRow {
  const identity = { source: "platform", tenant: "platform", subjectIsUserId: true } as const;
  return { ...DEFAULTS, ...row, ...identity, alg: "HS256", secret: hmacKey(secret) };
}

/** Test-mode tokens. The caller must make sure that this is not production. */
export function testRow({ secret, ...row }: RowOptions & { readonly secret: string }): IssuerRow {
  const identity = { issuer: TEST_ISSUER, source: "test", tenant: TEST_TENANT } as const;
  return { ...DEFAULTS, ...row, ...identity, alg: "HS256", secret: hmacKey(secret) };
}

/** @throws {TypeError} when rows contradict each other: a configuration mistake, found at startup */
export function issuerTable(rows: readonly IssuerRow[]): IssuerTable {
  const table = new Map<string, IssuerRow>();
  for (const row of rows) {
    const isTest = row.source === "test";
    if (row.issuer === "" || row.audience === "" || row.tenant === "" || row.claimNamespace === "") {
      throw new TypeError("an issuer row has an empty issuer, audience, tenant or claim namespace");
    }
    if ((row.issuer === TEST_ISSUER) !== isTest || (row.tenant === TEST_TENANT) !== isTest) {
      throw new TypeError("the test issuer and the test tenant are reserved for test mode");
    }
    if (table.has(row.issuer)) throw new TypeError("two issuer rows have the same issuer");
    table.set(row.issuer, row);
  }
  return table;
}

/**
 * Exact equality: no prefix, no case folding, no array (RFC 8725 §3.8; CVE-2025-30144 accepted an array).
 * @throws {Refusal} TOKEN_INVALID
 */
export function rowOf(table: IssuerTable, claims: UnverifiedClaims): IssuerRow {
  const issuer = memberOf(claims, "iss");
  const row = typeof issuer === "string" ? table.get(issuer) : undefined;
  if (row === undefined) throw new Refusal("TOKEN_INVALID", "iss: not an issuer of ours");
  return row;
}

/** An empty or guessable secret never becomes a key, even if the caller forgot to check it (CVE-2026-44351). */
function hmacKey(secret: string): KeyObject {
  const problem = secretProblem(secret);
  if (problem !== null) throw new TypeError(`HMAC secret: ${problem}`);
  return createSecretKey(secret, "utf8");
}
