import { createHmac, generateKeyPairSync, type KeyObject, sign } from "node:crypto";
import { type BearerToken, bearerTokenOf } from "../../../domain/index.ts";
import type { Clock } from "../../clock.ts";
import { auth0Rows, type IssuerRow, type KeySource, platformRow, testRow } from "../issuers.ts";

export const NOW_SECONDS = 1_800_000_000;
export const ISSUER = "https://tenant.auth0.example/";
export const CUSTOM_ISSUER = "https://login.acme.example/";
export const AUDIENCE = "https://api.example/";
export const NAMESPACE = "https://platform-api.example/";
export const LEGACY_ISSUER = "urn:legacy";
export const LEGACY_AUDIENCE = "legacy-services";
export const LEGACY_SECRET = "legacy:q8ZtXv2mLr5wYc9eGj3kNb7uHs4";
export const TEST_SECRET = "testing:Vb6nMq1wEr8tYu2iOp5aSd9fGh";
export const USER_ID = "0b8f6d1c-3e5a-4c7b-9d2e-1f4a6b8c0d2e";

export interface SigningKey {
  readonly kid: string;
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
  readonly jwk: Readonly<Record<string, unknown>>;
}

export function rsaKey(kid: string): SigningKey {
  const { privateKey, publicKey } = generateKeyPairSync("rsa", { modulusLength: 2_048 });
  const jwk = { ...publicKey.export({ format: "jwk" }), kid, use: "sig", alg: "RS256" };
  return { kid, privateKey, publicKey, jwk };
}

export type Sign = (signingInput: string) => Buffer;

export function rs256(key: SigningKey): Sign {
  return (input) => sign("sha256", Buffer.from(input), key.privateKey);
}

export function hs256(secret: string | Buffer): Sign {
  return (input) => createHmac("sha256", secret).update(input).digest();
}

/** A compact token with any content: objects are serialized, strings and bytes are used as they are. */
export function compact(header: object | string, claims: object | string, signer: Sign): BearerToken {
  const input = `${encoded(header)}.${encoded(claims)}`;
  return bearer(`${input}.${signer(input).toString("base64url")}`);
}

export function bearer(token: string): BearerToken {
  return bearerTokenOf(["X-User-Token", token]);
}

/** The claims that Auth0 writes, with those that our Action adds. */
export function auth0Claims(overrides: object = {}): Record<string, unknown> {
  return {
    iss: ISSUER,
    aud: [AUDIENCE, `${ISSUER}userinfo`],
    sub: "waad|abc123",
    iat: NOW_SECONDS - 60,
    exp: NOW_SECONDS + 3_600,
    [`${NAMESPACE}email`]: "Jane@Acme.example",
    [`${NAMESPACE}email_verified`]: true,
    [`${NAMESPACE}connection`]: "acme-entra",
    org_id: "org_acme",
    ...overrides,
  };
}

const RULES = { audience: AUDIENCE, claimNamespace: NAMESPACE, maxLifetimeSeconds: 86_400 };

export function issuerRows(keys: KeySource): IssuerRow[] {
  return [
    ...auth0Rows({ ...RULES, issuers: [ISSUER, CUSTOM_ISSUER], tenant: "acme", keys }),
    platformRow({ ...RULES, issuer: LEGACY_ISSUER, audience: LEGACY_AUDIENCE, secret: LEGACY_SECRET }),
    testRow({ ...RULES, secret: TEST_SECRET }),
  ];
}

/** Advances only when a test says so. */
export class ManualClock implements Clock {
  #wallMs = NOW_SECONDS * 1_000;
  #monotonicMs = 5_000;
  wallMs = () => this.#wallMs;
  monotonicMs = () => this.#monotonicMs;

  advance(ms: number): void {
    this.#wallMs += ms;
    this.#monotonicMs += ms;
  }

  /** Steps the wall clock, as NTP or an operator does. */
  stepWall(ms: number): void {
    this.#wallMs += ms;
  }
}

function encoded(part: object | string): string {
  if (Buffer.isBuffer(part)) return part.toString("base64url");
  return Buffer.from(typeof part === "string" ? part : JSON.stringify(part)).toString("base64url");
}
