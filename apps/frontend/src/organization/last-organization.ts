import * as z from "zod/mini";
import { lastRoute } from "../app/session/last-route.ts";
import "../app/config/zod-without-eval.ts";

const KEY = "platform.organization-name";
const LEFT_KEY = "platform.left";

const lastSchema = z.tuple([z.string(), z.string(), z.string()]);
const leftSchema = z.object({ id: z.string(), name: z.string(), at: z.iso.datetime() });
const storedSchema = z.object({
  userId: z.string(),
  email: z.nullable(z.string()),
  left: z.array(leftSchema),
});

/** An organization that the user has left by themselves, and when. platform-api names none of them. */
export type LeftOrganization = Readonly<z.infer<typeof leftSchema>>;

/** The token's organization, as far as this browser remembers it. */
export interface LastOrganization {
  readonly id: string;
  readonly name: string;
}

/** Remembers the token's organization. platform-api does not tell it to a user who was removed there. */
export function rememberOrganization({ name, id }: LastOrganization): void {
  const way = wayIn();
  if (way !== null) localStorage.setItem(KEY, JSON.stringify([way, name, id]));
}

/** That of the sign-in that was used last. Null after another sign-in, and after a sign-out. */
export function lastOrganization(): LastOrganization | null {
  try {
    const [way, name, id] = lastSchema.parse(JSON.parse(localStorage.getItem(KEY) ?? "null"));
    return way === wayIn() ? { id, name } : null;
  } catch {
    return null;
  }
}

/** Whose memory it is. The address is that of the sign-in: it is all that is known of a user who is refused. */
export interface Leaver {
  readonly userId: string;
  readonly email: string | null;
}

/** Remembers what a user has left in this browser, for the next visit, until a sign-out. */
export function rememberLeft(leaver: Leaver, left: readonly LeftOrganization[]): void {
  if (left.length === 0) localStorage.removeItem(LEFT_KEY);
  else localStorage.setItem(LEFT_KEY, JSON.stringify({ ...leaver, left }));
}

/** By the user id, or else by the address of the sign-in. None after another user has left something. */
export function leftBefore(
  whose: Pick<Leaver, "userId"> | Pick<Leaver, "email">,
): readonly LeftOrganization[] {
  try {
    const stored = storedSchema.safeParse(JSON.parse(localStorage.getItem(LEFT_KEY) ?? "null")).data;
    if (stored === undefined) return [];
    const isTheirs =
      "userId" in whose
        ? stored.userId === whose.userId
        : whose.email !== null && stored.email === whose.email;
    return isTheirs ? stored.left : [];
  } catch {
    return [];
  }
}

export function forgetOrganization(): void {
  localStorage.removeItem(KEY);
  localStorage.removeItem(LEFT_KEY);
}

function wayIn(): string | null {
  const route = lastRoute();
  return route && `${route.connection} ${route.organization ?? ""}`;
}
