import { expect, it } from "vitest";
import { FileError } from "./json-file.ts";
import { parseOrganizationsFile } from "./organizations-file.ts";

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
  parseOrganizationsFile(JSON.parse(JSON.stringify({ organizations })), { otherStrategies });

function problemsOf(read: () => unknown): readonly string[] {
  try {
    read();
    return [];
  } catch (error) {
    if (error instanceof FileError) return error.problems;
    throw error;
  }
}

it("parses names into their canonical form, and omitted settings as absent", () => {
  expect(parse(ACME)).toEqual([
    {
      organization: {
        id: "acme",
        name: "Acme",
        auth0OrgId: "org_acme",
        jit: true,
        defaultRole: "member",
        trusts: [],
      },
      domains: ["acme.example", "xn--bcher-kva.example"],
      connections: [{ name: "acme-entra", strategy: "waad", displayName: "Acme", organizationId: "acme" }],
      invitations: [{ email: "boss@acme.example", role: "owner" }],
    },
  ]);
  const { members, ...rest } = ACME;
  expect(parse(rest)).toMatchObject([{ invitations: null }]);
  const settingsOf = (file: object) => parse(file).map(({ organization }) => organization);
  expect(settingsOf({ id: "acme" })).toEqual([{ id: "acme", trusts: [] }]);
  const handed = settingsOf({ id: "acme", name: "Acme", lock: false, closing: "operators" });
  expect(handed).toEqual([
    { id: "acme", name: "Acme", trusts: [], isBeginning: true, isClosedByOperators: true },
  ]);
  const cleared = { id: "acme", auth0OrgId: null };
  expect(settingsOf(cleared)).toEqual([{ ...cleared, trusts: [] }]);
});

const [connection] = ACME.connections;
const connected = (given: object) => ({ ...ACME, connections: [{ ...connection, ...given }] });
const owning = (...domains: string[]) => ({ ...ACME, domains });
it.each([
  [
    "an end by somebody else",
    { ...ACME, closing: "owners" },
    /^organizations\[0\]\.closing: must be "operators"/,
  ],
  ["a misspelled key", { ...ACME, enforceSSO: true }, /^organizations\[0\]: unknown key enforceSSO$/],
  ["an invalid id", { ...ACME, id: "a/b" }, /^organizations\[0\]\.id: must be/],
  [
    "an unknown role",
    { ...ACME, defaultRole: "boss" },
    /^organizations\[0\]\.defaultRole: must be one of member, admin, owner$/,
  ],
  ["jit as a string", { ...ACME, jit: "on" }, /^organizations\[0\]\.jit: must be true or false$/],
  ["an empty name", { ...ACME, name: " " }, /^organizations\[0\]\.name: must not be empty$/],
  ["a very long name", { ...ACME, name: "x".repeat(101) }, /\.name: must have at most 100 characters$/],
  ["a name with a web address", { ...ACME, name: "www.acme.example" }, /\.name: must not contain/],
  ["T8J: a name that looks like a link", { ...ACME, name: "http:evil.com" }, /\.name: must not contain/],
  ["a name that only looks like a link", { ...ACME, name: "Tel:Aviv" }, /: put a space behind a colon/],
  ["T8J: a name that is not seen", { ...ACME, name: "\u2800" }, /\.name: must not contain/],
  [
    "T8J: a connection's name that is not seen",
    connected({ displayName: "Acme\u3164" }),
    /\.connections\[0\]\.displayName: must not contain/,
  ],
  [
    "a connection's very long name",
    connected({ displayName: "x".repeat(101) }),
    /\.displayName: must have at most 100 characters$/,
  ],
  ["a single domain", { ...ACME, domains: "acme.example" }, /^organizations\[0\]\.domains: must be a list$/],
  ["T49: a public mail domain", owning("gmail.com"), /domains\[0\]: is a public mail domain/],
  ["a relay's domain", owning("privaterelay.appleid.com"), /domains\[0\]: is a public mail/],
  ["T49: a public suffix", owning("co.uk"), /domains\[0\]: is a public suffix/],
  ["a hoster's suffix", owning("github.io"), /domains\[0\]: is a public suffix/],
  ["a wildcard domain", owning("acme.example", "*.acme.example"), /domains\[1\]: is not a domain/],
  ["a domain twice", owning("acme.example", "ACME.example"), /acme: domain acme\.example appears/],
  ["a strategy that is not SSO", connected({ strategy: "auth0" }), /strategy: is not an SSO strategy/],
  [
    "a connection named after a strategy that is not SSO",
    connected({ name: "auth0" }),
    /connections\[0\]\.name: is the name of a strategy that is not SSO/,
  ],
  [
    "Auth0's database connection",
    connected({ name: "Username-Password-Authentication" }),
    /connections\[0\]\.name: is Auth0's database connection/,
  ],
  [
    "an unknown strategy",
    connected({ strategy: "Saml" }),
    /connections\[0\]\.strategy: is not an enterprise .*: did you mean samlp\? it must be one of ad, .*, waad$/,
  ],
  [
    "an empty strategy",
    connected({ strategy: "" }),
    /strategy: is not an enterprise strategy of Auth0: it must be one of/,
  ],
  [
    "a member with an invalid address",
    { ...ACME, members: [{ email: "boss", role: "owner" }] },
    /members\[0\]\.email: is not/,
  ],
])("refuses %s and says where it is", (_, organization, problem) => {
  expect(problemsOf(() => parse(organization))).toEqual([expect.stringMatching(problem)]);
});

it("refuses names that two organizations share", () => {
  const other = { ...ACME, id: "other" };
  expect(problemsOf(() => parse(ACME, other))).toEqual([
    "connection acme-entra appears in the file more than once",
    "auth0OrgId org_acme appears in the file more than once",
  ]);
  expect(problemsOf(() => parse(ACME, ACME))).toContain(
    "organization acme appears in the file more than once",
  );
});

it.each([[[]], [{ organisations: [] }], [null]])("refuses the file %j", (value) => {
  expect(problemsOf(() => parseOrganizationsFile(value, { otherStrategies }))).not.toEqual([]);
});
