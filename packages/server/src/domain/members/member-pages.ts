import { hasWords, type MemberPlace, type MemberWord, POSITIONS } from "../member-places.ts";
import type { MembershipRegistry } from "../membership/memberships.ts";
import { type Membership, memberPosition } from "../membership.ts";
import type { OrganizationId } from "../organization-id.ts";
import { PAGE_LIMIT } from "../page.ts";
import { type Asked, BY_STRENGTH, isAskedFor, type MemberOrder, type MemberQuery } from "./asked-members.ts";

/** Which page of an organization's members is read, and of whom. */
export interface MemberPageQuery extends Pick<MemberQuery, "role" | "status"> {
  readonly id: OrganizationId;
  readonly asked: Asked;
  /** The position that the previous page returned; null at the beginning. */
  readonly after: string | null;
  readonly limit: number;
}

/** Some members, and the position of the next page; null after the last one. */
export interface MembersRead {
  readonly members: readonly Membership[];
  readonly next: string | null;
}

type Store = Pick<MembershipRegistry, "listPage" | "wordPage" | "placePage" | "findMany">;

type AskedWords = Asked & { readonly by: "words" };

/** Where several words are asked for, most of those that one finds are sorted out by the others. */
const WORDS_READ = { forOne: PAGE_LIMIT.most, forSeveral: 1_000 } as const;

/** The members with these words: one request for each that is looked for, and one for those whom they find. */
export async function pageByWords(
  { id, asked, after, limit, ...filter }: MemberPageQuery & { readonly asked: AskedWords },
  store: Store,
  signal: AbortSignal,
): Promise<MembersRead> {
  const [, lead, position = null] = /^(\d) (.*)$/s.exec(after ?? "") ?? [];
  const known = asked.leads[Number(lead)];
  const { word, words, next } = await readLead(
    id,
    known === undefined ? asked : { ...asked, leads: [known] },
    position,
    store,
    signal,
  );
  const hits = words.filter((each) => isFirst(each, word) && hasWords(each.words, asked.words));
  const looked = hits.slice(0, PAGE_LIMIT.most);
  const found = await findInOrder(id, looked, store, signal);
  const fitting = found.filter((member) => isAskedFor(member, asked, filter));
  const members = fitting.slice(0, limit);
  const last = members.length < fitting.length ? members.at(-1) : undefined;
  const behind = looked.length < hits.length ? looked.at(-1) : undefined;
  const seen = last === undefined ? behind : looked.find(({ userId }) => userId === last.userId);
  const from = seen === undefined ? next : `${seen.word}#${seen.userId}`;
  return { members, next: from === null ? null : `${asked.leads.indexOf(word)} ${from}` };
}

/** The word that finds the fewest, if it is known of one that these are all; else the longest. */
async function readLead(
  id: OrganizationId,
  { words, leads }: AskedWords,
  after: string | null,
  store: Pick<Store, "wordPage">,
  signal: AbortSignal,
) {
  const limit = words.length === 1 ? WORDS_READ.forOne : WORDS_READ.forSeveral;
  const read = await Promise.all(
    leads.map(async (word) => ({ word, ...(await store.wordPage(id, { word, after, limit }, signal)) })),
  );
  const whole = read.filter(({ next }) => next === null).sort((a, b) => a.words.length - b.words.length);
  const [lead = read[0]] = whole;
  if (lead === undefined) throw new TypeError("no word is looked for");
  return lead;
}

/** Of several words of a member that begin so, one finds them. */
function isFirst({ word, words }: MemberWord, beginning: string): boolean {
  return words.every((each) => !each.startsWith(beginning) || word <= each);
}

/** By name or by when they came: one request for each role, and one for the members. */
export async function pageByPlace(
  by: MemberPlace["by"],
  { id, after, limit, role, status }: Omit<MemberPageQuery, "asked">,
  store: Store,
  signal: AbortSignal,
): Promise<MembersRead> {
  const roles = role === undefined ? BY_STRENGTH : [role];
  const parts = await Promise.all(
    roles.map((each) =>
      store.placePage(id, { by, role: each, status: status ?? null, after, limit }, signal),
    ),
  );
  const read = parts.flatMap(({ places }) => places).sort((a, b) => inOrder(a.position, b.position));
  const places = read.slice(0, limit);
  const isCut = places.length < read.length || parts.some(({ next }) => next !== null);
  const found = await findInOrder(id, places, store, signal);
  // One who was changed meanwhile stands elsewhere by now.
  const members = found.filter(
    (each) => (role ?? each.role) === each.role && (status ?? each.status) === each.status,
  );
  return { members, next: isCut ? (places.at(-1)?.position ?? null) : null };
}

