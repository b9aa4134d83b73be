import type { PlatformClient } from "@platform-api/client";
import * as z from "zod/mini";
import { brand } from "../config/brand.ts";
import "../config/zod-without-eval.ts";

/** What has become of the user's sessions at the sign-in service. */
export type SessionEnd = Awaited<
  ReturnType<PlatformClient["auth"]["signOutEverywhere"]["mutate"]>
>["sessions"];

const KEY = "platform.signed-out-everywhere";
const schema = z.enum(["ended", "remaining", "unknown"]);

/** How long until a new sign-in is accepted: one of the second in which the others have ended is not. */
export const NEXT_SECOND_MS = 1_000;

/** For the page that the sign-in service returns to. */
export function rememberSignOut(sessions: SessionEnd): void {
  sessionStorage.setItem(KEY, sessions);
}

/** What has to be said after a sign-out everywhere, once. Null after none. */
export function takeSignOutNotice(): string | null {
  const stored = schema.safeParse(sessionStorage.getItem(KEY)).data;
  sessionStorage.removeItem(KEY);
  return stored === undefined ? null : signOutNotice(stored);
}

function signOutNotice(sessions: SessionEnd): string {
  const done = `You’re signed out of ${brand().name} everywhere.`;
  if (sessions === "ended") return done;
  return `${done} Browsers may still be signed in at the sign-in service, and could get in again without a password. If that worries you, ask your administrator to end your sessions there.`;
}
