import type { IconName } from "../../design/icon.tsx";
import { aRole } from "../../organization/role-text.ts";
import type { AuditAction, AuditEntry } from "./entry-shape.ts";
import {
  about,
  asRole,
  at,
  by,
  connection,
  domain,
  invitee,
  type Names,
  type Part,
  type Sentence,
  say,
  textOf,
  through,
} from "./parts.ts";

/** What the entries of an action are called in the filter, and what each of them says. */
type Words = readonly [label: string, sentence: Sentence];
type Actions = Readonly<Partial<Record<AuditAction, Words>>>;

const MEMBERS = {
  "membership-created": ["Member joined", joined],
  "membership-removed": ["Member removed", say`${by} removed ${about}`],
  "membership-restored": ["Member restored", say`${by} restored ${about}`],
  "membership-left": ["Member left", say`${about} left`],
  "role-changed": ["Role changed", changedRole],
} as const satisfies Actions;
const INVITATIONS = {
  "invitation-sent": ["Invitation sent", say`${by} invited ${invitee}${asRole}`],
  "invitation-resent": ["Invitation sent again", say`${by} invited ${invitee} again${asRole}`],
  "invitation-accepted": ["Invitation accepted", say`${about} accepted an invitation`],
  "invitation-declined": ["Invitation declined", say`${about} declined an invitation`],
  "invitation-revoked": ["Invitation revoked", say`${by} revoked the invitation of ${invitee}`],
  "invitation-voided": [
    "Invitation cancelled",
    say`The invitation of ${invitee} was cancelled automatically`,
  ],
} as const satisfies Actions;
const DOMAINS = {
  "domain-claimed": ["Domain added", say`${by} added the domain ${domain}`],
  "domain-verified": ["Domain verified", say`${by} verified the domain ${domain}`],
  "domain-missing": ["Domain record missing", say`The DNS record of ${domain} is missing`],
  "domain-lapsed": ["Domain lapsed", say`${domain} lapsed, because its DNS record stayed missing`],
  "domain-released": ["Domain released", say`${by} released the domain ${domain}`],
} as const satisfies Actions;
const CONNECTIONS = {
  "connection-begun": [
    "Connection set-up started",
    say`${by} started to set up the connection ${connection}`,
  ],
  "connection-enabled": ["Connection switched on", say`${by} switched on the connection ${connection}`],
  "connection-disabled": ["Connection switched off", say`${by} switched off the connection ${connection}`],
  "connection-updated": ["Connection changed", say`${by} changed the connection ${connection}`],
  "connection-tested": ["Connection tested", say`${by} tested the connection ${connection}`],
  "connection-removed": ["Connection removed", say`${by} removed the connection ${connection}`],
} as const satisfies Actions;
const ORGANIZATION = {
  "organization-created": ["Organization created", say`${by} created the organization`],
  "organization-updated": ["Settings changed", say`${by} ${changedSettings}`],
  "closing-requested": ["Closing asked for", say`${by} asked to close the organization`],
  "closing-called-off": ["Closing called off", say`${by} kept the organization open`],
  "organization-closed": ["Organization closed", closed],
  "organization-reopened": ["Organization reopened", say`${by} reopened the organization`],
  "organization-applied": ["Set-up applied", say`${by} applied the organization’s set-up`],
} as const satisfies Actions;
const ACCOUNTS = {
  // Also by a sign-in that was refused afterwards, such as that of a removed member.
  "identity-linked": ["Account linked", say`The account of ${about}${at} was linked`],
  "identity-conflict": ["Accounts do not match", conflicting],
  "identity-relinked": ["Account moved", say`${by} moved the account of ${about} to another sign-in`],
  "identity-unlinked": ["Sign-in disconnected", say`${by} disconnected a sign-in from ${about}`],
  "identity-allowed": ["Sign-in allowed", allowed],
  "seat-taken-over": ["Account kept", say`${about} kept their account with a new sign-in${through}`],
  "identity-blocked": ["Account blocked", say`${by} blocked the account of ${about}`],
  "identity-unblocked": ["Account unblocked", say`${by} unblocked the account of ${about}`],
  "identity-signed-out": ["Signed out everywhere", say`${by} signed ${about} out everywhere`],
  "identity-session-ended": ["Session ended", say`A session of ${about} ended`],
  "identity-erased": ["Personal data erased", say`${by} erased the personal data of ${about}`],
  "relink-window-opened": ["Account moves allowed", say`${by} let new sign-ins take over accounts${through}`],
  "relink-window-closed": [
    "Account moves ended",
    say`${by} stopped new sign-ins from taking over accounts${through}`,
  ],
} as const satisfies Actions;

const ACTIONS: Readonly<Record<AuditAction, Words>> = {
  ...MEMBERS,
  ...INVITATIONS,
  ...DOMAINS,
  ...CONNECTIONS,
  ...ORGANIZATION,
  ...ACCOUNTS,
};

