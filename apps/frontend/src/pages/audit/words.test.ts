import { describe, expect, it } from "vitest";
import { entryOf } from "./entry-shape.fixture.ts";
import type { AuditAction, AuditEntry } from "./entry-shape.ts";
import { ACTION_GROUPS, iconOf, labelOf, parseAction, sentenceOf } from "./words.ts";

const names = {
  user: (userId: string) => ({ name: null, address: { "1": "jane", "2": "ben" }[userId] ?? "?" }),
  invitee: (invitationId: string) => `${invitationId}@acme`,
  inviter: () => null,
  connection: (name: string) => (name === "acme-okta" ? "Okta" : name),
};

type Row = readonly [given: Partial<AuditEntry>, sentence: string];

/** Does not compile without a sentence of every action. */
const TABLE: Readonly<Record<AuditAction, readonly Row[]>> = {
  "membership-created": [
    [{ actor: "login", userId: "2", rule: "jit" }, "ben joined by signing in with single sign-on"],
    [{ actor: "login", userId: "2", rule: "invitation" }, "ben joined by invitation"],
    [
      { actor: "login", userId: "2", rule: "join" },
      "ben joined with an address of the organization’s domain",
    ],
    [{ actor: "operator", userId: "2", rule: "import" }, "Platform added ben"],
    [{ actor: "login", userId: "2" }, "ben joined"],
  ],
  "membership-removed": [
    [{ userId: "2", after: { status: "removed" } }, "jane removed ben"],
    [{ userId: "2", actor: "operator" }, "Platform removed ben"],
  ],
  "membership-restored": [[{ userId: "2" }, "jane restored ben"]],
  "membership-left": [[{ userId: "1" }, "jane left"]],
  "role-changed": [
    [{ userId: "2", before: { role: "member" }, after: { role: "admin" } }, "jane made ben an admin"],
    [{ userId: "2", after: { role: "member" } }, "jane made ben a member"],
    [{ userId: "2" }, "jane changed the role of ben"],
  ],
  "invitation-sent": [
    [{ invitationId: "zoe", after: { role: "owner" } }, "jane invited zoe@acme as an owner"],
    [{ actor: "operator" }, "Platform invited someone"],
  ],
  "invitation-resent": [
    [{ invitationId: "zoe", after: { role: "member" } }, "jane invited zoe@acme again as a member"],
  ],
  "invitation-revoked": [[{ invitationId: "zoe" }, "jane revoked the invitation of zoe@acme"]],
  "invitation-accepted": [[{ actor: "login", userId: "2" }, "ben accepted an invitation"]],
  "invitation-declined": [[{ actor: "user:2", userId: "2" }, "ben declined an invitation"]],
  "invitation-voided": [
    [{ actor: "system", invitationId: "zoe" }, "The invitation of zoe@acme was cancelled automatically"],
  ],
  "domain-claimed": [[{ domain: "acme.com" }, "jane added the domain acme.com"]],
  "domain-verified": [[{ domain: "acme.com" }, "jane verified the domain acme.com"]],
  "domain-missing": [[{ actor: "system", domain: "acme.com" }, "The DNS record of acme.com is missing"]],
  "domain-lapsed": [
    [{ actor: "system", domain: "acme.com" }, "acme.com lapsed, because its DNS record stayed missing"],
  ],
  "domain-released": [[{ domain: "acme.com" }, "jane released the domain acme.com"]],
  "connection-begun": [
    [{ connection: "acme-1", after: { displayName: "Okta" } }, "jane started to set up the connection Okta"],
  ],
  "connection-enabled": [[{ connection: "acme-1" }, "jane switched on the connection acme-1"]],
  "connection-disabled": [[{ connection: "acme-1" }, "jane switched off the connection acme-1"]],
  "connection-updated": [[{ connection: "acme-1" }, "jane changed the connection acme-1"]],
  "connection-tested": [[{ connection: "acme-1" }, "jane tested the connection acme-1"]],
  "connection-removed": [
    [{ connection: "acme-1", before: { displayName: "Okta" } }, "jane removed the connection Okta"],
  ],
  "organization-created": [[{ actor: "operator" }, "Platform created the organization"]],
  "organization-updated": [
    [{ before: { name: "A" }, after: { name: "B" } }, "jane renamed the organization from A to B"],
    [{ after: { jit: false } }, "jane turned off joining without an invitation"],
    [{ after: { enforceSso: false } }, "jane stopped requiring single sign-on"],
    [
      { after: { jit: true, defaultRole: "admin", enforceSso: true } },
      "jane turned on joining without an invitation, set the default role to admin and required single sign-on",
    ],
    [
      { actor: "operator", before: { auth0OrgId: null }, after: { auth0OrgId: "org_1" } },
      "Platform connected the organization to the sign-in service",
    ],
    [{ actor: "operator" }, "Platform changed the settings"],
  ],
  "closing-requested": [[{}, "jane asked to close the organization"]],
  "closing-called-off": [[{}, "jane kept the organization open"]],
  "organization-closed": [
    [{ actor: "operator" }, "Platform closed the organization"],
    [{ actor: "system" }, "The organization closed, as an owner had asked"],
  ],
  "organization-reopened": [[{ actor: "operator" }, "Platform reopened the organization"]],
  "organization-applied": [[{ actor: "operator" }, "Platform applied the organization’s set-up"]],
  "identity-linked": [
    [{ actor: "login", userId: "2", connection: "okta" }, "The account of ben at okta was linked"],
  ],
  "identity-conflict": [
    [
      { actor: "login", userId: "2", rule: "seat", connection: "acme-okta" },
      "A second account tried to sign in as ben through Okta",
    ],
    [
      { actor: "login", userId: "2", rule: "signed-user-id", connection: "acme-okta" },
      "The account of ben tried to sign in under another user ID through Okta",
    ],
    [
      { actor: "login", userId: "2", rule: "moved-connection", connection: "acme-okta" },
      "ben could not sign in through Okta, because the connection was another organization’s before",
    ],
    [
      { actor: "login", rule: "foreign-organization" },
      "Somebody tried to sign in whose account belongs to another organization",
    ],
    [{ actor: "login", rule: "erased" }, "Somebody tried to sign in as a user whose data was erased"],
    [{ actor: "login", userId: "2" }, "An account that does not match tried to sign in as ben"],
  ],
  "identity-relinked": [
    [{ actor: "operator", userId: "2" }, "Platform moved the account of ben to another sign-in"],
  ],
  "identity-unlinked": [[{ actor: "operator", userId: "2" }, "Platform disconnected a sign-in from ben"]],
  "identity-allowed": [
    [{ actor: "login", userId: "2" }, "ben was allowed to sign in through this organization"],
    [{ actor: "operator", userId: "2" }, "Platform allowed ben to sign in through this organization"],
  ],
  "seat-taken-over": [
    [
      { actor: "login", userId: "2", connection: "okta" },
      "ben kept their account with a new sign-in through okta",
    ],
  ],
  "identity-blocked": [[{ actor: "operator", userId: "2" }, "Platform blocked the account of ben"]],
  "identity-unblocked": [[{ actor: "operator", userId: "2" }, "Platform unblocked the account of ben"]],
  "identity-signed-out": [[{ actor: "operator", userId: "2" }, "Platform signed ben out everywhere"]],
  "identity-session-ended": [[{ actor: "system", userId: "2" }, "A session of ben ended"]],
  "identity-erased": [[{ actor: "operator", userId: "2" }, "Platform erased the personal data of ben"]],
  "relink-window-opened": [
    [{ actor: "operator", connection: "okta" }, "Platform let new sign-ins take over accounts through okta"],
  ],
  "relink-window-closed": [
    [{ actor: "operator" }, "Platform stopped new sign-ins from taking over accounts"],
  ],
};

const ROWS = Object.keys(TABLE).flatMap((name) => {
  const action = parseAction(name);
  return action === null
    ? []
    : TABLE[action].map(([given, sentence]) => [sentence, entryOf({ ...given, action })] as const);
});

describe("an entry", () => {
  it.each(ROWS)("says: %s", (sentence, given) => {
    expect(sentenceOf(given, names)).toBe(sentence);
  });
});

it("every action has a sentence, a place in the filter and an icon", () => {
  const actions = Object.keys(TABLE);
  expect(new Set(ROWS.map(([, { action }]) => action))).toEqual(new Set(actions));
  expect(ACTION_GROUPS.flat().sort()).toEqual(actions.sort());
  expect(ACTION_GROUPS.flat().filter((action) => iconOf(action) === "list")).toEqual([]);
});

it("an action of a newer server is called by its own name", () => {
  const entry: AuditEntry = JSON.parse(
    JSON.stringify(entryOf({ action: "role-changed" })).replace("role-changed", "moon-moved"),
  );
  expect([labelOf(entry.action), sentenceOf(entry, names), iconOf(entry.action)]).toEqual([
    "moon-moved",
    "jane: moon-moved",
    "list",
  ]);
});
