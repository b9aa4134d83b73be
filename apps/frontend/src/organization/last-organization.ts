import * as z from "zod/mini";
import { lastRoute } from "../app/session/last-route.ts";
import "../app/config/zod-without-eval.ts";

const KEY = "platform.organization-name";
const LEFT_KEY = "platform.left";

const leftSchema = z.object({ id: z.string(), name: z.string(), at: z.iso.datetime() });
const storedSchema = z.object({ userId: z.string(), left: z.array(leftSchema) });

/** An organization that the user has left by themselves, and when. platform-api names none of them. */
export type LeftOrganization = Readonly<z.infer<typeof leftSchema>>;

/** Remembers the name of the token's organization. platform-api does not tell it to a user who was removed there. */
export function rememberOrganizationName(name: string): void {
  const way = wayIn();
  if (way !== null) localStorage.setItem(KEY, JSON.stringify([way, name]));
}

/** The name for the sign-in that was used last. Null after another sign-in, and after a sign-out. */
export function lastOrganizationName(): string | null {
  try {
    const [way, name]: unknown[] = JSON.parse(localStorage.getItem(KEY) ?? "[]");
    return typeof name === "string" && way === wayIn() ? name : null;
  } catch {
    return null;
  }
}

/** Remembers what a user has left in this browser, for the next visit, until a sign-out. */
export function rememberLeft(userId: string, left: readonly LeftOrganization[]): void {
  if (left.length === 0) localStorage.removeItem(LEFT_KEY);
  else localStorage.setItem(LEFT_KEY, JSON.stringify({ userId, left }));
}

/** None after another user has left something. */
export function leftBefore(userId: string): readonly LeftOrganization[] {
  try {
    const stored = storedSchema.safeParse(JSON.parse(localStorage.getItem(LEFT_KEY) ?? "null")).data;
    return stored?.userId === userId ? stored.left : [];
  } catch {
    return [];
  }
}

export function forgetOrganizationName(): void {
  localStorage.removeItem(KEY);
  localStorage.removeItem(LEFT_KEY);
}

function wayIn(): string | null {
  const route = lastRoute();
  return route && `${route.connection} ${route.organization ?? ""}`;
}
