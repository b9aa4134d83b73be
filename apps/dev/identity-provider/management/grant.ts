import { errors } from "oidc-provider";
import { EVENTS_CLIENT, MANAGEMENT_CLIENT } from "../tenant/clients.ts";

/** What platform-api's application for set-ups may do in the tenant. It reads no user. */
export const MANAGEMENT_SCOPES: readonly string[] = [
  "create:organizations",
  "read:organizations",
  "read:organization_connections",
  "delete:organization_connections",
  "read:connections",
  "read:connections_options",
  "create:sso_access_tickets",
  "delete:sso_access_tickets",
  "read:self_service_profiles",
  "read:resource_servers",
  "read:actions",
  "read:clients",
  "read:tenant_settings",
  "read:custom_domains",
];

const EVENTS_SCOPES: readonly string[] = [
  "read:events",
  "read:users",
  "delete:sessions",
  "delete:refresh_tokens",
];

/** What an application may do by the Management API. */
export function scopesOf(clientId: string | undefined): readonly string[] {
  if (clientId === MANAGEMENT_CLIENT.clientId) return MANAGEMENT_SCOPES;
  return clientId === EVENTS_CLIENT.clientId ? EVENTS_SCOPES : [];
}

/**
 * Checks who asks for a token of the Management API, and for which scopes.
 * @throws {errors.AccessDenied} in the words of Auth0
 */
export function checkGrant(clientId: string, audience: string, requested: unknown): void {
  const granted = scopesOf(clientId);
  if (granted.length === 0) {
    const fix = 'You need to create a "client-grant" associated to this API.';
    throw denied(`Client is not authorized to access "${audience}". ${fix}`);
  }
  const scopes = typeof requested === "string" ? (requested.match(/\S+/g) ?? []) : [];
  const missing = scopes.filter((scope) => !granted.includes(scope));
  if (missing.length > 0) throw denied(`Client has not been granted scopes: ${missing.join(", ")}`);
}

/** Auth0 answers 403 here, and oidc-provider 400. */
function denied(description: string): errors.AccessDenied {
  return Object.assign(new errors.AccessDenied(description), { status: 403, statusCode: 403 });
}
