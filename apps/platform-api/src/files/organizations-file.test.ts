import { expect, it } from "vitest";
import { OrganizationsFileError, parseOrganizationsFile } from "./organizations-file.ts";

const otherStrategies = new Set(["auth0", "google-oauth2"]);
const ACME = {
  id: "acme",
  name: "Acme",
  auth0OrgId: "org_acme",
  jit: true,
  defaultRole: "member",
  domains: ["Acme.example", "b\u00fccher.example"],
  connections: [{ name: "acme-entra", strategy: "waad", displayName: "Acme" }],
  members: [{ email: "Boss@Acme.example", role: "owner" }],
};

const parse = (...organizations: object[]) =>
  parseOrganizationsFile(JSON.stringify({ organizations }), { otherStrategies });

function problemsOf(read: () => unknown): readonly string[] {
  try {
    read();
    return [];
  } catch (error) {
    if (error instanceof OrganizationsFileError) return error.problems;
    throw error;
  }
}

it("reads names in canonical form, and what is left out as absent", () => {
  expect(parse(ACME)).toEqual([
    {
      organization: {
        id: "acme",
        name: "Acme",
        auth0OrgId: "org_acme",
        jit: true,
        defaultRole: "member",
        enforceSso: false,
        trusts: [],
      },
      domains: ["acme.example", "xn--bcher-kva.example"],
      connections: [{ name: "acme-entra", strategy: "waad", displayName: "Acme", organizationId: "acme" }],
      invitations: [{ email: "boss@acme.example", role: "owner" }],
    },
  ]);
  const { members, auth0OrgId, ...rest } = ACME;
  expect(parse(rest)).toMatchObject([{ organization: { auth0OrgId: null }, invitations: null }]);
});

const [connection] = ACME.connections;
it.each([
  ["a typing error in a key", { ...ACME, enforceSSO: true }, /^organizations\[0\]: .*enforceSSO/],
  ["an id that is none", { ...ACME, id: "a/b" }, /^organizations\[0\]\.id: must be/],
  ["a role that there is not", { ...ACME, defaultRole: "boss" }, /^organizations\[0\]\.defaultRole: /],
  ["jit left open", { ...ACME, jit: undefined }, /^organizations\[0\]\.jit: /],
  ["a public mail domain", { ...ACME, domains: ["gmail.com"] }, /domains\[0\]: is a public mail domain/],
  ["a relay's domain", { ...ACME, domains: ["privaterelay.appleid.com"] }, /domains\[0\]: is a public mail/],
  ["a public suffix", { ...ACME, domains: ["co.uk"] }, /domains\[0\]: is a public suffix/],
  ["a hoster's suffix", { ...ACME, domains: ["github.io"] }, /domains\[0\]: is a public suffix/],
  ["no domain", { ...ACME, domains: ["acme.example", "*.acme.example"] }, /domains\[1\]: is no domain/],
  [
    "a domain twice",
    { ...ACME, domains: ["acme.example", "ACME.example"] },
    /acme: domain acme\.example stands/,
  ],
  [
    "a login that is no SSO",
    { ...ACME, connections: [{ ...connection, strategy: "auth0" }] },
    /strategy: is no SSO/,
  ],
  [
    "a connection that is called as a strategy that is no SSO",
    { ...ACME, connections: [{ ...connection, name: "auth0" }] },
    /connections\[0\]\.name: is the name of a strategy that is no SSO/,
  ],
  [
    "a strategy that Auth0 does not have",
    { ...ACME, connections: [{ ...connection, strategy: "Saml" }] },
    /connections\[0\]\.strategy: is not an enterprise .*: did you mean samlp\? it must be one of ad, .*, waad$/,
  ],
  [
    "no strategy",
    { ...ACME, connections: [{ ...connection, strategy: "" }] },
    /strategy: is not an enterprise strategy of Auth0: it must be one of/,
  ],
  [
    "a member without an address",
    { ...ACME, members: [{ email: "boss", role: "owner" }] },
    /members\[0\]\.email: is no/,
  ],
  [
    "SSO enforced without any",
    { ...ACME, enforceSso: true, connections: [] },
    /acme: enforceSso is on without/,
  ],
])("refuses %s, and says where", (_, organization, problem) => {
  expect(problemsOf(() => parse(organization))).toEqual([expect.stringMatching(problem)]);
});

it("refuses names that two organizations share", () => {
  const other = { ...ACME, id: "other" };
  expect(problemsOf(() => parse(ACME, other))).toEqual([
    "connection acme-entra stands in the file more than once",
    "auth0OrgId org_acme stands in the file more than once",
  ]);
  expect(problemsOf(() => parse(ACME, ACME))).toContain(
    "organization acme stands in the file more than once",
  );
});

it("refuses a name that stands twice, of which the first would be lost", () => {
  const json = JSON.stringify({ organizations: [ACME] }).replace(
    '"domains"',
    '"domains":["lost.example"],"domains"',
  );
  expect(problemsOf(() => parseOrganizationsFile(json, { otherStrategies }))).toEqual([
    "it is no JSON: duplicate member name",
  ]);
});

it.each(["", "{", "[]", '{"organisations":[]}', "null"])("refuses the file %j", (json) => {
  expect(problemsOf(() => parseOrganizationsFile(json, { otherStrategies }))).not.toEqual([]);
});
