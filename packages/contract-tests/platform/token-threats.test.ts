import { createHmac, createSign, generateKeyPairSync } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:http";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { AUDIENCE, accessTokenClaims, actionClaims, signWithSecret } from "./issuer.ts";
import { ORGANIZATIONS } from "./people.ts";
import { type Stack, startStack } from "./stack.ts";

const LEGACY_ISSUER = "https://legacy.platform.example";
const LEGACY_SECRET = "a-legacy-secret-for-the-contract-tests-9f3b";
const TEST_ISSUER = "urn:platform-api:test";
const TEST_SECRET = "a-test-mode-secret-for-the-contract-tests-4c1d";
const UUID = "3f2b8c1e-5d4a-4e6b-9a7c-0123456789ab";

let stack: Stack;
/** A server that a token names as the source of its keys. It must get no request. */
const bait = createServer((_request, response) => response.end("{}"));
let baitUrl = "";
let baited = 0;

beforeAll(async () => {
  bait.on("connection", () => {
    baited += 1;
  });
  bait.listen(0, "127.0.0.1");
  await once(bait, "listening");
  const address = bait.address();
  baitUrl = `http://127.0.0.1:${typeof address === "object" ? address?.port : ""}/jwks.json`;
  stack = await startStack({
    PLATFORM_JWT_ISSUER: LEGACY_ISSUER,
    PLATFORM_JWT_AUDIENCE: AUDIENCE,
    PLATFORM_JWT_SECRET: LEGACY_SECRET,
    AUTH0_TEST_MODE: "1",
    AUTH0_TEST_SECRET: TEST_SECRET,
  });
  await stack.applyOrganizations(ORGANIZATIONS);
});
afterAll(async () => {
  bait.close();
  await stack.close();
});

const HEADER = { alg: "RS256", typ: "JWT", kid: "k1" };
const OWN = actionClaims({ connection: "acme-entra", email: "jane@acme.example" });
const json = JSON.stringify;
const now = () => Math.floor(Date.now() / 1_000);

const claims = (changes: object = {}) =>
  accessTokenClaims(stack.issuer.url, "waad|threats", { ...OWN, ...changes });
/** Signs a token correctly, with these changes. */
const sealed = (header: object = {}, changes: object = {}) =>
  stack.issuer.seal(json({ ...HEADER, ...header }), json(claims(changes)));
/** Signs a token correctly, with one more member in the text of the claims. */
const spliced = (member: string) => stack.issuer.seal(json(HEADER), `{${member},${json(claims()).slice(1)}`);
const hmac = (header: object, changes: object, secret: string | Buffer) => {
  const input = [header, claims(changes)]
    .map((part) => Buffer.from(json(part)).toString("base64url"))
    .join(".");
  return `${input}.${createHmac("sha256", secret).update(input).digest("base64url")}`;
};
const part = (token: string, index: number, change: (text: string) => string) =>
  token
    .split(".")
    .map((text, i) => (i === index ? change(text) : text))
    .join(".");
const pem = () => stack.issuer.publicKey.export({ type: "spki", format: "pem" }).toString();

async function ask(token: string): Promise<string> {
  const response = await fetch(`${stack.url}/validate`, { headers: { authorization: `Bearer ${token}` } });
  const body: unknown = await response.json();
  const reason = /"reason":"([A-Z_]+)"/.exec(json(body))?.[1];
  if (response.status === 401)
    expect(response.headers.get("www-authenticate")).toMatch(/^Bearer .*invalid_token/);
  return `${response.status}${reason === undefined ? "" : ` ${reason}`}`;
}

const INVALID = "401 TOKEN_INVALID";

