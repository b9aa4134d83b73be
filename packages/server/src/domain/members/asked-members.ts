import { ROLES, type Role } from "../../wire/index.ts";
import { hasWords, shelfOf, wordsIn, wordsOf } from "../member-places.ts";
import type { Membership } from "../membership.ts";
import { parseUserId, type UserId } from "../user-id.ts";

/** What a list of members is asked for. */
export interface MemberQuery {
  /** Words of names and addresses from their beginning; the beginning of an address, if it has an `@`; or a whole UUID. */
  readonly query?: string | undefined;
  /** By address if it is not given. */
  readonly sort?: MemberOrder | undefined;
  readonly role?: Role | undefined;
  readonly status?: Membership["status"] | undefined;
  readonly cursor?: string | undefined;
  readonly limit: number;
}

/** What a list of members can be sorted by, if not by address. */
export const MEMBER_ORDERS = ["name", "role", "joined"] as const;
export type MemberOrder = (typeof MEMBER_ORDERS)[number];

/** How the members are found that a query asks for. */
export type Asked =
  | { readonly by: "id"; readonly userId: UserId }
  | { readonly by: "address"; readonly beginning: string }
  /** `leads` are those of them that are looked for. */
  | { readonly by: "words"; readonly words: readonly string[]; readonly leads: readonly string[] };

/** Words that are looked for at once, the longest ones: of a common and a rare word the rare one tells whom to read. */
const MOST_LEADS = 3;

/** A single letter finds addresses that begin with it: it would find too much otherwise. */
export function askedBy(query: string): Asked {
  const userId = parseUserId(query);
  if (userId !== null) return { by: "id", userId };
  const beginning = query.toLowerCase();
  if (query.includes("@")) return { by: "address", beginning };
  const words = wordsIn(query);
  const found = words.filter((each) => shelfOf(each) !== null).sort((a, b) => b.length - a.length);
  const leads = found.slice(0, MOST_LEADS);
  return leads.length === 0 ? { by: "address", beginning } : { by: "words", words, leads };
}

/** Whether the list has the member. */
export function isAskedFor(
  member: Membership,
  asked: Asked,
  { role, status }: Pick<MemberQuery, "role" | "status">,
): boolean {
  if ((role ?? member.role) !== member.role || (status ?? member.status) !== member.status) return false;
  if (asked.by === "id") return member.userId === asked.userId;
  if (asked.by === "words") return hasWords(wordsOf(member), asked.words);
  return (member.email ?? "").startsWith(asked.beginning);
}

/** The strongest first. */
export const BY_STRENGTH: readonly Role[] = [...ROLES].reverse();
