import type { CanonicalEmail } from "../email.ts";
import { isOwner } from "../membership/owners.ts";
import type { Administrator, Standing } from "../membership/standing.ts";
import { cursorOf, type Page, positionOf } from "../page.ts";
import type { UserId } from "../user-id.ts";
import { askedBy, isAskedFor, type MemberQuery } from "./asked-members.ts";
import { type Member, memberOf } from "./member.ts";
import {
  countMembers,
  type MemberPageQuery,
  type MembersRead,
  pageByPlace,
  pageByRole,
  pageByWords,
  sorted,
} from "./member-pages.ts";
import type { MemberPorts } from "./members.ts";

/** A page of members; the first one also tells how many there are, and of the caller. */
export interface MemberPage extends Page<Member> {
  /** How many the list has, or at least has; null on the pages behind the first one. */
  readonly total: { readonly count: number; readonly isExact: boolean } | null;
  /** The caller, if the list has them; null on the pages behind the first one. */
  readonly you: Member | null;
}

/**
 * A page of the members, the active ones by address, then the removed ones, and last those without an address, unless
 * another order is asked for: of those that a query finds, each page is in the order for itself. What was written within
 * the last second may be missing.
 * @throws {Refusal} INPUT_INVALID for a cursor of another list
 */
export async function listMembers(
  administrator: Administrator,
  query: MemberQuery,
  ports: MemberPorts,
  signal: AbortSignal,
): Promise<MemberPage> {
  const { organization, userId } = administrator;
  const { id } = organization;
  const { sort, role, status, cursor, limit } = query;
  const text = (query.query ?? "").trim();
  const asked = askedBy(text);
  const scope = { list: "members", organizationId: id, query: text.toLowerCase(), sort, role, status };
  const after = cursor === undefined ? null : positionOf(cursor, scope);
  const reading = readPage({ id, asked, after, limit, role, status, sort }, ports, signal);
  const isFirst = cursor === undefined;
  const isCounted = isFirst && text === "" && !isOfOwners(query);
  const [{ members, next }, counted, own] = await Promise.all([
    reading,
    isCounted ? countMembers(id, query, ports.memberships, signal) : null,
    isFirst && userId !== null ? ports.memberships.find(id, userId, signal) : null,
  ]);
  const shown = { count: members.length, isExact: next === null };
  return {
    items: sorted(members, sort).map(memberOf),
    nextCursor: next === null ? null : cursorOf(next, scope),
    total: isFirst ? (counted ?? shown) : null,
    you: own !== null && isAskedFor(own, asked, query) ? memberOf(own) : null,
  };
}

/** By the smallest number of requests, which does not depend on how many members there are. */
async function readPage(
  query: MemberPageQuery & Pick<MemberQuery, "sort">,
  ports: MemberPorts,
  signal: AbortSignal,
): Promise<MembersRead> {
  const { id, asked, after, limit, role, status, sort } = query;
  const { memberships } = ports;
  if (asked.by === "id") {
    const found = await memberships.find(id, asked.userId, signal);
    return { members: found !== null && isAskedFor(found, asked, query) ? [found] : [], next: null };
  }
  if (isOfOwners(query)) {
    const owners = (await ports.organizations.find(id, signal))?.owners; // a standing may know them out of a cache
    const listed = await memberships.findMany(id, owners ?? [], signal);
    const members = listed.filter((each) => isOwner(each) && isAskedFor(each, asked, query));
    return { members, next: null };
  }
  if (asked.by === "words") return pageByWords({ ...query, asked }, memberships, signal);
  if (asked.beginning === "" && sort === "role" && role === undefined)
    return pageByRole(query, memberships, signal);
  if (asked.beginning === "" && (sort === "name" || sort === "joined"))
    return pageByPlace(sort, query, memberships, signal);
  const page = { emailPrefix: asked.beginning, role: role ?? null, status: status ?? null, after, limit };
  return memberships.listPage(id, page, signal);
}

/** The organization lists its active owners itself. */
function isOfOwners({ role, status }: Pick<MemberQuery, "role" | "status">): boolean {
  return role === "owner" && status !== "removed";
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
