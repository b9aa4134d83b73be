import { describe, expect, it } from "vitest";
import { auth0Rows, type IssuerRow, issuerTable, platformRow, testRow } from "./issuers.ts";
import { AUDIENCE, ISSUER, LEGACY_SECRET, NAMESPACE, TEST_SECRET } from "./testing/signed-token.ts";

const RULES = { audience: AUDIENCE, claimNamespace: NAMESPACE, maxLifetimeSeconds: 86_400 };

describe("issuerTable", () => {
  const keys = { find: async () => null, current: () => null };
  const auth0 = (overrides: object = {}) =>
    auth0Rows({ ...RULES, issuers: [ISSUER], tenant: "acme", keys, ...overrides });
  const legacy = (issuer: string) => platformRow({ ...RULES, issuer, secret: LEGACY_SECRET });

  it.each<[string, () => IssuerRow[]]>([
    ["two rows of one issuer", () => [...auth0(), legacy(ISSUER)]],
    ["one issuer twice", () => auth0({ issuers: [ISSUER, ISSUER] })],
    ["the test issuer outside test mode", () => [legacy("urn:platform-api:test")]],
    ["the test tenant outside test mode", () => auth0({ tenant: "test" })],
    ["an empty issuer", () => auth0({ issuers: [""] })],
    ["an empty audience", () => auth0({ audience: "" })],
    ["an empty tenant", () => auth0({ tenant: "" })],
    ["no namespace, which would make every claim ours", () => auth0({ claimNamespace: "" })],
  ])("refuses %s", (_, rows) => {
    expect(() => issuerTable(rows())).toThrow(TypeError);
  });

  it("holds one row for each issuer", () => {
    const rows = [...auth0(), legacy("urn:legacy"), testRow({ ...RULES, secret: TEST_SECRET })];
    expect([...issuerTable(rows).keys()]).toEqual([ISSUER, "urn:legacy", "urn:platform-api:test"]);
  });

  it.each([[""], ["0".repeat(64)]])("T05: makes no row with the secret %j", (secret) => {
    expect(() => testRow({ ...RULES, secret })).toThrow("HMAC secret");
    expect(() => platformRow({ ...RULES, issuer: "urn:legacy", secret })).toThrow("HMAC secret");
  });
});
