import { createPublicKey, generateKeyPairSync, randomBytes } from "node:crypto";
import { describe, expect, it } from "vitest";
import { usableKeys } from "./key-policy.ts";
import { rsaKey } from "./testing/signed-token.ts";

const GOOD = rsaKey("good").jwk;
const SPARE = rsaKey("spare").jwk;
const CURVE = generateKeyPairSync("ec", { namedCurve: "P-256" }).publicKey.export({ format: "jwk" });
const EDWARDS = generateKeyPairSync("ed25519").publicKey.export({ format: "jwk" });

/** An odd number of exactly this many bits. Nothing checks that it is a product of primes. */
function modulus(bits: number): string {
  const bytes = randomBytes(Math.ceil(bits / 8));
  bytes[0] = 1 << ((bits - 1) % 8);
  bytes.writeUInt8(bytes.readUInt8(bytes.length - 1) | 1, bytes.length - 1);
  return bytes.toString("base64url");
}

const exponent = (...bytes: number[]) => Buffer.from(bytes).toString("base64url");

describe("usableKeys", () => {
  it.each<[string, object]>([
    ["as Auth0 publishes it", { x5t: "ignored", x5c: ["ignored"] }],
    ["without use, key_ops and alg", { use: undefined, alg: undefined }],
    ["with key_ops", { key_ops: ["verify"] }],
    ["of 8,192 bits", { n: modulus(8_192) }],
    ["with a larger odd exponent", { e: exponent(1, 0, 0, 1) }],
  ])("uses a key %s", async (_, members) => {
    const { keys, skipped } = await usableKeys([JSON.parse(JSON.stringify({ ...GOOD, ...members }))]);
    expect(skipped).toEqual([]);
    expect([...keys.keys()]).toEqual(["good"]);
  });

  it.each<[string, string, unknown, string]>([
    ["T30", "a text", "key", "not an object"],
    ["T30", "use: enc", { ...SPARE, use: "enc" }, "use: not sig"],
    ["T30", "use: null", { ...SPARE, use: null }, "use: not sig"],
    ["T30", "key_ops without verify", { ...SPARE, key_ops: ["encrypt"] }, "key_ops: no verify"],
    ["T30", "key_ops as text", { ...SPARE, key_ops: "verify" }, "key_ops: no verify"],
    ["T30", "another alg", { ...SPARE, alg: "RS512" }, "alg: not RS256"],
    ["T30", "alg in lower case", { ...SPARE, alg: "rs256" }, "alg: not RS256"],
    ["T30", "a symmetric key", { kty: "oct", kid: "spare", k: "c2VjcmV0" }, "kty: not RSA"],
    ["T30", "an elliptic curve key", { ...CURVE, kid: "spare" }, "kty: not RSA"],
    ["T30", "an Edwards curve key", { ...EDWARDS, kid: "spare" }, "kty: not RSA"],
    ["T30", "an unknown kty", { ...SPARE, kty: "rsa" }, "kty: not RSA"],
    ["T31", "512 bits", { ...SPARE, n: modulus(512) }, "modulus: not 2,048 to 8,192 bits"],
    ["T31", "2,047 bits", { ...SPARE, n: modulus(2_047) }, "modulus: not 2,048 to 8,192 bits"],
    ["T31", "8,193 bits", { ...SPARE, n: modulus(8_193) }, "modulus: not 2,048 to 8,192 bits"],
    ["T31", "e = 1", { ...SPARE, e: exponent(1) }, "exponent: even, or below 65,537"],
    ["T31", "e = 3", { ...SPARE, e: exponent(3) }, "exponent: even, or below 65,537"],
    ["T31", "e = 65,535", { ...SPARE, e: exponent(255, 255) }, "exponent: even, or below 65,537"],
    ["T31", "an even e", { ...SPARE, e: exponent(1, 0, 2) }, "exponent: even, or below 65,537"],
    ["T31", "an empty n", { ...SPARE, n: "" }, "modulus: not 2,048 to 8,192 bits"],
    ["T31", "n with padding", { ...SPARE, n: `${SPARE.n}==` }, "n: not canonical base64url"],
    ["T31", "no e", { ...SPARE, e: undefined }, "e: not canonical base64url"],
    ["T33", "no kid", { ...SPARE, kid: undefined }, "kid: missing"],
    ["T33", "a kid that is a number", { ...SPARE, kid: 5 }, "kid: missing"],
    ["T33", "a kid that no header may carry", { ...SPARE, kid: "a\nb" }, "kid: missing"],
  ])("%s: skips %s and keeps the rest", async (_, __, key, problem) => {
    const { keys, skipped } = await usableKeys([key, GOOD]);
    expect([...keys.keys()]).toEqual(["good"]);
    expect(skipped).toEqual([{ index: 0, problem: expect.stringContaining(problem) }]);
  });

  it("T30: skips a key with any private member", async () => {
    for (const member of ["d", "p", "q", "dp", "dq", "qi", "oth", "k"]) {
      const { skipped } = await usableKeys([{ ...SPARE, [member]: "AQAB" }]);
      expect(skipped, member).toEqual([{ index: 0, problem: "private members" }]);
    }
  });

  const same = { ...SPARE, kid: "same" };
  it.each<[string, unknown[]]>([
    ["two keys", [same, { ...GOOD, kid: "same" }]],
    ["two keys in the other order", [{ ...GOOD, kid: "same" }, same]],
    ["one key twice", [same, same]],
    ["a key that is unusable anyway", [same, { ...CURVE, kid: "same" }]],
  ])("T32: uses neither key when a kid names %s", async (_, pair) => {
    const { keys, skipped } = await usableKeys([...pair, GOOD]);
    expect([...keys.keys()]).toEqual(["good"]);
    expect(skipped.map(({ problem }) => problem)).toEqual(["kid: not unique", "kid: not unique"]);
  });

  it("keeps the key's material", async () => {
    const { keys } = await usableKeys([GOOD]);
    expect(keys.get("good")?.equals(createPublicKey({ key: GOOD, format: "jwk" }))).toBe(true);
  });
});
