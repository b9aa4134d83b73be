import { describe, expect, it } from "vitest";
import { ensureCall, findByEmailCall } from "./wire.ts";

const id = "0f4a7a52-6d2c-4d6b-9d1e-3a5f0c9b8e71";
const user = { id, email: "jane@acme.example", email_verified: false, created: true };
const { answer } = ensureCall("ensure", { email: user.email });

describe("a user's id", () => {
  it.each([
    id,
    id.toUpperCase(),
    "11111111-1111-1111-1111-111111111111",
    "0190163d-8694-7e9b-ffff-aaaaaaaaaaaa",
  ])("may be %o and is lower-cased", (id) => {
    expect(answer.parse({ ...user, id })).toMatchObject({ id: id.toLowerCase() });
  });

  it.each([
    "00000000-0000-0000-0000-000000000000",
    "ffffffff-ffff-ffff-ffff-ffffffffffff",
    "FFFFFFFF-FFFF-FFFF-FFFF-FFFFFFFFFFFF",
    id.replaceAll("-", ""),
    `{${id}}`,
    `urn:uuid:${id}`,
    `${id}\n`,
    "auth0|abc123",
    "",
    42,
    null,
  ])("is never %o", (id) => {
    expect(answer.safeParse({ ...user, id }).success).toBe(false);
  });
});

describe("a user", () => {
  it("has our field names, and no field that the contract does not name", () => {
    const found = findByEmailCall(user.email).answer.parse({ ...user, password_hash: "x" });
    expect(found).toEqual({ id, email: user.email, emailVerified: false });
  });

  it.each([
    { email: undefined },
    { email: "" },
    { email: `${"j".repeat(310)}@ac.example` },
    { email: ["jane@acme.example"] },
    { email_verified: "true" },
    { email_verified: null },
    { created: undefined },
    { created: 1 },
  ])("is refused with %o", (wrong) => {
    expect(answer.safeParse({ ...user, ...wrong }).success).toBe(false);
  });
});

describe("T57 the path of an address", () => {
  it.each([
    ["j.doe+tag@acme.example", "j.doe%2Btag%40acme.example"],
    ["a/b@x", "a%2Fb%40x"],
    ["a\\b?c#d%2e@x", "a%5Cb%3Fc%23d%252e%40x"],
    ["%2e%2e@x", "%252e%252e%40x"],
    ["jürgen@x", "j%C3%BCrgen%40x"],
  ])("keeps %o in one segment", (email, segment) => {
    const { path } = findByEmailCall(email);
    expect(path).toBe(`admin/user/${segment}`);
    expect(new URL(path, "http://x/").pathname).toBe(`/${path}`);
  });

  it.each([
    "",
    ".",
    "..",
    "%2e%2e",
    "jane",
    "@x",
    "jane@",
    "a@b@c",
    "../x@y",
    "a/../b@x",
    "..@x",
    "a b@x",
    "a\r\n@x",
    "a\0@x",
    "\ud800@x",
  ])("does not exist for %o", (email) => {
    expect(() => findByEmailCall(email)).toThrow(TypeError);
  });
});
