import { z } from "zod";
import type { SignInRoute } from "../session.ts";

const KEY = "platform.sign-in";
const text = z.string();
const schema = z.object({ connection: text, organization: text.optional(), login_hint: text });

/** Stores the route for this tab and for new tabs of this browser. It contains no secret. */
export function rememberRoute({ connection, organization, login_hint }: SignInRoute): void {
  const where = { connection, ...(organization && { organization }), login_hint };
  for (const storage of [sessionStorage, localStorage]) storage.setItem(KEY, `${new URLSearchParams(where)}`);
}

/** The route of the last sign-in in this tab, or in this browser if the tab is new. */
export function lastRoute(): SignInRoute | null {
  const stored = sessionStorage.getItem(KEY) ?? localStorage.getItem(KEY) ?? "";
  return schema.safeParse(Object.fromEntries(new URLSearchParams(stored))).data ?? null;
}

export function forgetRoute(): void {
  for (const storage of [sessionStorage, localStorage]) storage.removeItem(KEY);
}
