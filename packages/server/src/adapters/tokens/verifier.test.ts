import fc from "fast-check";
import { jwtVerify, SignJWT } from "jose";
import { describe, expect, it } from "vitest";
import type { BearerToken, Refusal, Trace, VerifiedClaims } from "../../domain/index.ts";
import { HEADER, KEY, OTHER, startIssuer } from "./testing/issuer.ts";
import {
  AUDIENCE,
  auth0Claims,
  bearer,
  compact,
  hs256,
  ISSUER,
  LEGACY_AUDIENCE,
  LEGACY_ISSUER,
  LEGACY_SECRET,
  NAMESPACE,
  NOW_SECONDS,
  rs256,
  type Sign,
  TEST_SECRET,
  USER_ID,
} from "./testing/signed-token.ts";
import type { TokenRules } from "./verifier.ts";

const LEGACY = { iss: LEGACY_ISSUER, aud: LEGACY_AUDIENCE, sub: USER_ID };
const TEST = { iss: "urn:platform-api:test" };
const HMAC = { alg: "HS256", kid: undefined };
const legacy = hs256(LEGACY_SECRET);
const testing = hs256(TEST_SECRET);
const invalid = (detail: string) => ({ reason: "TOKEN_INVALID", message: expect.stringContaining(detail) });
const { verify, verifyAfresh, sign, state, clock } = startIssuer();

describe("createTokenVerifier", () => {
  it("accepts a token that jose has signed", async () => {
    const token = await new SignJWT(auth0Claims()).setProtectedHeader(HEADER).sign(KEY.privateKey);
    expect(await verify(bearer(token))).toMatchObject({ source: "auth0", subject: "waad|abc123" });
  });

  it.each<[string, object, object, Sign, object]>([
    ["of the tenant", {}, {}, rs256(KEY), { source: "auth0", tenant: "acme", isMachine: false }],
    ["under the second key", { kid: OTHER.kid }, {}, rs256(OTHER), { source: "auth0" }],
    ["of a machine", {}, { sub: "x@clients" }, rs256(KEY), { isMachine: true }],
    ["of the platform", HMAC, LEGACY, legacy, { source: "platform", subject: USER_ID }],
    ["of test mode", HMAC, TEST, testing, { source: "test", tenant: "test" }],
  ])("accepts a token %s", async (_, header, claims, signer, expected) => {
    expect(await verify(sign(header, claims, signer))).toMatchObject(expected);
  });

  it.each<[string, object, object, Sign, string]>([
    ["the tenant's issuer with the legacy secret", HMAC, {}, legacy, "alg: not"],
    ["the tenant's issuer with the test secret", HMAC, {}, testing, "alg: not"],
    ["the legacy issuer with the tenant's key", {}, LEGACY, rs256(KEY), "alg: not"],
    ["the legacy issuer with the test secret", HMAC, LEGACY, testing, "signature: does not hold"],
    ["the test issuer with the legacy secret", HMAC, TEST, legacy, "signature: does not hold"],
    ["the test issuer with the tenant's key", {}, TEST, rs256(KEY), "alg: not"],
    ["the legacy issuer for our audience", HMAC, { ...LEGACY, aud: AUDIENCE }, legacy, "aud: not meant"],
    ["half an HMAC", HMAC, TEST, (input) => testing(input).subarray(0, 16), "signature: does not hold"],
  ])("T04: refuses %s", async (_, header, claims, signer, detail) => {
    await expect(verify(sign(header, claims, signer))).rejects.toMatchObject(invalid(detail));
  });

  it("looks up no key before the structure, the issuer and the header are valid", async () => {
    state.lookups = 0;
    for (const token of [
      bearer("a.b.c"),
      sign({}, { iss: `${ISSUER}x` }),
      sign({ alg: "none" }),
      sign({ kid: 5 }),
    ]) {
      await expect(verify(token)).rejects.toMatchObject({ reason: "TOKEN_INVALID" });
    }
    expect(state.lookups).toBe(0);
  });

  it("does not judge the claims of a token whose signature is invalid", async () => {
    const expired = { exp: NOW_SECONDS - 100, iat: NOW_SECONDS - 200, aud: "other" };
    await expect(verify(sign({}, expired, rs256(OTHER)))).rejects.toMatchObject(invalid("signature"));
  });

  it("T26: changes no prototype", async () => {
    const polluting = '{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}},';
    await verify(compact(HEADER, JSON.stringify(auth0Claims()).replace("{", polluting), rs256(KEY)));
    expect(Reflect.get({}, "polluted")).toBeUndefined();
  });

  it("refuses every token that differs in one character from a valid one", async () => {
    const good = sign();
    await fc.assert(
      fc.asyncProperty(fc.nat(good.length - 1), fc.constantFrom(..."AQgw09-_.=+/"), async (at, character) => {
        fc.pre(good[at] !== character);
        const spoiled = bearer(good.slice(0, at) + character + good.slice(at + 1));
        await expect(verify(spoiled)).rejects.toMatchObject({ reason: "TOKEN_INVALID" });
      }),
      { numRuns: 200 },
    );
  });

  it("accepts no claims that jose refuses", async () => {
    const known = fc.constantFrom<unknown>(ISSUER, AUDIENCE, "", null, 0, NOW_SECONDS, NOW_SECONDS + 60);
    const value = fc.oneof({ weight: 4, arbitrary: known }, { weight: 1, arbitrary: fc.jsonValue() });
    const members = { iss: value, aud: value, sub: value, exp: value, iat: value, nbf: value };
    const currentDate = new Date(clock.wallMs());
    const policy = {
      issuer: ISSUER,
      audience: AUDIENCE,
      algorithms: ["RS256"],
      clockTolerance: 30,
      currentDate,
    };
    await fc.assert(
      fc.asyncProperty(fc.record(members, { requiredKeys: [] }), async (claims) => {
        const token = sign({}, claims);
        const accepted = await verify(token).then(Boolean, () => false);
        if (accepted) await jwtVerify(token, KEY.publicKey, policy);
      }),
      { numRuns: 200 },
    );
  });
});

