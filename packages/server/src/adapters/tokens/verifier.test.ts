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
    ["of the tenant", {}, {}, rs256(KEY), { source: "auth0", tenant: "acme", machine: null }],
    ["under the second key", { kid: OTHER.kid }, {}, rs256(OTHER), { source: "auth0" }],
    ["of a machine", {}, { sub: "x@clients" }, rs256(KEY), { machine: "its sub ends in @clients" }],
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

/** A defect of a token. */
interface Defect {
  readonly name: string;
  readonly header?: object;
  readonly claims?: object;
  readonly signer?: Sign;
  readonly ending?: string;
}

/** A defect for each rule, in the order of the rules. */
const DEFECTS: Readonly<Record<keyof TokenRules, Defect>> = {
  structure: { name: "a fourth part", ending: ".x" },
  issuer: { name: "another issuer", claims: { iss: `${ISSUER}x` } },
  header: { name: "another algorithm", header: { alg: "HS256" } },
  key: { name: "an unknown key id", header: { kid: "gone" } },
  signature: { name: "another key's signature", signer: rs256(OTHER) },
  audience: { name: "another audience", claims: { aud: "other" } },
  subject: { name: "no subject", claims: { sub: undefined } },
  "key binding": { name: "a bound key", claims: { cnf: { jkt: "x" } } },
  application: { name: "two applications", claims: { azp: "console", client_id: "other" } },
  actor: { name: "an actor without a subject", claims: { act: {} } },
  "custom claims": { name: "two addresses", claims: { email: "other@acme.example" } },
  lifetime: { name: "an expiry in the past", claims: { exp: NOW_SECONDS - 40 } },
};
const RULES = Object.keys(DEFECTS);

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
  it.each(Object.entries(DEFECTS))(
    "stops at the same rule as a request, for a defect of the %s with each later one",
    async (rule, one) => {
      const last = RULES.indexOf(rule);
      for (const other of Object.values(DEFECTS).slice(last)) {
        const claims = { ...one.claims, ...other.claims };
        const signed = sign({ ...one.header, ...other.header }, claims, other.signer ?? one.signer);
        const token = bearer(signed + (one.ending ?? ""));
        state.lookups = 0;
        const { checked, outcome } = await trace(token);
        expect(checked, other.name).toEqual(RULES.slice(0, last + 1));
        expect(state.lookups, other.name).toBe(checked.includes("key") ? 1 : 0);
        const reason = one === DEFECTS.lifetime ? "TOKEN_EXPIRED" : "TOKEN_INVALID";
        expect(outcome, other.name).toMatchObject({ reason });
        expect(await outcomeOf(verify(token)), other.name).toEqual(outcome);
      }
    },
  );

  it("checks every rule for a cached token", async () => {
    const token = sign();
    const claims = await verify(token);
    expect(await trace(token)).toEqual({ checked: RULES, outcome: claims });
  });
});
