import { brand } from "../../app/config/brand.ts";
import { aRole } from "../../organization/role-text.ts";
import { type Called, calledText } from "./called.ts";
import { type AuditEntry, userOfActor } from "./entry-shape.ts";

/** A piece of a sentence: text, a name that does not change, or a person whose name is looked up. */
export type Part =
  | string
  | { readonly name: string }
  | { readonly userId: string }
  | { readonly connection: string }
  | { readonly invitationId: string };

/** What the people and connections of entries are called. */
export interface Names {
  user(userId: string): Called;
  /** The address that an invitation was sent to. */
  invitee(invitationId: string): string;
  /** The user who sent an invitation; null for an operator, and for one that is not known any more. */
  inviter(invitationId: string): string | null;
  /** The name that people know a connection by. */
  connection(name: string): string;
}

export function textOf(part: Part, names: Names): string {
  if (typeof part === "string") return part;
  if ("name" in part) return part.name;
  if ("connection" in part) return names.connection(part.connection);
  return "userId" in part ? calledText(names.user(part.userId)) : names.invitee(part.invitationId);
}

/** What did it. People are named, and the others are called what an organization knows them by. */
export const ACTORS = ["operator", "system", "login"] as const;

/** What a name of those means, where somebody chooses among them. */
export function meaningOf(actor: (typeof ACTORS)[number]): string {
  if (actor === "operator") return `The people who run ${brand().name}`;
  if (actor === "system") return "Automatic changes, such as a lapsed domain";
  return "Changes made by signing in, such as joining";
}

export function nameOfOther(actor: string): string {
  if (actor === "operator") return brand().name;
  return actor === "system" ? "The system" : actor === "login" ? "A sign-in" : actor;
}

/** What an entry says, in pieces. */
export type Sentence = (entry: AuditEntry) => readonly Part[];

/** A sentence with pieces that depend on the entry, without a full stop. */
export function say(
  texts: TemplateStringsArray,
  ...pieces: readonly ((entry: AuditEntry) => Part | readonly Part[])[]
): Sentence {
  return (entry) => texts.flatMap((text, index) => [text, pieces[index]?.(entry) ?? []].flat());
}

export function by({ actor, userId }: AuditEntry): Part {
  const user = userOfActor(actor);
  if (user !== null) return { userId: user };
  if (actor === "operator" || actor === "system") return nameOfOther(actor);
  return userId === null ? nameOfOther("login") : { userId };
}

export function about({ userId }: AuditEntry): Part {
  return userId === null ? "someone" : { userId };
}

export function invitee({ invitationId }: AuditEntry): Part {
  return invitationId === null ? "someone" : { invitationId };
}

export function domain({ domain }: AuditEntry): Part {
  return domain === null ? "a domain" : { name: domain };
}

export function connection({ connection, before, after }: AuditEntry): Part {
  const name = after?.displayName ?? before?.displayName;
  return typeof name === "string" ? { name } : { connection: connection ?? "" };
}

export function through({ connection }: AuditEntry): readonly Part[] {
  return connection === null ? [] : [" through ", { connection }];
}

/** Whose sign-in an account is. */
export function at({ connection }: AuditEntry): readonly Part[] {
  return connection === null ? [] : [" at ", { connection }];
}

export function asRole({ after }: AuditEntry): string {
  return typeof after?.role === "string" ? ` as ${aRole(after.role)}` : "";
}
