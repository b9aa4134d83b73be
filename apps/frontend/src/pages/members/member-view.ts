import type { Member, Role } from "@platform-api/client";
import { ROLES, roleOf } from "../../organization/role-text.ts";
import { finds, folded } from "../../organization/search.ts";
import { invitations as invitationsText } from "./lists/many-texts.ts";

export type Status = Member["status"];

const SORTS = ["name", "role", "joined"] as const;
/** What the list is sorted by, if not by address. */
export type Sort = (typeof SORTS)[number];

/** What the list shows, as the address of the page says it. */
export interface MemberView {
  /** Words, the start of an address, or a whole user ID. */
  readonly query: string;
  /** Null for every role. */
  readonly role: Role | null;
  readonly status: Status;
  readonly sort: Sort | null;
}

/** The view that the parameters of the address name. Values that do not exist count as not set. */
export function viewOf(parameters: Readonly<Record<"q" | "role" | "status" | "sort", string>>): MemberView {
  const { q, role, status, sort } = parameters;
  return {
    query: q.trim(),
    role: roleOf(role),
    status: status === "removed" ? "removed" : "active",
    sort: SORTS.find((each) => each === sort) ?? null,
  };
}

/** Whether the view shows active members of any role, name and address. */
export function isWhole({ query, role, status }: MemberView): boolean {
  return query === "" && role === null && status === "active";
}

export interface Total {
  readonly count: number;
  readonly isExact: boolean;
}

/** "2,043 people", "5,000+ people", "1 removed admin". Members are those with that role. */
export function amountText({ count, isExact }: Total, { role, status }: MemberView): string {
  const isOne = count === 1 && isExact;
  const what = role === null ? (isOne ? "person" : "people") : `${role}${isOne ? "" : "s"}`;
  return `${count.toLocaleString("en")}${isExact ? "" : "+"} ${status === "removed" ? "removed " : ""}${what}`;
}

/** "2,043 people and 1 invitation", "1 removed admin found" */
export function totalText(total: Total, view: MemberView, invitations = 0): string {
  const invited = invitations === 0 ? "" : ` and ${invitationsText(invitations)}`;
  return `${amountText(total, view)}${invited}${view.query === "" ? "" : " found"}`;
}

/** Whether the search and the status of the view include the member. */
function isFound(member: Member, { query, status }: MemberView): boolean {
  return member.status === status && finds(query, member);
}

/** Whether the view includes the member. */
export function fits(member: Member, view: MemberView): boolean {
  return isFound(member, view) && (view.role === null || member.role === view.role);
}

/** Behind every address. */
const LAST = "\u{10ffff}";

/** More milliseconds than a date can have. */
const END_OF_TIME = 10 ** 16;

/** What the server sorts by. What is equal is sorted by address: last those without one. */
const KEYS: Readonly<Record<Sort, (member: Member) => string>> = {
  name: ({ name }) => (name === null ? LAST : folded(name)),
  role: ({ role }) => String(ROLES.indexOf(role)),
  joined: ({ joinedAt }) => String(END_OF_TIME - Date.parse(joinedAt)), // who came last comes first
};

type Order = (one: Member, other: Member) => number;

/** The order of the list, in which the caller is first. */
export function orderOf(sort: Sort | null, userId: string): Order {
  const keysOf = (member: Member) => [
    member.userId === userId ? "" : " ",
    sort === null ? "" : KEYS[sort](member),
    member.email ?? LAST,
  ];
  return (one, other) => {
    const others = keysOf(other);
    const differing = keysOf(one).map((key, index) => compare(key, others[index] ?? ""));
    return differing.find((each) => each !== 0) ?? 0;
  };
}

function compare(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}

interface LoadedRows {
  /** As the server has answered. */
  readonly loaded: readonly Member[];
  readonly hasMore: boolean;
  /** With the changes that are not in the answers yet. */
  readonly changed: readonly Member[];
  readonly order: Order;
}

/**
 * The rows of the view. A row whose role has just changed stays where it is until the list is loaded again. One that was
 * not loaded appears only where the list is complete: after its last row, there are others that are not loaded yet.
 */
export function visibleRows(
  { loaded, hasMore, changed, order }: LoadedRows,
  view: MemberView,
): readonly Member[] {
  const ids = new Set(loaded.map(({ userId }) => userId));
  const last = loaded.at(-1);
  const isInOrder = (row: Member) => !hasMore || (last !== undefined && order(row, last) < 0);
  const visible = changed.filter((row) =>
    ids.has(row.userId) ? isFound(row, view) : fits(row, view) && isInOrder(row),
  );
  return visible.length === changed.length ? changed : visible;
}
