import * as z from "zod/mini";
import type { SignInRoute } from "./sign-in-route.ts";
import "../config/zod-without-eval.ts";

const KEY = "platform.sign-in";
/** Set in tabs that no longer sign in silently. */
const SILENT_KEY = "platform.no-silent-sign-in";
const text = z.string();
const schema = z.object({ connection: text, organization: z.optional(text), login_hint: text });

/** Stores the route for this tab and for new tabs of this browser. It contains no secret. */
export function rememberRoute({ connection, organization, login_hint }: SignInRoute): void {
  const where = { connection, ...(organization && { organization }), login_hint };
  for (const storage of [sessionStorage, localStorage]) storage.setItem(KEY, `${new URLSearchParams(where)}`);
  endSilentSignIn();
}

/** The route of the last sign-in in this tab, or in this browser if the tab is new. */
export function lastRoute(): SignInRoute | null {
  const stored = sessionStorage.getItem(KEY) ?? localStorage.getItem(KEY) ?? "";
  return schema.safeParse(Object.fromEntries(new URLSearchParams(stored))).data ?? null;
}

export function forgetRoute(): void {
  for (const storage of [sessionStorage, localStorage]) storage.removeItem(KEY);
  endSilentSignIn();
}

/** Whether the browser remembers a route. False after a sign-out in any tab. */
export function isRemembered(): boolean {
  return localStorage.getItem(KEY) !== null;
}

/**
 * The route for a silent sign-in, at most once per tab. Null in a tab where the user has signed in or out, or has chosen
 * another address, and in a browser that remembers no route.
 */
export function takeSilentRoute(): SignInRoute | null {
  const route = lastRoute();
  if (route === null || !isRemembered() || sessionStorage.getItem(SILENT_KEY) !== null) return null;
  endSilentSignIn();
  return route;
}

function endSilentSignIn(): void {
  sessionStorage.setItem(SILENT_KEY, "1");
}
