import type { Caller, OrganizationWorld } from "../simulator/organization-world.ts";

export const NOBODY = "00000000-0000-4000-8000-00000000dead";

/** A domain that no organization has claimed, and a connection that none has. */
export const UNCLAIMED = "unclaimed.example";
export const NO_CONNECTION = "nobody-k3v9q2xw";

/** One procedure: what it is called with, beside the organization, and what everybody gets. */
export interface Row {
  readonly input: (world: OrganizationWorld) => object;
  readonly outcomes: Readonly<Record<Caller, string>>;
  /** Whether each call needs somebody new, because it ends their membership. */
  readonly endsMembership?: boolean;
}

const REFUSED = {
  stranger: "NOT_A_MEMBER",
  elsewhere: "NOT_A_MEMBER",
  removed: "MEMBERSHIP_REMOVED",
  uncounted: "SSO_REQUIRED",
} as const;

/** @param outcome what they get whose role suffices */
const forOwners = (outcome: string) => ({ ...forAdmins(outcome), admin: "ROLE_REQUIRED" });
const forAdmins = (outcome: string) => ({ ...forMembers(outcome), member: "ROLE_REQUIRED" });
const forMembers = (outcome: string) => ({ ...REFUSED, member: outcome, admin: outcome, owner: outcome });
/** Procedures about the caller themselves: no membership is needed. */
const forEverybody = (outcome: string) => ({
  ...forMembers(outcome),
  stranger: outcome,
  elsewhere: outcome,
  uncounted: outcome,
});

/** About the connection that an operator has registered. */
function ownConnection(input: object) {
  return ({ id }: OrganizationWorld) => ({ name: `${id}-sso`, ...input });
}

const about = (userId: string) => () => ({ userId });

/** Who may call what. A procedure without a row fails. */
export const ROWS: Readonly<Record<string, Row>> = {
  "org.me": { input: () => ({}), outcomes: forEverybody("OK") },
  "org.join": {
    input: () => ({}),
    outcomes: { ...forEverybody("NOT_JOINABLE"), removed: "MEMBERSHIP_REMOVED" },
  },
  // Members have nothing to ask for, also where their membership does not count.
  "org.askToBeRestored": {
    input: () => ({}),
    outcomes: {
      ...forMembers("CONFLICT"),
      stranger: "NOT_A_MEMBER",
      elsewhere: "NOT_A_MEMBER",
      removed: "OK",
      uncounted: "CONFLICT",
    },
  },
  "org.get": { input: () => ({}), outcomes: forMembers("OK") },
  "org.update": { input: () => ({}), outcomes: forAdmins("OK") },
  "org.close": { input: () => ({ name: "another name" }), outcomes: forOwners("CONFLICT") },
  "org.keepOpen": { input: () => ({}), outcomes: forOwners("OK") },
  "org.members.list": { input: () => ({}), outcomes: forAdmins("OK") },
  "org.members.lookup": { input: () => ({ userIds: [NOBODY] }), outcomes: forMembers("OK") },
  "org.members.setRole": {
    input: () => ({ userId: NOBODY, role: "member" }),
    outcomes: forAdmins("NOT_FOUND"),
  },
  "org.members.remove": { input: about(NOBODY), outcomes: forAdmins("NOT_FOUND") },
  "org.members.restore": { input: about(NOBODY), outcomes: forAdmins("NOT_FOUND") },
  "org.members.changeMany": {
    input: () => ({ userIds: [NOBODY], change: "remove" }),
    outcomes: forAdmins("OK"), // with a verdict for each
  },
  "org.members.leave": {
    input: () => ({}),
    outcomes: { ...forMembers("OK"), owner: "LAST_OWNER" },
    endsMembership: true,
  },
  "org.invitations.list": { input: () => ({}), outcomes: forAdmins("OK") },
  "org.invitations.create": {
    input: ({ at }) => ({ emails: [at("colleague")], role: "member" }),
    outcomes: forAdmins("OK"),
  },
  "org.invitations.resend": {
    input: ({ at }) => ({ email: at("nobody") }),
    outcomes: forAdmins("NOT_FOUND"),
  },
  "org.invitations.revoke": {
    input: ({ at }) => ({ email: at("nobody") }),
    outcomes: forAdmins("NOT_FOUND"),
  },
  "org.invitations.changeMany": {
    input: ({ at }) => ({ emails: [at("nobody")], change: "revoke" }),
    outcomes: forAdmins("OK"),
  },
  "org.invitations.accept": {
    input: () => ({}),
    // Who came by an invitation may accept it twice.
    outcomes: { ...forEverybody("NOT_FOUND"), owner: "OK", admin: "OK", removed: "NOT_FOUND" },
  },
  "org.invitations.decline": {
    input: () => ({}),
    outcomes: { ...forEverybody("NOT_FOUND"), removed: "NOT_FOUND" },
  },
  "org.domains.list": { input: () => ({}), outcomes: forAdmins("OK") },
  "org.domains.claim": {
    input: ({ domain }) => ({ domain: `claimed.${domain}` }),
    outcomes: forAdmins("OK"),
  },
  "org.domains.check": { input: () => ({ domain: UNCLAIMED }), outcomes: forAdmins("NOT_FOUND") },
  // What is not there is released already.
  "org.domains.release": { input: () => ({ domain: UNCLAIMED }), outcomes: forOwners("OK") },
  "org.connections.list": { input: () => ({}), outcomes: forAdmins("OK") },
  // The server of these tests is not connected to Auth0's Management API.
  "org.connections.begin": { input: () => ({ displayName: "SSO" }), outcomes: forOwners("NOT_READY") },
  "org.connections.get": { input: () => ({ name: NO_CONNECTION }), outcomes: forAdmins("NOT_FOUND") },
  "org.connections.update": {
    input: () => ({ name: NO_CONNECTION, displayName: "SSO" }),
    outcomes: forAdmins("NOT_FOUND"),
  },
  "org.connections.test": {
    input: () => ({ name: NO_CONNECTION, token: "no-token" }),
    outcomes: forAdmins("NOT_FOUND"),
  },
  "org.connections.remove": { input: () => ({ name: NO_CONNECTION }), outcomes: forOwners("NOT_FOUND") },
  "org.refusals.list": { input: () => ({}), outcomes: forAdmins("OK") },
  "org.audit.list": { input: () => ({}), outcomes: forAdmins("OK") },
};

/** What an owner alone may do; the table cannot show it, because the procedure depends on what it is asked. */
export const BY_ROLE: readonly (readonly [
  path: string,
  input: object | ((world: OrganizationWorld) => object),
  outcomes: Row["outcomes"],
])[] = [
  ["org.connections.update", { name: NO_CONNECTION, enabled: false }, forOwners("NOT_FOUND")],
  // Only operators change what they have registered.
  ["org.connections.update", ownConnection({ displayName: "Mine" }), forAdmins("ROLE_REQUIRED")],
  ["org.connections.update", ownConnection({ enabled: false }), forOwners("ROLE_REQUIRED")],
  ["org.connections.remove", ownConnection({}), forOwners("ROLE_REQUIRED")],
  ["org.domains.release", ({ domain }) => ({ domain }), forOwners("ROLE_REQUIRED")],
  ["org.update", { jit: false }, forOwners("ROLE_REQUIRED")],
  ["org.invitations.create", { emails: ["x@partner.example"], role: "member" }, forOwners("OK")],
  ["org.invitations.create", { emails: ["y@partner.example"], role: "owner" }, forOwners("OK")],
];
