import type { Role } from "../wire/index.ts";
import { domainOf } from "./email.ts";
import type { Membership } from "./membership.ts";
import type { OrganizationId } from "./organization-id.ts";
import type { UserId } from "./user-id.ts";

/**
 * A word that finds a member: an item of its own, stored with the membership. `words` are all of theirs, so that a search
 * by several words reads the places of one.
 */
export interface MemberWord {
  readonly organizationId: OrganizationId;
  readonly userId: UserId;
  readonly word: string;
  readonly words: readonly string[];
}

/** The lists that have an item of their own for each member. */
export const PLACED_BY = ["name", "joined"] as const;

/** Where a member stands in such a list, among those with the same role. */
export interface MemberPlace {
  readonly organizationId: OrganizationId;
  readonly userId: UserId;
  readonly by: (typeof PLACED_BY)[number];
  readonly role: Role;
  readonly position: string;
}

const MOST_WORDS = 8;
/** Words and names are parts of keys, which have at most 1,024 bytes. */
const LONGEST_WORD = 32;
const LONGEST_NAME = 100;
/** More milliseconds than a date can have. */
const END_OF_TIME = 10 ** 16;

/** The words of a text, each once, as they are compared: without marks and capitals. */
export function wordsIn(text: string): readonly string[] {
  const words = folded(text)
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== "");
  return [...new Set(words.map((word) => cut(word, LONGEST_WORD)))];
}

/**
 * What finds the member: the words of the address before the `@`, of the name, and of the domain of an outside address. A
 * domain of the organization's own would find everybody.
 */
export function wordsOf({ email, name, invitedFromOutside }: Named): readonly string[] {
  const mailbox = email?.slice(0, email.lastIndexOf("@")) ?? "";
  const domain = email === null || !invitedFromOutside ? "" : domainOf(email);
  const company = domain.slice(0, domain.lastIndexOf(".")); // no `com` nor `example`
  return wordsIn(`${mailbox} ${name ?? ""} ${company}`).slice(0, MOST_WORDS);
}

type Named = Pick<Membership, "email" | "name" | "invitedFromOutside">;

/** Whether each of the words that somebody asks for is the beginning of one of the member's. */
export function hasWords(words: readonly string[], asked: readonly string[]): boolean {
  return asked.every((beginning) => words.some((word) => word.startsWith(beginning)));
}

/**
 * What the words stand under that begin with this one: two characters, so that members who join at once are not written to
 * one place; one where it is not ASCII, as in Chinese. Null for a single letter, which stands nowhere.
 */
export function shelfOf(word: string): string | null {
  return /^(?:\P{ASCII}|\p{ASCII}.)/u.exec(word)?.[0] ?? null;
}

/** What is stored with a membership for search. */
export function memberWords(membership: Membership): readonly MemberWord[] {
  const { organizationId, userId } = membership;
  const words = wordsOf(membership);
  return words
    .filter((word) => shelfOf(word) !== null)
    .map((word) => ({ organizationId, userId, word, words }));
}

/** What is stored with a membership for lists that are not by address. */
export function memberPlaces(membership: Membership): readonly MemberPlace[] {
  const { organizationId, userId, role } = membership;
  return PLACED_BY.map((by) => ({ organizationId, userId, by, role, position: POSITIONS[by](membership) }));
}

/** Where the member stands: the active ones first, and those without a name behind the others, by address. */
export const POSITIONS: Readonly<Record<MemberPlace["by"], (membership: Membership) => string>> = {
  name: ({ status, name, email, userId }) => {
    // The blank puts `Ada` before `Ada B`.
    if (name !== null) return `${status}#1#${cut(folded(name), LONGEST_NAME)} #${userId}`;
    return email === null ? positionOfErased(userId) : `${status}#2#${email}#${userId}`;
  },
  /** Who came last comes first. */
  joined: ({ status, createdAt, userId }) =>
    `${status}#${String(END_OF_TIME - Date.parse(createdAt)).padStart(16, "0")}#${userId}`,
};

/** By name, of a removed member whose data was erased. */
export function positionOfErased(userId: UserId): string {
  return `removed#3#${userId}`;
}

/** As people compare names: `Ádám`, `ADAM` and `adam` are one. */
function folded(text: string): string {
  const lower = text.normalize("NFKD").toUpperCase().toLowerCase(); // `ß` as `ss`
  return lower.replace(/\p{M}/gu, "").replaceAll("ς", "σ");
}

function cut(text: string, length: number): string {
  return Array.from(text).slice(0, length).join("");
}
