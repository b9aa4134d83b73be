import { describe, expect, it } from "vitest";
import { readClaims } from "./claims-policy.ts";
import { issuerTable, rowOf } from "./issuers.ts";
import {
  AUDIENCE,
  auth0Claims,
  CUSTOM_ISSUER,
  ISSUER,
  issuerRows,
  LEGACY_AUDIENCE,
  LEGACY_ISSUER,
  NAMESPACE,
  NOW_SECONDS,
  USER_ID,
} from "./testing/signed-token.ts";

const NS = NAMESPACE;
const TABLE = issuerTable(issuerRows({ find: async () => null, current: () => null }));
const POLICY = { nowSeconds: NOW_SECONDS, clockToleranceSeconds: 30, maxLifetimeSeconds: 86_400 };
const DAY = 86_400;

const read = (claims: Record<string, unknown>) =>
  readClaims({ claims, row: rowOf(TABLE, claims), policy: POLICY });
const refusal = (reason: string, detail: string) =>
  expect.objectContaining({ reason, message: expect.stringContaining(detail) });

/** Actors inside one another, so many deep; the outermost has the highest number. */
function actors(depth: number): object {
  return { sub: `actor ${depth}`, ...(depth > 1 && { act: actors(depth - 1) }) };
}

describe("readClaims", () => {
  it("reads the claims of Auth0 and of our Action", () => {
    const own = { [`${NS}capitol_user_id`]: USER_ID.toUpperCase(), [`${NS}sid`]: "session" };
    expect(read(auth0Claims({ ...own, iat: NOW_SECONDS + 0.9 }))).toEqual({
      source: "auth0",
      issuer: "https://tenant.auth0.example/",
      tenant: "acme",
      subject: "waad|abc123",
      machine: null,
      clientId: null,
      actor: null,
      email: { canonical: "jane@acme.example" },
      emailVerified: true,
      name: null,
      connection: "acme-entra",
      auth0OrgId: "org_acme",
      userId: USER_ID,
      sid: "session",
      issuedAt: NOW_SECONDS,
      expiresAt: NOW_SECONDS + 3_600,
    });
  });

  it("reads a token that has only the required claims", () => {
    const times = { iat: NOW_SECONDS, exp: NOW_SECONDS + 1 };
    expect(read({ iss: CUSTOM_ISSUER, aud: AUDIENCE, sub: "auth0|1", ...times })).toMatchObject({
      tenant: "acme",
      email: { absent: "EMAIL_MISSING" },
      emailVerified: false,
      connection: null,
      auth0OrgId: null,
      userId: null,
      sid: null,
      issuedAt: NOW_SECONDS,
    });
  });

  it.each<[string, object]>([
    ["exp at the last tolerated second", { exp: NOW_SECONDS - 29 }],
    ["a lifetime of exactly a day", { iat: NOW_SECONDS, exp: NOW_SECONDS + DAY }],
    ["iat as far ahead as is tolerated", { iat: NOW_SECONDS + 30 }],
    ["nbf as far ahead as is tolerated", { nbf: NOW_SECONDS + 30 }],
    ["fractions of a second", { iat: NOW_SECONDS - 0.5, exp: NOW_SECONDS + 0.5 }],
    ["aud alone", { aud: AUDIENCE }],
    ["the longest subject", { sub: "x".repeat(255) }],
    ["a subject beyond ASCII", { sub: "samlp|acme|Zoë 🙂" }],
    ["names from Object.prototype", JSON.parse('{"__proto__":{"sub":"x"},"constructor":1,"toString":2}')],
  ])("accepts %s", (_, claims) => {
    expect(read(auth0Claims(claims)).source).toBe("auth0");
  });

  const NO_DATES = [null, "1800003600", [NOW_SECONDS], {}, true, 1 / 0, Number.NaN, 1e308, -1e308];
  const NO_TEXTS = [
    "",
    5,
    true,
    ["x"],
    {},
    "x".repeat(256),
    "a\nb",
    "a\0",
    "\x7f",
    "\u0085",
    "x\ud800",
    "\udc00",
  ];
  const NO_IDS = [null, "", "abc", 5, {}, [USER_ID], ` ${USER_ID}`, USER_ID.replace(/\w/g, "0")];
  const NEAR_AUDIENCES = [AUDIENCE.slice(0, -1), `${AUDIENCE}v2`, AUDIENCE.toUpperCase(), `${AUDIENCE} x`];
  it.each<[string, string, string, unknown[]]>([
    ["T20", "exp", "exp: missing", [undefined, ...NO_DATES]],
    ["T21", "iat", "iat: missing", [undefined, ...NO_DATES]],
    ["T21", "nbf", "nbf: missing", NO_DATES],
    ["T20", "exp", "exp: longer than", [NOW_SECONDS - 60 + DAY + 1]],
    ["T20", "iat", "exp: longer than", [0, -1, NOW_SECONDS + 3_600 - DAY - 1]],
    ["T21", "iat", "iat: in the future", [NOW_SECONDS + 31, NOW_SECONDS + 30.5]],
    ["T21", "nbf", "nbf: in the future", [NOW_SECONDS + 31, NOW_SECONDS + 30.5]],
    ["T23", "aud", "aud: not meant", [undefined, null, 5, {}, { 0: AUDIENCE }, "", "client_id"]],
    ["T23", "aud", "aud: not meant", NEAR_AUDIENCES],
    ["T23", "aud", "aud: not meant", [[], ["other"], [[AUDIENCE]], [AUDIENCE, 5], [AUDIENCE, null]]],
    ["T25", "sub", "sub: not 1 to 255", [undefined, null, ...NO_TEXTS]],
    ["ours", `${NS}connection`, "connection: not 1 to 255", NO_TEXTS],
    ["ours", "org_id", "org_id: not 1 to 255", NO_TEXTS],
    ["ours", `${NS}capitol_user_id`, "capitol_user_id: not", NO_IDS],
    ["ours", "email", "email: two", ["jane@evil.example", null, ""]],
    ["ours", "email_verified", "email_verified: two", [false, "true", null]],
  ])("%s: refuses a token for its %s (%s)", (_, name, detail, values) => {
    for (const value of values) {
      const claims = auth0Claims({ [name]: value });
      expect(() => read(claims), JSON.stringify(value)).toThrow(refusal("TOKEN_INVALID", detail));
    }
  });

  it("T20: refuses a token that is valid only within the tolerance", () => {
    const claims = auth0Claims({ iat: NOW_SECONDS + 10, exp: NOW_SECONDS + 10 });
    expect(() => read(claims)).toThrow(refusal("TOKEN_INVALID", "exp: not after iat"));
  });

  it("T26: reads no inherited claim", () => {
    const claims = auth0Claims(JSON.parse('{"__proto__":{"sub":"waad|abc123"}}'));
    expect(read({ ...claims, sub: "own" }).subject).toBe("own");
    const inherited = Object.assign(Object.create({ sub: "waad|abc123" }), auth0Claims());
    delete inherited.sub;
    expect(() => read(inherited)).toThrow(refusal("TOKEN_INVALID", "sub: not 1 to 255"));
  });

  it.each([
    ["without the slash", ISSUER.slice(0, -1)],
    ["with a suffix", `${ISSUER}x`],
    ["with a prefix", ` ${ISSUER}`],
    ["in another case", ISSUER.toUpperCase()],
    ["as an array", [ISSUER]],
    ["as an object", { iss: ISSUER }],
    ["as a look-alike", ISSUER.replace("a", "\u0430")],
    ["missing", undefined],
    ["null", null],
    ["a name from Object.prototype", "constructor"],
  ])("T22: refuses an issuer that is not exactly ours: %s", (_, iss) => {
    expect(() => read(auth0Claims({ iss }))).toThrow(refusal("TOKEN_INVALID", "iss: not an issuer of ours"));
  });

  it("refuses TOKEN_EXPIRED from the first second that the tolerance does not cover", () => {
    expect(() => read(auth0Claims({ exp: NOW_SECONDS - 30 }))).toThrow(
      refusal("TOKEN_EXPIRED", "exp: in the past"),
    );
    expect(() => read(auth0Claims({ exp: -1, iat: -2 }))).toThrow(
      refusal("TOKEN_EXPIRED", "exp: in the past"),
    );
  });

  it.each<[string, object]>([
    ["another audience", { aud: "other" }],
    ["a bad subject", { sub: "" }],
    ["a bad nbf", { nbf: "0" }],
    ["two addresses", { email: "other@acme.example" }],
    ["a bad connection", { [`${NS}connection`]: "" }],
    ["too long a life", { iat: NOW_SECONDS - 90_000 }],
  ])("refuses TOKEN_INVALID for an expired token with %s", (_, claims) => {
    const expired = auth0Claims({ exp: NOW_SECONDS - 60, iat: NOW_SECONDS - 120, ...claims });
    expect(() => read(expired)).toThrow(refusal("TOKEN_INVALID", ""));
  });

  const MISSING = { absent: "EMAIL_MISSING" };
  const INVALID = { absent: "EMAIL_INVALID" };
  it.each<[string, unknown, object]>([
    ["null", null, MISSING],
    ["absent", undefined, MISSING],
    ["without a canonical form", "a@b@c.example", INVALID],
    ["empty", "", INVALID],
    ["a number", 5, INVALID],
    ["a list", ["a@b.example"], INVALID],
  ])("reads an address that is %s", (_, email, expected) => {
    expect(read(auth0Claims({ [`${NS}email`]: email })).email).toEqual(expected);
  });

  it("reads a plain address without a namespaced one, or beside an equal one", () => {
    const expected = { canonical: "jane@acme.example" };
    expect(read(auth0Claims({ email: "Jane@Acme.example" })).email).toEqual(expected);
    expect(read(auth0Claims({ email: "jane@acme.example", [`${NS}email`]: undefined })).email).toEqual(
      expected,
    );
  });

  it.each<[string, object, boolean]>([
    ["both namespaced", { [`${NS}email_verified`]: true }, true],
    ["the address alone namespaced", { [`${NS}email_verified`]: undefined, email_verified: true }, false],
    ["both plain", { [`${NS}email`]: undefined, email: "j@a.example", email_verified: true }, true],
    [
      "the address alone plain",
      { [`${NS}email`]: undefined, email: "j@a.example", [`${NS}email_verified`]: true },
      false,
    ],
  ])("reads the flag in the spelling of the address: %s", (_, claims, emailVerified) => {
    expect(read(auth0Claims({ [`${NS}email_verified`]: undefined, ...claims })).emailVerified).toBe(
      emailVerified,
    );
  });

  it("accepts only the boolean true as a verified address", () => {
    for (const value of ["true", 1, false, null, undefined, [true]]) {
      expect(read(auth0Claims({ [`${NS}email_verified`]: value })).emailVerified).toBe(false);
    }
  });

  it("reads a name only in our namespace, without blanks around it", () => {
    expect(read(auth0Claims({ [`${NS}name`]: " Zoë Müller ", name: "Other" })).name).toBe("Zoë Müller");
    expect(read(auth0Claims({ name: "Other" })).name).toBeNull();
  });

  it("T8R: takes what is not a name for none, and reads all else as without it", () => {
    const values = [null, "", 5, ["Jane"], {}, "x".repeat(101), "a\nb", "jane@acme.example", "\u202eenaJ"];
    for (const value of values)
      expect(read(auth0Claims({ [`${NS}name`]: value }))).toEqual(read(auth0Claims()));
  });

  it("reads connection and capitol_user_id only in our namespace", () => {
    const plain = { connection: "other", capitol_user_id: USER_ID, [`${NS}connection`]: null, org_id: null };
    expect(read(auth0Claims(plain))).toMatchObject({ connection: null, userId: null, auth0OrgId: null });
  });

  it.each<[string, object, string | null]>([
    ["by its grant", { gty: "client-credentials" }, "its gty is client-credentials"],
    ["by its subject", { sub: "awZfdIir8YFdGZWk@clients" }, "its sub ends in @clients"],
    ["by a subject that is its application", { sub: "abc", client_id: "abc" }, "its sub is its application"],
    ["by an agent's subject", { sub: "agt_1" }, "its sub is an agent's (agt_)"],
    ["by the profile of its subject", { sub_profile: "ai_agent" }, "its sub_profile is not user"],
    ["by a profile that cannot be read", { sub_profile: null }, "its sub_profile is not user"],
    ["not by the profile of a user", { sub_profile: "user" }, null],
    ["not by another grant", { gty: "password" }, null],
    ["not by a word inside the subject", { sub: "auth0|x@clients.example" }, null],
  ])("T25: recognizes a machine %s", (_, claims, machine) => {
    expect(read(auth0Claims(claims)).machine).toBe(machine);
  });

  it.each([
    ["by its own dialect", { azp: "console" }, "console"],
    ["by that of RFC 9068", { client_id: "console" }, "console"],
    ["by both, alike", { azp: "console", client_id: "console" }, "console"],
    ["not where neither says it", { azp: null }, null],
  ])("reads the application %s", (_, claims, clientId) => {
    expect(read(auth0Claims(claims)).clientId).toBe(clientId);
  });

  it.each([
    ["two applications", { azp: "console", client_id: "other" }, "azp and client_id:"],
    ["applications in a list", { azp: ["console"] }, "azp:"],
    ["an empty application", { client_id: "" }, "client_id:"],
    ["an application that no header can carry", { azp: "kö" }, "azp: not printable"],
    ["T80: a key that it is bound to", { cnf: { jkt: "0ZcOCORZNYy" } }, "cnf:"],
    ["T80: a binding that says nothing", { cnf: null }, "cnf:"],
    ["an actor that is null", { act: null }, "act: not an object"],
    ["an actor that is a text", { act: "auth0|support" }, "act: not an object"],
    ["actors in a list", { act: [{ sub: "auth0|support" }] }, "act: not an object"],
    ["an actor without a subject", { act: { client_id: "agent" } }, "act.sub:"],
    ["an actor inside an actor without a subject", { act: { sub: "a", act: {} } }, "act.sub:"],
    ["an actor of two applications in a list", { act: { sub: "a", client_id: ["b"] } }, "client_id:"],
    ["actors five deep", { act: actors(5) }, "act: more than 4 deep"],
  ])("refuses a token with %s", (_, claims, message) => {
    expect(() => read(auth0Claims(claims))).toThrow(refusal("TOKEN_INVALID", message));
  });

  it.each<[string, object, object]>([
    ["by its subject, and by the application of the token", { sub: "auth0|s" }, { subject: "auth0|s" }],
    ["by an application of its own", { sub: "auth0|s", client_id: "agent" }, { clientId: "agent" }],
    ["as the last of four", actors(4), { subject: "actor 4" }],
    ["as the user themselves", { sub: "waad|abc123" }, { subject: "waad|abc123" }],
    ["of the same issuer", { sub: "auth0|s", iss: ISSUER }, { subject: "auth0|s" }],
    ["of another issuer without its subject", { sub: "auth0|s", iss: LEGACY_ISSUER }, { subject: null }],
  ])("T81: reads who acts for the user %s", (_, act, expected) => {
    const { actor } = read(auth0Claims({ azp: "console", act }));
    expect(actor).toEqual({ subject: "auth0|s", clientId: "console", ...expected });
  });

  it("accepts a legacy token only if its subject is a user id", () => {
    const legacy = { iss: LEGACY_ISSUER, aud: LEGACY_AUDIENCE, sub: USER_ID };
    expect(read(auth0Claims(legacy))).toMatchObject({ source: "platform", subject: USER_ID });
    const [noUser, notHere] = [
      auth0Claims({ ...legacy, sub: "waad|abc123" }),
      auth0Claims({ ...legacy, aud: AUDIENCE }),
    ];
    expect(() => read(noUser)).toThrow(refusal("TOKEN_INVALID", "sub: not a user id"));
    expect(() => read(notHere)).toThrow(refusal("TOKEN_INVALID", "aud: not meant"));
  });
});
