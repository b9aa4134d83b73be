import type { Role } from "../../wire/index.ts";
import type { CanonicalEmail } from "../email.ts";
import { isOwner } from "../membership/owners.ts";
import type { Administrator, Standing } from "../membership/standing.ts";
import type { Membership } from "../membership.ts";
import { cursorOf, type Page, positionOf } from "../page.ts";
import { parseUserId, type UserId } from "../user-id.ts";
import { type Member, memberOf } from "./member.ts";
import type { MemberPorts } from "./members.ts";

/** What a list of members can be sorted by, if not by address. */
export const MEMBER_ORDERS = ["name", "role", "joined"] as const;

/** What a list of members is asked for. */
export interface MemberQuery {
  /** Words of names and addresses from their beginning; the beginning of an address, if it has an `@`; or a whole UUID. */
  readonly query?: string | undefined;
  /** By address if it is not given. */
  readonly sort?: (typeof MEMBER_ORDERS)[number] | undefined;
  readonly role?: Role | undefined;
  readonly status?: Membership["status"] | undefined;
  readonly cursor?: string | undefined;
  readonly limit: number;
}

/** A page of members; the first one also tells how many there are, and of the caller. */
export interface MemberPage extends Page<Member> {
  /** How many the list has, or at least has; null on the pages behind the first one. */
  readonly total: { readonly count: number; readonly isExact: boolean } | null;
  /** The caller, if the list has them; null on the pages behind the first one. */
  readonly you: Member | null;
}

/**
 * A page of the members, the active ones by address, then the removed ones, and last those without an address. What was
 * written within the last second may be missing.
 * @throws {Refusal} INPUT_INVALID for a cursor of another list
 */
export async function listMembers(
  administrator: Administrator,
  query: MemberQuery,
  ports: MemberPorts,
  signal: AbortSignal,
): Promise<MemberPage> {
  const page = await pageOf(administrator, query, ports, signal);
  if (query.cursor !== undefined) return { ...page, total: null, you: null };
  const { items, nextCursor } = page;
  const total = { count: items.length, isExact: nextCursor === null };
  return { ...page, total, you: items.find(({ userId }) => userId === administrator.userId) ?? null };
}

async function pageOf(
  { organization: { id } }: Administrator,
  { query = "", role, status, cursor, limit }: MemberQuery,
  { memberships, organizations }: MemberPorts,
  signal: AbortSignal,
): Promise<Page<Member>> {
  const emailPrefix = query.toLowerCase();
  const scope = { list: "members", organizationId: id, query: emailPrefix, role, status };
  const after = cursor === undefined ? null : positionOf(cursor, scope);
  const fits = (each: Membership) =>
    (role ?? each.role) === each.role && (status ?? each.status) === each.status;
  const userId = parseUserId(query);
  if (userId !== null) {
    const found = await memberships.find(id, userId, signal);
    return { items: found !== null && fits(found) ? [memberOf(found)] : [], nextCursor: null };
  }
  if (role === "owner" && status !== "removed") {
    const owners = (await organizations.find(id, signal))?.owners; // a standing may know them out of a cache
    const listed = await memberships.findMany(id, owners ?? [], signal);
    const found = listed
      .filter((each) => isOwner(each) && each.email?.startsWith(emailPrefix))
      .sort(byAddress);
    return { items: found.map(memberOf), nextCursor: null };
  }
  const page = { emailPrefix, role: role ?? null, status: status ?? null, after, limit };
  const { members, next } = await memberships.listPage(id, page, signal);
  return { items: members.map(memberOf), nextCursor: next === null ? null : cursorOf(next, scope) };
}

/** Those of the users who are or were members. Anybody else is not in the answer. */
export async function lookUpMembers(
  { organization: { id } }: Standing<"member">,
  userIds: readonly UserId[],
  { memberships }: MemberPorts,
  signal: AbortSignal,
): Promise<Pick<Member, "userId" | "email" | "name" | "role" | "status">[]> {
  const found = await memberships.findMany(id, [...new Set(userIds)], signal);
  const seen = found.map(({ userId, email, name, role, status }) => ({ userId, email, name, role, status }));
  return seen.sort(byAddress);
}

const MAX_SHOWN_OWNERS = 3;

/** Behind every address. */
const LAST = "\u{10ffff}";

/** The addresses of the longest-standing owners, at most three. */
export async function ownerAddresses(
  { organization: { id } }: Standing<"member">,
  { memberships, organizations }: MemberPorts,
  signal: AbortSignal,
): Promise<CanonicalEmail[]> {
  const owners = (await organizations.find(id, signal))?.owners ?? [];
  const shown = owners.slice(0, MAX_SHOWN_OWNERS);
  const found = await memberships.findMany(id, shown, signal);
  return found
    .filter(isOwner)
    .sort((a, b) => shown.indexOf(a.userId) - shown.indexOf(b.userId))
    .flatMap(({ email }) => email ?? []);
}

function byAddress(a: Pick<Member, "email">, b: Pick<Member, "email">): number {
  return (a.email ?? LAST) < (b.email ?? LAST) ? -1 : 1;
}
