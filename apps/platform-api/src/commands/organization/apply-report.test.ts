import {
  type DeclarationProblem,
  type DeclarationWarning,
  newMembership,
  parseDomain,
  parseEmail,
  parseOrganizationId,
  parseUserId,
} from "@platform-api/server/domain";
import { expect, it } from "vitest";
import type { Terminal } from "../../terminal/terminal.ts";
import { describeChange, describeProblem, describeProgress, printReport } from "./apply-report.ts";

const organizationId = parseOrganizationId("acme") ?? expect.fail();
const change = (cutOff: string | null) => ({ organizationId, change: "a change", takesAway: true, cutOff });
const report = (stopped: string | null) => ({
  plan: { changes: [], warnings: [] },
  linked: new Map([["acme-okta", { count: 1, stopped }]]),
});
const email = parseEmail("jane@acme.example") ?? expect.fail();
const member = newMembership({
  organizationId,
  userId: parseUserId("3f2b8c1e-5d4a-4e6b-9a7c-0123456789ab") ?? expect.fail(),
  email,
  role: "admin",
  origin: "jit",
  invitedFromOutside: false,
  createdAt: "2026-11-25T00:00:00.000Z",
});
const REFUSED = "their tokens through it are refused within 5 s";

it.each([
  ["only the change when it cuts off no users", null, null, "acme: a change"],
  [
    "how many users a change cuts off",
    "acme-okta",
    null,
    `acme: a change. 1 person is linked through it: ${REFUSED}`,
  ],
  [
    "why the count of users is incomplete",
    "acme-okta",
    "TimeoutError",
    `acme: a change. At least 1 person is linked through it (not all were counted: TimeoutError): ${REFUSED}`,
  ],
])("describes %s", (_, cutOff, stopped, expected) => {
  expect(describeChange(change(cutOff), report(stopped))).toBe(expected);
});

const SELF_SERVICE = { kind: "self-service-connection", name: "acme-x1", owner: organizationId } as const;

it.each<[DeclarationProblem, string]>([
  [
    { ...SELF_SERVICE, isRemoved: false },
    "connection acme-x1 is set up by organization acme itself: leave it out of the file",
  ],
  [
    { ...SELF_SERVICE, isRemoved: true },
    "connection acme-x1 was set up and removed by organization acme itself: register another connection, with a name of its own",
  ],
  [
    { kind: "sso-without-connection", organizationId },
    "acme: enforceSso is on without an enabled connection: no user could sign in",
  ],
  [
    { kind: "unknown-trust", organizationId, trusted: parseOrganizationId("globex") ?? expect.fail() },
    "acme: trusts globex, and there is no such organization",
  ],
  [
    { kind: "connection-taken", name: "acme-sso", owner: organizationId },
    "connection acme-sso belongs to organization acme: to move it, include acme in the file without it",
  ],
  [
    { kind: "auth0-id-taken", auth0OrgId: "org_1", owner: organizationId },
    "auth0OrgId org_1 belongs to organization acme: to move it, include acme in the file without it",
  ],
  [{ kind: "not-agreed", change: change(null) }, "acme: a change: not confirmed; apply the file again"],
])("describes the problem %o", (problem, expected) => {
  expect(describeProblem(problem)).toBe(expected);
});

it.each([
  ["compared", "1,200 of 5,000 organizations compared, 31 changed"],
  ["made", "1,200 of 5,000 changes made"],
] as const)("describes what is %s so far", (phase, expected) => {
  expect(describeProgress({ phase, done: 1_200, of: 5_000, changed: 31 })).toBe(expected);
});

it("escapes the control characters of a name", () => {
  const renamed = { ...change(null), change: 'connection a: waad "\u001b[31mred\nnext"' };
  expect(describeChange(renamed, report(null))).toBe('acme: connection a: waad "\\u{1b}[31mred\\u{a}next"');
});

const domain = parseDomain("acme.example") ?? expect.fail();

it.each<[DeclarationWarning, string]>([
  [
    { kind: "domain-verified-by-dns", organizationId, domain },
    "acme: domain acme.example is verified by DNS already: it stays so, and lapses if its record goes",
  ],
  [
    { kind: "connection-disabled", organizationId, name: "acme-sso" },
    "acme: connection acme-sso is switched off, and stays so: `connection set … --enabled on` switches it on",
  ],
  [
    { kind: "role-ignored", organizationId, email, accepted: "member", declared: "owner" },
    "acme: jane@acme.example accepted an invitation as member; owner in the file changes nothing",
  ],
  [
    { kind: "member-invited", member },
    "acme: jane@acme.example is a member already, as admin: the invitation changes nothing for them, and counts as accepted",
  ],
  [
    { kind: "member-invited", member: { ...member, status: "removed" } },
    "acme: jane@acme.example was removed: the invitation is void for them; `member restore` takes them back",
  ],
  [
    { kind: "member-invited", member: { ...member, status: "removed", leftAt: member.createdAt } },
    "acme: jane@acme.example has left: the invitation takes them back when they sign in",
  ],
  [
    { kind: "owners-kept-out", organizationId, missing: "no owner could sign in" },
    "acme: no owner could sign in",
  ],
  [
    { kind: "domain-shared", domain, organizationIds: [organizationId, organizationId] },
    "domain acme.example is shared by acme, acme: an SSO login of one proves an address to that organization alone, " +
      'unless each of the others trusts it ("trusts" in the file). The first login decides: people first seen through ' +
      "one organization's SSO get IDENTITY_CONFLICT through another's, until `platform-api identity allow` settles it",
  ],
])("warns: %o", (warning, words) => {
  const lines: string[] = [];
  const terminal: Terminal = {
    env: {},
    ask: null,
    operator: "jo",
    out: () => {},
    onStop: () => {},
    err: (text) => lines.push(text),
    readInput: async () => "",
  };
  const noted = { ...report(null), plan: { changes: [], warnings: [warning] } };
  printReport(noted, { planned: true, json: undefined }, terminal);
  expect(lines.join("")).toBe(`warning: ${words}\n`);
});