/** Rows of the threat, the defect, and the token. */
const HOSTILE: readonly (readonly [string, string, () => string | Promise<string>])[] = [
  ...["none", "NONE", "nOnE", "RS512", "PS256", "ES256", "HS256", "rs256", "", null, ["RS256"]].map(
    (alg) => ["T01 T03 T14", `alg ${json(alg)}`, () => sealed({ alg })] as const,
  ),
  ["T01", "alg none without a signature", () => part(sealed({ alg: "none" }), 2, () => "")],
  ["T02", "HMAC with the public key as PEM", () => hmac({ ...HEADER, alg: "HS256" }, {}, pem())],
  ["T02", "HMAC with the PEM behind a space", () => hmac({ ...HEADER, alg: "HS256" }, {}, ` ${pem()}`)],
  [
    "T02",
    "HMAC with the public key as DER",
    () =>
      hmac({ ...HEADER, alg: "HS256" }, {}, stack.issuer.publicKey.export({ type: "spki", format: "der" })),
  ],
  [
    "T04",
    "Auth0's issuer with the legacy secret",
    () => signWithSecret(LEGACY_SECRET, stack.issuer.url, "waad|x"),
  ],
  ["T04", "the legacy issuer with Auth0's key", () => sealed({}, { iss: LEGACY_ISSUER, sub: UUID })],
  ["T04", "the legacy issuer with the test secret", () => signWithSecret(TEST_SECRET, LEGACY_ISSUER, UUID)],
  [
    "T04",
    "the test issuer with the legacy secret",
    () => signWithSecret(LEGACY_SECRET, TEST_ISSUER, "waad|x", OWN),
  ],
  [
    "T05",
    "HMAC with an empty secret",
    () => hmac({ alg: "HS256", typ: "JWT" }, { iss: LEGACY_ISSUER, sub: UUID }, ""),
  ],
  ...["jku", "x5u"].map(
    (member) => ["T06", `${member} in the header`, () => sealed({ [member]: baitUrl })] as const,
  ),
  [
    "T06",
    "its own key in the header",
    () => sealed({ jwk: stack.issuer.publicKey.export({ format: "jwk" }) }),
  ],
  ["T06", "its own certificate in the header", () => sealed({ x5c: ["MIIB"] })],
  ...[
    "../../k1",
    "' OR 1=1 --",
    "http://evil.example",
    "__proto__",
    "constructor",
    "k".repeat(5_000),
    1,
    null,
    "",
  ].map((kid) => ["T07", `kid ${json(kid).slice(0, 30)}`, () => sealed({ kid })] as const),
  ["T07 T33", "no kid", () => sealed({ kid: undefined })],
  ...[["exp"], [], ["b64"], "exp", ["x", "x"]].map(
    (crit) => ["T08", `crit ${json(crit)}`, () => sealed({ crit })] as const,
  ),
  ["T08", "b64 false", () => sealed({ b64: false })],
  ["T09", "sub twice", () => spliced('"sub":"waad|other"')],
  ["T09", "sub twice, once escaped", () => spliced('"s\\u0075b":"waad|other"')],
  ["T09", "alg twice", () => stack.issuer.seal(`{"alg":"none",${json(HEADER).slice(1)}`, json(claims()))],
  ["T10", "padding", () => part(sealed(), 1, (text) => `${text}=`)],
  ["T10", "a line break", () => part(sealed(), 1, (text) => `${text}%0A`)],
  [
    "T10",
    "trailing bits",
    () =>
      part(
        sealed(),
        2,
        (text) =>
          text.slice(0, -1) +
          (text.endsWith("A") ? "B" : String.fromCharCode(text.charCodeAt(text.length - 1) + 1)),
      ),
  ],
  ["T10", "two parts", () => sealed().split(".").slice(0, 2).join(".")],
  ["T10", "four parts", () => `${sealed()}.x`],
  ["T10", "JSON serialization", () => Buffer.from(json({ payload: "x", signatures: [] })).toString("base64")],
  ["T11", "five parts", () => `${sealed()}.x.y`],
  ["T11", "compressed", () => sealed({ zip: "DEF" })],
  ["T11", "nested", () => sealed({ cty: "JWT" })],
  ["T12", "claims that are a list", () => stack.issuer.seal(json(HEADER), "[1]")],
  ["T12", "a byte order mark", () => stack.issuer.seal(json(HEADER), `\ufeff${json(claims())}`)],
  ["T12", "bytes that are no UTF-8", () => stack.issuer.seal(json(HEADER), Buffer.from([0x7b, 0xff, 0x7d]))],
  [
    "T12",
    "JSON 1,500 levels deep",
    () => stack.issuer.seal(json(HEADER), `{"x":${"[".repeat(1_500)}${"]".repeat(1_500)}}`),
  ],
  ["T12", "more than 8 KiB", () => sealed({}, { x: "x".repeat(8_000) })],
  ["T13", "a signature of zeros", () => part(sealed(), 2, () => Buffer.alloc(256).toString("base64url"))],
  ["T13", "a signature cut short", () => part(sealed(), 2, (text) => text.slice(0, -4))],
  [
    "T13",
    "another key's signature",
    () =>
      part(sealed(), 2, () =>
        createSign("sha256")
          .update("x")
          .sign(generateKeyPairSync("rsa", { modulusLength: 2_048 }).privateKey, "base64url"),
      ),
  ],
  ...[undefined, null, "4102444800", [4_102_444_800], 1e308].map(
    (exp) => ["T20", `exp ${json(exp)}`, () => sealed({}, { exp })] as const,
  ),
  ["T20", "exp 1e400", () => spliced('"exp":1e400')],
  ["T20", "a lifetime over a day", () => sealed({}, { exp: now() + 90_000 })],
  ["T21", "nbf in the future", () => sealed({}, { nbf: now() + 120 })],
  ["T21", "nbf as text", () => sealed({}, { nbf: "0" })],
  ["T21", "iat in the future", () => sealed({}, { iat: now() + 120 })],
  ["T21", "no iat", () => sealed({}, { iat: undefined })],
  ...["slash", "suffix", "case", "list"].map(
    (kind) =>
      [
        "T22",
        `iss changed: ${kind}`,
        () =>
          sealed(
            {},
            {
              iss: {
                slash: stack.issuer.url.slice(0, -1),
                suffix: `${stack.issuer.url}x`,
                case: stack.issuer.url.toUpperCase(),
                list: [stack.issuer.url],
              }[kind],
            },
          ),
      ] as const,
  ),
  ...[
    "other",
    [[AUDIENCE]],
    { aud: AUDIENCE },
    [AUDIENCE, 1],
    AUDIENCE.toUpperCase(),
    `${AUDIENCE}/x`,
    [],
    null,
  ].map((aud) => ["T23", `aud ${json(aud)}`, () => sealed({}, { aud })] as const),
  ...["logout+jwt", "secevent+jwt", "dpop+jwt", "id+jwt", 1].map(
    (typ) => ["T24", `typ ${json(typ)}`, () => sealed({ typ })] as const,
  ),
  ...[undefined, "", 5, "x".repeat(256), "waad|a\u0000b"].map(
    (sub) => ["T25", `sub ${json(sub)?.slice(0, 20)}`, () => sealed({}, { sub })] as const,
  ),
  ["T26", "claims in __proto__", () => stack.issuer.seal(json(HEADER), `{"__proto__":${json(claims())}}`)],
  ["", "an e-mail in two spellings", () => sealed({}, { email: "other@acme.example" })],
  ["", "a signed user id that is a subject", () => sealed({}, actionClaims({ userId: "waad|threats" }))],
];