/** A defect of a token, and the rule that refuses it. */
interface Defect {
  readonly name: string;
  readonly rule: keyof TokenRules;
  readonly header?: object;
  readonly claims?: object;
  readonly signer?: Sign;
  readonly ending?: string;
}

const RULES = [
  "structure",
  "issuer",
  "header",
  "key",
  "signature",
  "audience",
  "subject",
  "custom claims",
  "lifetime",
] as const satisfies readonly (keyof TokenRules)[];

const DEFECTS: readonly Defect[] = [
  { name: "a fourth part", rule: "structure", ending: ".x" },
  { name: "padding", rule: "structure", ending: "=" },
  { name: "another issuer", rule: "issuer", claims: { iss: `${ISSUER}x` } },
  { name: "no algorithm", rule: "header", header: { alg: "none" } },
  { name: "another algorithm", rule: "header", header: { alg: "HS256" } },
  { name: "another type", rule: "header", header: { typ: "logout+jwt" } },
  { name: "a key in the header", rule: "header", header: { jwk: KEY.jwk } },
  { name: "an unknown key id", rule: "key", header: { kid: "gone" } },
  { name: "no key id", rule: "key", header: { kid: undefined } },
  { name: "another key's signature", rule: "signature", signer: rs256(OTHER) },
  { name: "another audience", rule: "audience", claims: { aud: "other" } },
  { name: "no subject", rule: "subject", claims: { sub: undefined } },
  { name: "two addresses", rule: "custom claims", claims: { email: "other@acme.example" } },
  { name: "two verified flags", rule: "custom claims", claims: { email_verified: false } },
  { name: "an empty connection", rule: "custom claims", claims: { [`${NAMESPACE}connection`]: "" } },
  { name: "a bad user id", rule: "custom claims", claims: { [`${NAMESPACE}capitol_user_id`]: "waad|x" } },
  { name: "an empty organization", rule: "custom claims", claims: { org_id: "" } },
  { name: "an expiry in the past", rule: "lifetime", claims: { exp: NOW_SECONDS - 40 } },
  { name: "no expiry", rule: "lifetime", claims: { exp: undefined } },
  { name: "too long a lifetime", rule: "lifetime", claims: { iat: NOW_SECONDS - 90_000 } },
  { name: "an issue date in the future", rule: "lifetime", claims: { iat: NOW_SECONDS + 60 } },
  { name: "a start in the future", rule: "lifetime", claims: { nbf: NOW_SECONDS + 60 } },
];

/** The rules that were checked for a token. If one refused it, that is the last one. */
async function trace(token: BearerToken) {
  const checked: (keyof TokenRules)[] = [];
  const recording: Trace<TokenRules> = {
    rule(name, _facts, check) {
      checked.push(name);
      return check();
    },
  };
  return { checked, outcome: await outcomeOf(verifyAfresh(token, recording)) };
}

const outcomeOf = (verified: Promise<VerifiedClaims>) =>
  verified.catch(({ reason, message }: Refusal) => ({ reason, message }));

describe("a traced verification", () => {
  it.each(DEFECTS)("stops at the same rule as a request, for $name with each other defect", async (one) => {
    for (const other of DEFECTS.slice(DEFECTS.indexOf(one))) {
      const claims = { ...one.claims, ...other.claims };
      const signed = sign({ ...one.header, ...other.header }, claims, other.signer ?? one.signer);
      const token = bearer(signed + (one.ending ?? other.ending ?? ""));
      const { checked, outcome } = await trace(token);
      const last = Math.min(RULES.indexOf(one.rule), RULES.indexOf(other.rule));
      expect(checked, other.name).toEqual(RULES.slice(0, last + 1));
      const isMerelyExpired = one === other && one.name === "an expiry in the past";
      expect(outcome, other.name).toMatchObject({
        reason: isMerelyExpired ? "TOKEN_EXPIRED" : "TOKEN_INVALID",
      });
      expect(await outcomeOf(verify(token)), other.name).toEqual(outcome);
    }
  });

  it("checks every rule for a cached token", async () => {
    const token = sign();
    const claims = await verify(token);
    expect(await trace(token)).toEqual({ checked: RULES, outcome: claims });
  });
});
