import { constants, sign as cryptoSign } from "node:crypto";
import { describe, expect, it } from "vitest";
import { KEY, OTHER, startIssuer } from "./testing/issuer.ts";
import { startJwksServer } from "./testing/jwks-server.ts";
import { hs256, rs256, type Sign } from "./testing/signed-token.ts";

const issuer = startIssuer();

async function expectRefused(header: object, signer: Sign, detail: string) {
  const expected = { reason: "TOKEN_INVALID", message: expect.stringContaining(detail) };
  await expect(issuer.verify(issuer.sign(header, {}, signer)), JSON.stringify(header)).rejects.toMatchObject(
    expected,
  );
}

describe("a header", () => {
  it.each<[string, string, string, unknown[]]>([
    ["T01", "alg", "alg: not", ["none", "None", "NONE", "nOnE", ""]],
    ["T01", "alg", "alg: not", ["rs256", "RS256 ", 5, null, ["RS256"], undefined]],
    ["T03", "alg", "alg: not", ["RS384", "RS512", "PS256", "HS256"]],
    ["T14", "alg", "alg: not", ["ES256", "EdDSA"]],
    ["T06", "jwk", "header: jwk", [OTHER.jwk, null]],
    ["T06", "jku", "header: jku", ["https://evil.example/jwks.json"]],
    ["T06", "x5u", "header: x5u", ["https://evil.example/cert.pem"]],
    ["T06", "x5c", "header: x5c", [["MIIB"], []]],
    ["T07", "kid", "kid: missing", [undefined, null, 5, "", ["key-1"], "k".repeat(129), "k".repeat(5_000)]],
    ["T07", "kid", "kid: missing", ["key-1\0", "key-1\n", "ключ"]],
    ["T07", "kid", "kid: not in", ["../../dev/null", "' OR 1=1 --", "https://evil.example/k"]],
    ["T07", "kid", "kid: not in", ["KEY-1", "key-1 "]],
    ["T07", "kid", "kid: not in", ["__proto__", "constructor", "toString"]],
    ["T08", "crit", "header: crit", [["exp"], ["unknown"], ["b64"], [], "exp", ["exp", "exp"], null]],
    ["T08", "b64", "header: b64", [false, true, null]],
    ["T11", "zip", "header: zip", ["DEF"]],
    ["T11", "enc", "header: enc", ["A256GCM"]],
    ["T11", "cty", "header: cty", ["JWT"]],
    ["T24", "typ", "typ: not", ["logout+jwt", "secevent+jwt", "dpop+jwt", "application/jwt", "JWT "]],
    ["T24", "typ", "typ: not", ["", null, 5, ["JWT"]]],
  ])("%s: refuses a header for its %s (%s), whatever the signature", async (_, member, detail, values) => {
    for (const value of values) await expectRefused({ [member]: value }, rs256(KEY), detail);
  });

  it("T08: refuses a header with b64 and crit", () =>
    expectRefused({ b64: false, crit: ["b64"] }, rs256(KEY), "header: crit"));

  it.each<[string, object]>([
    ["no typ", { typ: undefined }],
    ["typ at+jwt", { typ: "at+jwt" }],
    ["typ application/at+jwt in another case", { typ: "application/AT+JWT" }],
    ["typ jwt in lower case", { typ: "jwt" }],
    ["x5t and members unknown to us", { x5t: "abc", "x5t#S256": "def", other: [] }],
  ])("accepts a header with %s", async (_, header) => {
    expect(await issuer.verify(issuer.sign(header))).toMatchObject({ source: "auth0" });
  });

  it("T06: never fetches a key the token points to", async () => {
    const server = await startJwksServer(() => {});
    await expectRefused({ jku: server.url }, rs256(OTHER), "jku");
    await expectRefused({ x5u: server.url }, rs256(OTHER), "x5u");
    await expectRefused({ kid: server.url }, rs256(OTHER), "kid");
    await server.close();
    expect(server.hits).toBe(0);
  });
});

describe("a signature", () => {
  const pem = KEY.publicKey.export({ type: "spki", format: "pem" }).toString();
  const der = KEY.publicKey.export({ type: "spki", format: "der" });
  const rsa = (hash: string, padding: number): Sign => {
    return (input) => cryptoSign(hash, Buffer.from(input), { key: KEY.privateKey, padding });
  };
  const good = rs256(KEY);

  it("T02: refuses an HMAC with the public key as its secret, in any form and under either algorithm", async () => {
    for (const secret of [
      pem,
      ` ${pem}`,
      `${pem}\n`,
      pem.trimEnd(),
      der,
      JSON.stringify(KEY.jwk),
      `${KEY.jwk.n}`,
    ]) {
      await expectRefused({ alg: "HS256" }, hs256(secret), "alg: not");
      await expectRefused({}, hs256(secret), "signature");
    }
  });

  it.each<[string, string, Sign]>([
    ["T01", "nothing", () => Buffer.alloc(0)],
    ["T03", "RS384 called RS256", rsa("sha384", constants.RSA_PKCS1_PADDING)],
    ["T03", "RS512 called RS256", rsa("sha512", constants.RSA_PKCS1_PADDING)],
    ["T03", "PS256 called RS256", rsa("sha256", constants.RSA_PKCS1_PSS_PADDING)],
    ["T05", "an HMAC with an empty secret", hs256("")],
    ["T13", "another key's", rs256(OTHER)],
    ["T13", "cut short", (input) => good(input).subarray(0, 255)],
    ["T13", "padded in front", (input) => Buffer.concat([Buffer.alloc(1), good(input)])],
    ["T13", "padded behind", (input) => Buffer.concat([good(input), Buffer.alloc(1)])],
    ["T13", "zeros", () => Buffer.alloc(256)],
    ["T13", "beyond the modulus", () => Buffer.alloc(256, 0xff)],
    ["T14", "r = s = 0", () => Buffer.alloc(64)],
  ])("%s: refuses a signature that is %s", (_, __, signer) =>
    expectRefused({}, signer, "signature: does not hold"),
  );
});