/** The owners first. One request for each role, and for each status of it. */
export async function pageByRole(
  { id, after, limit, status }: Omit<MemberPageQuery, "asked" | "role">,
  store: Store,
  signal: AbortSignal,
): Promise<MembersRead> {
  const statuses = status === undefined ? (["active", "removed"] as const) : [status];
  const all = statuses.flatMap((each) => BY_STRENGTH.map((role) => ({ role, status: each })));
  const [, part = "0", position = ""] = /^(\d) (.*)$/s.exec(after ?? "") ?? [];
  const first = Number(part);
  const pages = await Promise.all(
    all.slice(first).map((each, n) => {
      const page = { ...each, emailPrefix: "", after: n === 0 && position !== "" ? position : null, limit };
      return store.listPage(id, page, signal);
    }),
  );
  const members: Membership[] = [];
  for (const [n, page] of pages.entries()) {
    const taken = page.members.slice(0, limit - members.length);
    members.push(...taken);
    if (taken.length === page.members.length && page.next === null) continue;
    const last = taken.at(-1);
    const behind = last === undefined ? (n === 0 ? position : "") : memberPosition(last);
    return { members, next: `${first + n} ${behind}` };
  }
  return { members, next: null };
}

/** The most members that are counted. */
const MOST_COUNTED = 5_000;

/** How many members there are, up to a number that one request counts: behind that, at least so many. */
export async function countMembers(
  id: OrganizationId,
  { role, status }: Pick<MemberQuery, "role" | "status">,
  store: Pick<MembershipRegistry, "count">,
  signal: AbortSignal,
): Promise<{ readonly count: number; readonly isExact: boolean }> {
  const roles = role === undefined ? BY_STRENGTH : [role];
  const limit = MOST_COUNTED + 1;
  const parts = await Promise.all(
    roles.map((each) => store.count(id, { role: each, status: status ?? null, limit }, signal)),
  );
  const count = parts.reduce((sum, part) => sum + part.count, 0);
  const isExact = count <= MOST_COUNTED && parts.every(({ isAll }) => isAll);
  return { count: Math.min(count, MOST_COUNTED), isExact };
}

/** The members in the order of a list. */
export function sorted(members: readonly Membership[], by: MemberOrder | undefined): readonly Membership[] {
  const placed = members.map((member) => ({ member, position: PLACE_OF[by ?? "address"](member) }));
  return placed.sort((a, b) => inOrder(a.position, b.position)).map(({ member }) => member);
}

const PLACE_OF: Readonly<Record<MemberOrder | "address", (member: Membership) => string>> = {
  ...POSITIONS,
  role: (member) => `${member.status}#${BY_STRENGTH.indexOf(member.role)}#${memberPosition(member)}`,
  address: memberPosition,
};

/** The store's order, which is that of code points. JavaScript's is another one behind U+FFFF. */
function inOrder(a: string, b: string): number {
  const [one, other] = [Array.from(a), Array.from(b)];
  const at = one.findIndex((character, n) => character !== other[n]);
  if (at === -1) return one.length - other.length;
  return (one[at]?.codePointAt(0) ?? 0) - (other[at]?.codePointAt(0) ?? -1);
}

/** The members of these places, each once. Read consistently. */
async function findInOrder(
  id: OrganizationId,
  places: readonly Pick<MemberPlace, "userId">[],
  store: Pick<Store, "findMany">,
  signal: AbortSignal,
): Promise<readonly Membership[]> {
  const userIds = [...new Set(places.map(({ userId }) => userId))];
  const found = await store.findMany(id, userIds, signal);
  const byId = new Map(found.map((member) => [member.userId, member]));
  return userIds.flatMap((userId) => byId.get(userId) ?? []);
}
