import { Refusal } from "../refusal.ts";
import type { VerifiedClaims } from "./claims.ts";

/**
 * The applications whose tokens may administer organizations, by their client ids at Auth0. The entries `platform` and
 * `test` stand for all legacy and all test-mode tokens, and for no application.
 */
export type AdminClients = ReadonlySet<string>;

/** Whether the entry is the id of an application. */
export function isApplication(entry: string): boolean {
  return entry !== "platform" && entry !== "test";
}

/**
 * Whether the token may administer at all; the role decides what.
 * @throws {Refusal} DELEGATION_NOT_ALLOWED; CLIENT_NOT_ALLOWED for an application that may not administer
 */
export function refuseAdministration(
  { source, clientId, actor }: Pick<VerifiedClaims, "source" | "clientId" | "actor">,
  admins: AdminClients,
): void {
  refuseDelegated({ actor });
  const isAllowed =
    source === "auth0"
      ? clientId !== null && isApplication(clientId) && admins.has(clientId)
      : admins.has(source);
  if (isAllowed) return;
  const entry = source === "auth0" ? `the application ${clientId ?? "that the token does not name"}` : source;
  throw new Refusal("CLIENT_NOT_ALLOWED", `${entry} is not in ADMIN_CLIENT_IDS`);
}

/**
 * @param hint why the person must act themselves, if that is not a decision
 * @throws {Refusal} DELEGATION_NOT_ALLOWED for a token with which somebody acts for the person
 */
export function refuseDelegated({ actor }: Pick<VerifiedClaims, "actor">, hint?: string): void {
  if (actor === null) return;
  const detail = hint ?? "a delegated token decides and stores nothing";
  throw new Refusal("DELEGATION_NOT_ALLOWED", detail, { hint });
}
