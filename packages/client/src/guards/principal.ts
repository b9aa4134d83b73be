import { isUserId } from "@platform-api/server/wire";
import type { PlatformClient } from "../client.ts";

/** Whose token it is: the result of `auth.principal`. Only a user has a `userId`: ask for the `kind` first. */
export type PlatformPrincipal = Readonly<Awaited<ReturnType<PlatformClient["auth"]["principal"]["query"]>>>;

/** Whose tokens a guard accepts. */
export type Accepted = PlatformPrincipal["kind"];

/** Who it can be where a guard accepts these. */
export type PrincipalOf<A extends Accepted> = Extract<PlatformPrincipal, { readonly kind: A }>;

type User = PrincipalOf<"user">;

export function userPrincipal({ userId, organizationId, clientId, actor }: Omit<User, "kind">): User {
  return { kind: "user", userId, organizationId, clientId, actor };
}

/** Frozen because callers share it. Null for an answer that does not say who it is. */
export function usablePrincipal(found: PlatformPrincipal | null | undefined): PlatformPrincipal | null {
  if (!found || !(found.kind === "user" ? isUsableUser(found) : isUsableService(found))) return null;
  Object.freeze(found.kind === "user" ? found.actor : found.permissions);
  return Object.freeze(found);
}

/** Whether it has a valid user id, and says whether the user's own token was sent. */
export function isUsableUser(found: Pick<User, "userId" | "organizationId" | "actor">): boolean {
  const { userId, organizationId, actor }: Record<keyof typeof found, unknown> = found;
  const isKnown = organizationId === null || typeof organizationId === "string";
  return isUserId(userId) && isKnown && typeof actor === "object";
}

function isUsableService({
  kind,
  clientId,
  permissions,
}: Record<keyof PrincipalOf<"service">, unknown>): boolean {
  return kind === "service" && typeof clientId === "string" && clientId !== "" && Array.isArray(permissions);
}
