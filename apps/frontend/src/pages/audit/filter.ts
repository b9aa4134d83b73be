import { canonicalUserId } from "@platform-api/client";
import { type AuditAction, userOfActor } from "./entry-shape.ts";
import type { Names } from "./parts.ts";
import { parseAction } from "./words.ts";

/** What the address of the page filters by. Empty where it does not. */
export interface FilterParameters {
  readonly person: string;
  readonly actor: string;
  readonly action: string;
  readonly since: string;
  readonly until: string;
}

/** The filter as `org.audit.list` takes it. */
export interface AuditFilter {
  /** A user id: what they did, and what was done to them. */
  readonly person?: string;
  readonly actor?: string;
  readonly action?: AuditAction;
  readonly since?: string;
  readonly until?: string;
}

const DAY = /^2\d{3}-\d\d-\d\d$/;

/**
 * The filter that the address names. A part that is not valid, as in a link that was edited by hand, does not filter, and
 * neither does an actor beside a person. A day begins and ends where the reader is, and belongs to the period.
 */
export function filterOf({ person, actor, action, since, until }: FilterParameters): AuditFilter {
  const known = parseAction(action);
  const [from, to] = [startOf(since), endOf(until)];
  const [userId, by] = [canonicalUserId(person), actorOf(actor)];
  return {
    ...(userId !== null && { person: userId }),
    ...(userId === null && by !== null && { actor: by }),
    ...(known !== null && { action: known }),
    ...(from !== null && { since: from }),
    ...(to !== null && { until: to }),
  };
}

function actorOf(text: string): string | null {
  if (text === "login" || text === "system" || text === "operator") return text;
  const userId = canonicalUserId(userOfActor(text));
  return userId === null ? null : `user:${userId}`;
}

export function isFiltered(filter: AuditFilter): boolean {
  return Object.keys(filter).length > 0;
}

/** What a file of the filtered entries is named after. Days as the reader has chosen them. */
export function aboutOf(
  { person, actor, action, since, until }: AuditFilter,
  days: Pick<FilterParameters, "since" | "until">,
  { names }: { readonly names: Pick<Names, "user"> },
): readonly string[] {
  const userId = person ?? (actor === undefined ? null : userOfActor(actor));
  return [
    ...(userId === null ? [] : [names.user(userId).address]),
    ...(userId !== null && person === undefined ? ["by-them"] : []),
    ...(userId === null && actor !== undefined ? [actor] : []),
    ...(action === undefined ? [] : [action]),
    ...(since === undefined ? [] : [`from-${days.since}`]),
    ...(until === undefined ? [] : [`to-${days.until}`]),
  ];
}

/** Whether a date field holds a day to filter by. While a year is being typed it holds other ones, such as 0002. */
export function isDay(text: string): boolean {
  return DAY.test(text) && startOf(text) !== null;
}

/** The periods of the menu that end now, by how many days they have, today included. */
export const PERIODS = [
  { id: "any", label: "Any time", days: 0 },
  { id: "today", label: "Today", days: 1 },
  { id: "week", label: "Last 7 days", days: 7 },
  { id: "month", label: "Last 30 days", days: 30 },
] as const;

/** The first day of a period of so many days that ends now, where the reader is. Empty for any time. */
export function firstDay(days: number, now: Date): string {
  if (days === 0) return "";
  const day = new Date(now.getFullYear(), now.getMonth(), now.getDate() - days + 1);
  const parts = [day.getFullYear(), day.getMonth() + 1, day.getDate()];
  return parts.map((part) => `${part}`.padStart(2, "0")).join("-");
}

/** Which of them two days are. Null for other ones. */
export function periodOf({ since, until }: Pick<FilterParameters, "since" | "until">, now: Date) {
  return PERIODS.find(({ days }) => until === "" && since === firstDay(days, now)) ?? null;
}

function startOf(day: string): string | null {
  return instant(day, "00:00:00.000");
}

function endOf(day: string): string | null {
  return instant(day, "23:59:59.999");
}

function instant(day: string, time: string): string | null {
  if (!DAY.test(day)) return null;
  const date = new Date(`${day}T${time}`);
  const isReal = date.getDate() === Number(day.slice(-2)); // 31 February would be 3 March
  return isReal ? date.toISOString() : null;
}
