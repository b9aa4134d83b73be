import { z } from "zod";
import type { SignInRoute } from "../session.ts";

const KEY = "platform.sign-in";
const text = z.string();
const schema = z.object({ connection: text, organization: text.optional(), login_hint: text });

/** Kept for this tab, and for the next one that this browser opens; no part of it is secret. */
export function rememberRoute({ connection, organization, login_hint }: SignInRoute): void {
  const where = { connection, ...(organization && { organization }), login_hint };
  for (const storage of [sessionStorage, localStorage]) storage.setItem(KEY, `${new URLSearchParams(where)}`);
}

/** How the last sign-in of this tab went; in a new tab, that of the browser. */
export function lastRoute(): SignInRoute | null {
  const stored = sessionStorage.getItem(KEY) ?? localStorage.getItem(KEY) ?? "";
  return schema.safeParse(Object.fromEntries(new URLSearchParams(stored))).data ?? null;
}

export function forgetRoute(): void {
  for (const storage of [sessionStorage, localStorage]) storage.removeItem(KEY);
}