describe("a hostile token, over HTTP", () => {
  it.each(HOSTILE)("%s %s is 401", async (_threat, _what, token) => {
    expect(await ask(await token())).toBe(INVALID);
  });

  it("T06 T26 never fetches a key the token points to and changes no prototype", () => {
    expect(HOSTILE.length).toBeGreaterThan(80);
    expect(baited).toBe(0);
    expect(Reflect.has({}, "sub")).toBe(false);
  });
});

describe("a valid token is accepted", () => {
  it.each<[string, () => string | Promise<string>]>([
    ["the plain token", () => sealed()],
    ["typ at+jwt", () => sealed({ typ: "at+jwt" })],
    ["typ APPLICATION/AT+JWT", () => sealed({ typ: "APPLICATION/AT+JWT" })],
    ["T06 x5t, a mere hint", () => sealed({ x5t: "x" })],
    ["T23 one audience as text", () => sealed({}, { aud: AUDIENCE })],
    ["T21 a clock 20 s ahead", () => sealed({}, { iat: now() + 20, nbf: now() + 20 })],
    ["T20 an exp 20 s ago", () => sealed({}, { exp: now() - 20, iat: now() - 600 })],
    ["a legacy token", () => signWithSecret(LEGACY_SECRET, LEGACY_ISSUER, UUID)],
    [
      "T27 a test token, outside production",
      () => signWithSecret(TEST_SECRET, TEST_ISSUER, "waad|threats", OWN),
    ],
  ])("%s", async (_, token) => {
    expect(await ask(await token())).toBe("200");
  });

  it("T20 an exp 40 s ago is TOKEN_EXPIRED, and T25 a machine's token is USER_TOKEN_REQUIRED", async () => {
    expect(await ask(sealed({}, { exp: now() - 40, iat: now() - 600 }))).toBe("401 TOKEN_EXPIRED");
    expect(await ask(sealed({}, { exp: -1 }))).toBe("401 TOKEN_EXPIRED");
    expect(await ask(sealed({}, { sub: "robot@clients" }))).toBe("403 USER_TOKEN_REQUIRED");
  });

  it("a test token with the same subject and mailbox is a user of another tenant", async () => {
    const real = await stack.client(sealed()).auth.validate.query();
    const test = await stack
      .client(await signWithSecret(TEST_SECRET, TEST_ISSUER, "waad|threats", OWN))
      .auth.validate.query();
    expect([real.source, test.source]).toEqual(["auth0", "test"]);
    const links = (await stack.items()).filter(
      ({ type, subject }) => type === "link" && subject === "waad|threats",
    );
    expect(links.map(({ tenant }) => tenant).sort()).toEqual(["default", "test"]);
  });
});
