import { describe, expect, it } from "vitest";
import { parseCompactToken } from "./compact-token.ts";

const encode = (content: string | Buffer) => Buffer.from(content).toString("base64url");
const HEADER = encode('{"alg":"RS256"}');
const CLAIMS = encode('{"iss":"x"}');
const SIGNATURE = encode("signature!!"); // 11 bytes: its last character has two spare bits
const TWICE = encode('{"alg":"none","alg":"RS256"}');
const nested = (depth: number) => `${'{"a":'.repeat(depth - 1)}{}${"}".repeat(depth - 1)}`;
const withClaims = (claims: string | Buffer) => `${HEADER}.${encode(claims)}.${SIGNATURE}`;

describe("parseCompactToken", () => {
  it("splits and decodes a token", () => {
    const token = parseCompactToken(`${HEADER}.${CLAIMS}.${SIGNATURE}`);
    expect(token).toMatchObject({ header: { alg: "RS256" }, claims: { iss: "x" } });
    expect(token.signingInput).toBe(`${HEADER}.${CLAIMS}`);
    expect(token.signature.toString()).toBe("signature!!");
  });

  it.each([
    ["32 levels", nested(32)],
    ["members of one name in different objects", '{"a":{"b":1},"c":[{"b":1},{"b":2}],"b":3}'],
    ["braces, quotes and colons inside strings", String.raw`{"a":"}\":{\"a\":[","b\\":"\\","b":":"}`],
    ["names that differ in case", '{"a":1,"A":2}'],
    ["an escaped name beside another", String.raw`{"\u0061":1,"b":2}`],
  ])("reads claims with %s", (_, claims) => {
    expect(parseCompactToken(withClaims(claims)).claims).toEqual(JSON.parse(claims));
  });

  const refusal = (message: string) => expect.objectContaining({ reason: "TOKEN_INVALID", message });

  it.each([
    ["T10", "no part", "", "token: not three parts"],
    ["T10", "two parts", `${HEADER}.${CLAIMS}`, "token: not three parts"],
    ["T10", "four parts", `${HEADER}.${CLAIMS}.${SIGNATURE}.`, "token: not three parts"],
    ["T10", "the JSON serialization", `{"payload":"${CLAIMS}"}`, "token: not three parts"],
    ["T11", "a JWE", `${HEADER}..${CLAIMS}.${CLAIMS}.${SIGNATURE}`, "token: not three parts"],
    ["T12", "more than 8 KiB", withClaims(`{"a":"${"x".repeat(6_200)}"}`), "token: longer than 8 KiB"],
    ["T10", "empty parts", "..", "header: not JSON"],
    ["T09", "a header member twice", `${TWICE}.${CLAIMS}.${SIGNATURE}`, "header: duplicate member name"],
  ])("%s: refuses %s", (_, __, token, message) => {
    expect(() => parseCompactToken(token)).toThrow(refusal(message));
  });

  it.each<[string, string, string | Buffer, string]>([
    ["T12", "33 levels", nested(33), "nested too deeply"],
    ["T12", "33 levels of arrays", `{"a":${"[".repeat(32)}${"]".repeat(32)}}`, "nested too deeply"],
    ["T12", "an array", "[]", "not a JSON object"],
    ["T12", "null", "null", "not a JSON object"],
    ["T12", "a string", '"x"', "not a JSON object"],
    ["T11", "a nested token", `${HEADER}.${CLAIMS}.${SIGNATURE}`, "not JSON"],
    ["T12", "a BOM", '\ufeff{"iss":"x"}', "not JSON"],
    ["T12", "invalid UTF-8", Buffer.from('{"\xff":1}', "latin1"), "not UTF-8"],
    ["T12", "an encoded surrogate", Buffer.from('{"\xed\xa0\x80":1}', "latin1"), "not UTF-8"],
    ["T09", "a member twice", '{"sub":"a","sub":"a"}', "duplicate member name"],
    ["T09", "a member spelled two ways", String.raw`{"sub":"a","s\u0075b":"b"}`, "duplicate member name"],
    ["T09", "a deep member twice", '{"a":[{"b":{"c":1,"d":{},"c":2}}]}', "duplicate member name"],
    ["T09", "__proto__ twice", '{"__proto__":1,"__proto__":2}', "duplicate member name"],
  ])("%s: refuses claims of %s", (_, __, claims, message) => {
    expect(() => parseCompactToken(withClaims(claims))).toThrow(refusal(`claims: ${message}`));
  });

  it("T09: refuses a member spelled two ways, whatever names the process has parsed before", () => {
    parseCompactToken(withClaims(JSON.stringify({ iss: "i", sub: "x", "\\u0": "y" })));
    const twice = withClaims(String.raw`{"iss":"i","sub":"A","\u0073ub":"B"}`);
    expect(() => parseCompactToken(twice)).toThrow(refusal("claims: duplicate member name"));
  });

  it("T09: reads a name with escaped slashes", () => {
    const { claims } = parseCompactToken(withClaims(String.raw`{"https:\/\/a.example\/x":"a \"b\":c"}`));
    expect(claims).toEqual({ "https://a.example/x": 'a "b":c' });
  });

  describe.each([
    ["header", 0],
    ["claims", 1],
    ["signature", 2],
  ])("T10: the %s", (part, place) => {
    const spoiled = (spoil: (text: string) => string) =>
      [HEADER, CLAIMS, SIGNATURE].map((text, i) => (i === place ? spoil(text) : text)).join(".");

    it.each<[string, (text: string) => string]>([
      ["padding", (text) => `${text}${"=".repeat((4 - (text.length % 4)) % 4 || 4)}`],
      ["a plus sign", (text) => `${text.slice(0, -4)}+${text.slice(-3)}`],
      ["a slash", (text) => `${text.slice(0, -4)}/${text.slice(-3)}`],
      ["a space", (text) => `${text} `],
      ["a leading newline", (text) => `\n${text}`],
      ["a newline inside", (text) => `${text.slice(0, 4)}\n${text.slice(4)}`],
      ["a character outside the alphabet", (text) => `${text.slice(0, 4)}?${text.slice(4)}`],
      ["a character outside ASCII", (text) => `${text.slice(0, 4)}\u0441${text.slice(4)}`],
      ["one stray character", (text) => `${text.slice(0, text.length - (text.length % 4))}A`],
      ["non-zero trailing bits", (text) => `${text.slice(0, text.length - (text.length % 4))}QR`],
    ])(`refuses a ${part} with %s`, (_, spoil) => {
      expect(() => parseCompactToken(spoiled(spoil))).toThrow(`${part}: not canonical base64url`);
    });
  });

  it("never quotes the token", () => {
    expect(() => parseCompactToken(withClaims('{"secret-canary"'))).toThrow(/^claims: not JSON$/);
  });
});
