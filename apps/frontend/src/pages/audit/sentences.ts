import { brand } from "../../app/config/brand.ts";
import { aRole } from "../../organization/role-text.ts";
import type { AuditAction, AuditEntry } from "./entry-shape.ts";
import { userOfActor } from "./entry-shape.ts";

/** A piece of a sentence: text, a name that does not change, or a person whose name is looked up. */
export type Part =
  | string
  | { readonly name: string }
  | { readonly userId: string }
  | { readonly connection: string }
  | { readonly invitationId: string };

/** The names of people. Null while a name is unknown. */
export interface Names {
  user(userId: string): string;
  /** The address that an invitation was sent to. */
  invitee(invitationId: string): string;
  /** The name that people know a connection by. */
  connection(name: string): string;
}

/** "jane@acme.example made ben@acme.example an admin". */
export function sentenceOf(entry: AuditEntry, names: Names): string {
  return partsOf(entry)
    .map((part) => textOf(part, names))
    .join("");
}

export function textOf(part: Part, names: Names): string {
  if (typeof part === "string") return part;
  if ("name" in part) return part.name;
  if ("connection" in part) return names.connection(part.connection);
  return "userId" in part ? names.user(part.userId) : names.invitee(part.invitationId);
}

/** The sentence of an entry in pieces, without a full stop. */
export function partsOf(entry: AuditEntry): readonly Part[] {
  return SENTENCES[entry.action](entry);
}

/** What did it. People are named, and the others are called what an organization knows them by. */
export const ACTORS = ["operator", "system", "login"] as const;

export function nameOfOther(actor: string): string {
  if (actor === "operator") return brand().name;
  return actor === "system" ? "The system" : actor === "login" ? "A sign-in" : actor;
}

type Sentence = (entry: AuditEntry) => readonly Part[];

const SENTENCES: Readonly<Record<AuditAction, Sentence>> = {
  "membership-created": joined,
  "membership-removed": (entry) => [by(entry), " removed ", about(entry)],
  "membership-restored": (entry) => [by(entry), " restored ", about(entry)],
  "membership-left": (entry) => [about(entry), " left"],
  "role-changed"(entry) {
    const role = entry.after?.role;
    if (typeof role !== "string") return [by(entry), " changed the role of ", about(entry)];
    return [by(entry), " made ", about(entry), ` ${aRole(role)}`];
  },

  "invitation-sent": (entry) => [by(entry), " invited ", invitee(entry), asRole(entry)],
  "invitation-resent": (entry) => [by(entry), " invited ", invitee(entry), " again", asRole(entry)],
  "invitation-accepted": (entry) => [about(entry), " accepted an invitation"],
  "invitation-declined": (entry) => [about(entry), " declined an invitation"],
  "invitation-revoked": (entry) => [by(entry), " revoked the invitation of ", invitee(entry)],
  "invitation-voided": (entry) => ["The invitation of ", invitee(entry), " was cancelled automatically"],

  "domain-claimed": (entry) => [by(entry), " added the domain ", domain(entry)],
  "domain-verified": (entry) => [by(entry), " verified the domain ", domain(entry)],
  "domain-missing": (entry) => ["The DNS record of ", domain(entry), " is missing"],
  "domain-lapsed": (entry) => [domain(entry), " lapsed, because its DNS record stayed missing"],
  "domain-released": (entry) => [by(entry), " released the domain ", domain(entry)],

  "connection-begun": (entry) => [by(entry), " started to set up the connection ", connection(entry)],
  "connection-enabled": (entry) => [by(entry), " switched on the connection ", connection(entry)],
  "connection-disabled": (entry) => [by(entry), " switched off the connection ", connection(entry)],
  "connection-updated": (entry) => [by(entry), " changed the connection ", connection(entry)],
  "connection-tested": (entry) => [by(entry), " tested the connection ", connection(entry)],
  "connection-removed": (entry) => [by(entry), " removed the connection ", connection(entry)],

  "organization-created": (entry) => [by(entry), " created the organization"],
  "organization-updated": (entry) => [by(entry), " ", ...changedSettings(entry)],
  "organization-closed": (entry) => [by(entry), " closed the organization"],
  "organization-reopened": (entry) => [by(entry), " reopened the organization"],
  "organization-applied": (entry) => [by(entry), " applied the organization’s set-up"],

  "identity-linked": (entry) => [about(entry), " signed in for the first time", ...through(entry)],
  "identity-conflict": refused,
  "identity-relinked": (entry) => [by(entry), " moved the account of ", about(entry), " to another sign-in"],
  "identity-unlinked": (entry) => [by(entry), " disconnected a sign-in from ", about(entry)],
  "identity-allowed": (entry) =>
    entry.actor === "login"
      ? [about(entry), " was allowed to sign in through this organization"]
      : [by(entry), " allowed ", about(entry), " to sign in through this organization"],
  "seat-taken-over": (entry) => [about(entry), " kept their account with a new sign-in", ...through(entry)],
  "user-blocked": (entry) => [by(entry), " blocked the account of ", about(entry)],
  "user-unblocked": (entry) => [by(entry), " unblocked the account of ", about(entry)],
  "relink-window-opened": (entry) => [by(entry), " let new sign-ins take over accounts", ...through(entry)],
  "relink-window-closed": (entry) => [
    by(entry),
    " stopped new sign-ins from taking over accounts",
    ...through(entry),
  ],
};

function joined(entry: AuditEntry): readonly Part[] {
  if (entry.rule === "import") return [by(entry), " added ", about(entry)];
  const ways: Partial<Record<NonNullable<AuditEntry["rule"]>, string>> = {
    jit: " joined by signing in with single sign-on",
    invitation: " joined by invitation",
    join: " joined with an address of the organization’s domain",
  };
  return [about(entry), (entry.rule && ways[entry.rule]) ?? " joined"];
}

function refused(entry: AuditEntry): readonly Part[] {
  if (entry.userId === null) return ["A sign-in was refused, because its account belongs elsewhere"];
  return ["A sign-in as ", about(entry), " was refused, because it did not match the account"];
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

function by({ actor, userId }: AuditEntry): Part {
  const user = userOfActor(actor);
  if (user !== null) return { userId: user };
  if (actor === "operator" || actor === "system") return nameOfOther(actor);
  return userId === null ? nameOfOther("login") : { userId };
}

function about({ userId }: AuditEntry): Part {
  return userId === null ? "someone" : { userId };
}

function invitee({ invitationId }: AuditEntry): Part {
  return invitationId === null ? "someone" : { invitationId };
}

function domain({ domain }: AuditEntry): Part {
  return domain === null ? "a domain" : { name: domain };
}

function connection({ connection, before, after }: AuditEntry): Part {
  const name = after?.displayName ?? before?.displayName;
  return typeof name === "string" ? { name } : { connection: connection ?? "" };
}

function through({ connection }: AuditEntry): readonly Part[] {
  return connection === null ? [] : [" through ", { connection }];
}

function asRole({ after }: AuditEntry): string {
  return typeof after?.role === "string" ? ` as ${aRole(after.role)}` : "";
}
