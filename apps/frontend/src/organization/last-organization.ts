import { lastRoute } from "../app/session/last-route.ts";

const KEY = "platform.organization-name";

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

export function forgetOrganizationName(): void {
  localStorage.removeItem(KEY);
}

function wayIn(): string | null {
  const route = lastRoute();
  return route && `${route.connection} ${route.organization ?? ""}`;
}
