import { KeyObject } from "node:crypto";
import { importJWK } from "jose";
import { decodeBase64url } from "./base64url.ts";
import { isKeyId } from "./header-policy.ts";
import { isJsonObject, type JsonObject, memberOf } from "./strict-json.ts";

/** A key of the set that is not used. */
export interface SkippedKey {
  /** Its position in the set, from 0. */
  readonly index: number;
  /** The rule that it breaks. */
  readonly problem: string;
}

export interface KeySet {
  readonly keys: ReadonlyMap<string, KeyObject>;
  readonly skipped: readonly SkippedKey[];
}

const MIN_MODULUS_BITS = 2_048; // RFC 7518 §3.3
const MAX_MODULUS_BITS = 8_192; // verification time grows with the square
const MIN_EXPONENT = 65_537n; // FIPS 186-5 §5.4; with 1 every message is its own signature, and jose imports it
/** RFC 7518 §6.3.2, §6.4: an issuer that publishes one of these has leaked its key. */
const PRIVATE_MEMBERS = ["d", "p", "q", "dp", "dq", "qi", "oth", "k"];

/** The RS256 keys of a set by key id. A key that breaks a rule is skipped, the others are kept (RFC 7517 §5). */
export async function usableKeys(jwks: readonly unknown[]): Promise<KeySet> {
  const keys = new Map<string, KeyObject>();
  const skipped: SkippedKey[] = [];
  const ids = jwks.map((jwk) => (isJsonObject(jwk) ? memberOf(jwk, "kid") : undefined));
  const repeated = new Set(ids.filter((id, index) => ids.indexOf(id) !== index));
  for (const [index, jwk] of jwks.entries()) {
    try {
      const { kid, n, e } = checkMembers(jwk, repeated);
      keys.set(kid, await importRsaKey(n, e));
    } catch (error) {
      const problem = error instanceof KeyProblem ? error.message : "not a readable RSA key";
      skipped.push({ index, problem });
    }
  }
  return { keys, skipped };
}

class KeyProblem extends Error {}

function checkMembers(jwk: unknown, repeated: ReadonlySet<unknown>): { kid: string; n: string; e: string } {
  if (!isJsonObject(jwk)) throw new KeyProblem("not an object");
  const kid = memberOf(jwk, "kid");
  if (!isKeyId(kid)) throw new KeyProblem("kid: missing, or not 1 to 128 printable characters");
  if (repeated.has(kid)) throw new KeyProblem("kid: not unique"); // RFC 7517 §4.5; taking the first would be a guess
  if (memberOf(jwk, "kty") !== "RSA") throw new KeyProblem("kty: not RSA");
  if (PRIVATE_MEMBERS.some((member) => Object.hasOwn(jwk, member))) throw new KeyProblem("private members");
  checkPurpose(jwk);
  return { kid, n: base64urlMember(jwk, "n"), e: base64urlMember(jwk, "e") };
}

/** RFC 7517 §4.2–4.4: each is optional, but binding when present. */
function checkPurpose(jwk: JsonObject): void {
  const fits = (name: string, isFit: (value: unknown) => boolean) =>
    !Object.hasOwn(jwk, name) || isFit(jwk[name]);
  if (!fits("use", (use) => use === "sig")) throw new KeyProblem("use: not sig");
  if (!fits("key_ops", (operations) => Array.isArray(operations) && operations.includes("verify"))) {
    throw new KeyProblem("key_ops: no verify");
  }
  if (!fits("alg", (alg) => alg === "RS256")) throw new KeyProblem("alg: not RS256");
}

function base64urlMember(jwk: JsonObject, name: string): string {
  const text = memberOf(jwk, name);
  if (typeof text !== "string" || decodeBase64url(text) === null) {
    throw new KeyProblem(`${name}: not canonical base64url`);
  }
  return text;
}

async function importRsaKey(n: string, e: string): Promise<KeyObject> {
  const imported = await importJWK({ kty: "RSA", n, e }, "RS256");
  if (imported instanceof Uint8Array) throw new KeyProblem("kty: not RSA");
  const key = KeyObject.from(imported);
  const { modulusLength = 0, publicExponent = 0n } = key.asymmetricKeyDetails ?? {};
  if (modulusLength < MIN_MODULUS_BITS || modulusLength > MAX_MODULUS_BITS) {
    throw new KeyProblem("modulus: not 2,048 to 8,192 bits");
  }
  if (publicExponent < MIN_EXPONENT || publicExponent % 2n === 0n) {
    throw new KeyProblem("exponent: even, or below 65,537");
  }
  return key;
}