/** What a field that changed is called. A newer server may send others. */
export const FIELDS: Readonly<Record<string, string>> = {
  name: "Name",
  jit: "Joining without an invitation",
  defaultRole: "Default role",
  enforceSso: "Single sign-on required",
  auth0OrgId: "Id at the sign-in service",
  state: "State",
  closesAt: "Closing time",
  role: "Role",
  status: "Status",
  displayName: "Display name",
  strategy: "Strategy",
} satisfies Record<keyof NonNullable<AuditEntry["after"]>, string>;

const GROUPS: readonly { readonly icon: IconName; readonly actions: Actions }[] = [
  { icon: "users", actions: MEMBERS },
  { icon: "mail", actions: INVITATIONS },
  { icon: "globe", actions: DOMAINS },
  { icon: "key", actions: CONNECTIONS },
  { icon: "settings", actions: ORGANIZATION },
  { icon: "user", actions: ACCOUNTS },
];

/** The actions as the filter offers them, in groups. */
export const ACTION_GROUPS: readonly (readonly AuditAction[])[] = GROUPS.map(({ actions }) =>
  Object.keys(actions).flatMap((name) => parseAction(name) ?? []),
);

export function labelOf(action: AuditAction): string {
  return wordsOf(action)[0];
}

/** A newer server may send others, which are called by their own names. */
function wordsOf(action: string): Words {
  return isAction(action) ? ACTIONS[action] : [action, say`${by}: ${() => action}`];
}

export function iconOf(action: AuditAction): IconName {
  return GROUPS.find(({ actions }) => Object.hasOwn(actions, action))?.icon ?? "list";
}

/** Null for a text that is not an action, such as in a link that was edited by hand. */
export function parseAction(text: string): AuditAction | null {
  return isAction(text) ? text : null;
}

function isAction(text: string): text is AuditAction {
  return Object.hasOwn(ACTIONS, text);
}

/** "jane@acme.example made ben@acme.example an admin". */
export function sentenceOf(entry: AuditEntry, names: Names): string {
  return partsOf(entry)
    .map((part) => textOf(part, names))
    .join("");
}

/** The sentence of an entry in pieces, without a full stop. */
export function partsOf(entry: AuditEntry): readonly Part[] {
  return wordsOf(entry.action)[1](entry);
}

function closed(entry: AuditEntry): readonly Part[] {
  if (entry.actor !== "system") return [by(entry), " closed the organization"];
  return ["The organization closed, as an owner had asked"];
}

function changedRole(entry: AuditEntry): readonly Part[] {
  const role = entry.after?.role;
  if (typeof role !== "string") return [by(entry), " changed the role of ", about(entry)];
  return [by(entry), " made ", about(entry), ` ${aRole(role)}`];
}

function allowed(entry: AuditEntry): readonly Part[] {
  return entry.actor === "login"
    ? [about(entry), " was allowed to sign in through this organization"]
    : [by(entry), " allowed ", about(entry), " to sign in through this organization"];
}

function joined(entry: AuditEntry): readonly Part[] {
  if (entry.rule === "import") return [by(entry), " added ", about(entry)];
  const ways: Partial<Record<NonNullable<AuditEntry["rule"]>, string>> = {
    jit: " joined by signing in with single sign-on",
    invitation: " joined by invitation",
    join: " joined with an address of the organization’s domain",
  };
  return [about(entry), (entry.rule && ways[entry.rule]) ?? " joined"];
}

/** A sign-in that was refused, because it would have made one account of two. */
function conflicting(entry: AuditEntry): readonly Part[] {
  const sentences: Partial<Record<NonNullable<AuditEntry["rule"]>, Sentence>> = {
    seat: say`A second account tried to sign in as ${about}${through}`,
    "signed-user-id": say`The account of ${about} tried to sign in under another user ID${through}`,
    "moved-connection": say`${about} could not sign in${through}, because the connection was another organization’s before`,
    "foreign-organization": say`Somebody tried to sign in whose account belongs to another organization`,
    erased: say`Somebody tried to sign in as a user whose data was erased`,
  };
  const sentence = entry.rule === null ? undefined : sentences[entry.rule];
  return (sentence ?? say`An account that does not match tried to sign in as ${about}${through}`)(entry);
}

function changedSettings({ before, after }: AuditEntry): readonly Part[] {
  const changes: (readonly Part[])[] = [];
  const { name, jit, defaultRole, enforceSso, auth0OrgId } = after ?? {};
  if (typeof name === "string" && typeof before?.name === "string")
    changes.push(["renamed the organization from ", { name: before.name }, " to ", { name }]);
  else if (typeof name === "string") changes.push(["named the organization ", { name }]);
  if (jit !== undefined) changes.push([`turned ${jit ? "on" : "off"} joining without an invitation`]);
  if (defaultRole !== undefined) changes.push([`set the default role to ${defaultRole}`]);
  if (enforceSso !== undefined)
    changes.push([enforceSso ? "required single sign-on" : "stopped requiring single sign-on"]);
  if (auth0OrgId !== undefined) changes.push(["connected the organization to the sign-in service"]);
  if (changes.length === 0) return ["changed the settings"];
  return changes.flatMap((change, index) => [separator(index, changes.length), ...change]);
}

function separator(index: number, count: number): string {
  if (index === 0) return "";
  return index === count - 1 ? " and " : ", ";
}
