import { expect, it } from "vitest";
import { Refusal } from "../../domain/index.ts";
import { createLogoutVerifier } from "./logout-token.ts";
import { KEY, OTHER } from "./testing/issuer.ts";
import {
  AUDIENCE,
  CUSTOM_ISSUER,
  compact,
  hs256,
  ISSUER,
  issuerRows,
  LEGACY_ISSUER,
  LEGACY_SECRET,
  ManualClock,
  NOW_SECONDS,
  rs256,
  type Sign,
} from "./testing/signed-token.ts";

const EVENT = "http://schemas.openid.net/event/backchannel-logout";
const EVENTS = { [EVENT]: {} };
const SUB = "waad|abc123";
const HEADER = { alg: "RS256", typ: "logout+jwt", kid: KEY.kid };
const CLAIMS = {
  iss: ISSUER,
  aud: "app",
  sub: SUB,
  sid: "s1",
  iat: NOW_SECONDS,
  exp: NOW_SECONDS + 120,
  jti: "j",
  events: EVENTS,
};
const READ = { tenant: "acme", subject: SUB, sid: "s1", at: NOW_SECONDS, maxTokenLifetimeSeconds: 86_400 };

let outage = false;
const rows = issuerRows({
  current: () => null,
  find: async (kid) => {
    if (outage) throw new Refusal("KEYS_UNAVAILABLE", "jwks: no key set");
    return kid === KEY.kid ? KEY.publicKey : null;
  },
});
const verifyLogout = createLogoutVerifier({
  rows,
  clientIds: ["app", "spa"],
  clock: new ManualClock(),
  clockToleranceSeconds: 30,
});
const verify = (token: string) => verifyLogout(token, new AbortController().signal);
const sign = (claims: object | string, header: object = {}, signer: Sign = rs256(KEY)) =>
  compact({ ...HEADER, ...header }, typeof claims === "string" ? claims : { ...CLAIMS, ...claims }, signer);

it.each<[what: string, claims: object, read: object, header?: object]>([
  ["of oidc-provider, which is typed", {}, {}],
  ["of Auth0, whose typ is JWT", { trace_id: "t" }, {}, { typ: "JWT" }],
  ["without a typ, which claims no other kind", {}, {}, { typ: undefined }],
  ["of the tenant's other issuer", { iss: CUSTOM_ISSUER }, {}],
  ["for several applications", { aud: ["other", "spa"] }, {}],
  ["without an expiry", { exp: undefined }, {}],
  ["that has expired within the tolerance", { exp: NOW_SECONDS - 29 }, {}],
  ["with other events", { events: { ...EVENTS, "urn:other": 1 } }, {}],
  ["of all sessions", { sid: undefined }, { sid: null }],
  ["of a session that is null", { sid: null }, { sid: null }],
  ["of two minutes ago", { iat: NOW_SECONDS - 120 }, { at: NOW_SECONDS - 120 }],
  ["in two minutes", { iat: NOW_SECONDS + 120 }, { at: NOW_SECONDS + 120 }],
  ["of half a second ago", { iat: NOW_SECONDS - 0.5 }, { at: NOW_SECONDS - 1 }],
])("reads a logout token %s", async (_what, claims, read, header) => {
  expect(await verify(sign(claims, header))).toEqual({ ...READ, ...read });
});

const withClaims = (...claims: object[]) => claims.map((each) => sign(each));
const withEvents = (...events: unknown[]) => events.map((each) => sign({ events: each }));

/** One row a rule: tokens that break it and no other, and what the refusal says. */
it.each<[rule: string, tokens: readonly string[], detail: string]>([
  ["three parts", [`${sign({})}.x`, ""], "token: not three parts"],
  ["8 KiB at most", [sign({ more: "x".repeat(8_192) })], "token: longer than 8 KiB"],
  [
    "T09: unique names",
    [sign(`{"iss":"x",${JSON.stringify({ ...CLAIMS }).slice(1)}`)],
    "duplicate member name",
  ],
  [
    "T22: an issuer of ours",
    withClaims({ iss: `${ISSUER}x` }, { iss: [ISSUER] }),
    "iss: not an issuer of ours",
  ],
  [
    "T04: an issuer with a key set",
    [sign({ iss: LEGACY_ISSUER }, { alg: "HS256" }, hs256(LEGACY_SECRET))],
    "iss: not an issuer of ours",
  ],
  ["T01: RS256", [sign({}, { alg: "none" }, () => Buffer.alloc(0)), sign({}, { alg: "HS256" })], "alg: not"],
  ["T06: no key of its own", [sign({}, { jwk: OTHER.jwk })], "header: jwk is not accepted"],
  ["T24: its type", ["at+jwt", "secevent+jwt", "", null].map((typ) => sign({}, { typ })), "typ: not"],
  ["T33: a key id", [sign({}, { kid: undefined })], "kid: missing"],
  ["a key of the issuer", [sign({}, { kid: "gone" })], "kid: not in the issuer's key set"],
  ["T13: a signature that holds", [sign({}, {}, rs256(OTHER))], "signature: does not hold"],
  [
    "T23: an application of ours",
    withClaims({ aud: AUDIENCE }, { aud: "ap" }, { aud: ["x"] }, { aud: ["app", 1] }, { aud: undefined }),
    "aud: not an application",
  ],
  [
    "T21: a time",
    withClaims({ iat: undefined }, { iat: `${NOW_SECONDS}` }, { iat: null }),
    "iat: missing, or not a",
  ],
  [
    "T21: a time within two minutes",
    withClaims({ iat: NOW_SECONDS - 121 }, { iat: NOW_SECONDS + 121 }),
    "iat: not within two minutes",
  ],
  ["T20: an expiry that is a time", withClaims({ exp: null }, { exp: "1" }), "exp: missing, or not a date"],
  ["T20: an expiry to come", withClaims({ exp: NOW_SECONDS - 30 }), "exp: in the past"],
  [
    "T24: the event of a logout",
    withEvents(undefined, null, [EVENT], EVENT, {}, ...[null, [], "x", true].map((x) => ({ [EVENT]: x }))),
    "events: no object with the object",
  ],
  ["T24: no nonce", withClaims({ nonce: "n" }, { nonce: null }), "nonce: not in a logout token"],
  [
    "a subject or a session",
    withClaims({ sub: undefined, sid: undefined }),
    "sub: both it and sid are missing",
  ],
  ["a session's subject", withClaims({ sub: undefined }, { sub: null }), "sub: missing, and a session"],
  ["T25: a subject that is one", withClaims({ sub: "" }, { sub: 5 }, { sub: "a\n" }), "sub: not 1 to 255"],
  [
    "a session that is one",
    withClaims({ sid: "" }, { sid: 5 }, { sid: "s".repeat(256) }),
    "sid: not 1 to 255",
  ],
])("refuses a logout token without %s", async (_rule, tokens, detail) => {
  for (const token of tokens) {
    const refusal = { reason: "TOKEN_INVALID", message: expect.stringContaining(detail) };
    await expect(verify(token), token).rejects.toMatchObject(refusal);
  }
});

it("T37: answers an outage of the key set as an outage, not as a bad token", async () => {
  outage = true;
  await expect(verify(sign({})).finally(() => (outage = false))).rejects.toMatchObject({
    reason: "KEYS_UNAVAILABLE",
  });
});
