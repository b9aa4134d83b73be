import { canonicalUserId, type Member, type Role } from "@platform-api/client";

export type Status = Member["status"];

/** What the list shows, as the address of the page says it. */
export interface MemberView {
  /** The start of an address, or a whole user ID. */
  readonly query: string;
  /** Null for every role. */
  readonly role: Role | null;
  readonly status: Status;
}

const ROLES: readonly Role[] = ["owner", "admin", "member"];

/** The view that the parameters of the address name. Values that do not exist count as not set. */
export function viewOf(query: string, role: string, status: string): MemberView {
  return {
    query: query.trim(),
    role: roleOf(role),
    status: status === "removed" ? "removed" : "active",
  };
}

export function roleOf(text: string): Role | null {
  return ROLES.find((each) => each === text) ?? null;
}

/** Whether the view shows active members of any role and address. */
export function isWhole({ query, role, status }: MemberView): boolean {
  return query === "" && role === null && status === "active";
}

export function isUserId(query: string): boolean {
  return canonicalUserId(query) !== null;
}

/** Behind every address. */
const LAST = "\u{10ffff}";

/** By address, as the server sorts them: last those without one. */
export function byAddress(one: Member, other: Member): number {
  const [a, b] = [one.email ?? LAST, other.email ?? LAST];
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Whether the search and the status of the view include the member. */
function isFound({ userId, email, status }: Member, view: MemberView): boolean {
  if (status !== view.status) return false;
  const query = view.query.toLowerCase();
  return isUserId(query) ? userId === query : (email ?? "").startsWith(query);
}

/** Whether the view includes the member. */
export function fits(member: Member, view: MemberView): boolean {
  return isFound(member, view) && (view.role === null || member.role === view.role);
}

interface LoadedRows {
  /** As the server has answered. */
  readonly loaded: readonly Member[];
  readonly hasMore: boolean;
  /** With the changes that are not in the answers yet. */
  readonly changed: readonly Member[];
}

/**
 * The rows of the view. A row whose role has just changed stays where it is until the list is loaded again. One that was
 * not loaded appears only where the list is complete: after its last row, there are others that are not loaded yet.
 */
export function visibleRows({ loaded, hasMore, changed }: LoadedRows, view: MemberView): readonly Member[] {
  const ids = new Set(loaded.map(({ userId }) => userId));
  const last = loaded.at(-1);
  const isInOrder = (row: Member) => !hasMore || (last !== undefined && byAddress(row, last) < 0);
  const visible = changed.filter((row) =>
    ids.has(row.userId) ? isFound(row, view) : fits(row, view) && isInOrder(row),
  );
  return visible.length === changed.length ? changed : visible;
}
