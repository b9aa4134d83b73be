import { errors } from "oidc-provider";
import { MANAGEMENT_CLIENT } from "../tenant/clients.ts";

/** What platform-api's application may do in the tenant. */
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

/**
 * Checks who asks for a token of the Management API, and for which scopes.
 * @throws {errors.AccessDenied} in the words of Auth0
 */
export function checkGrant(clientId: string, audience: string, requested: unknown): void {
  if (clientId !== MANAGEMENT_CLIENT.clientId) {
    const fix = 'You need to create a "client-grant" associated to this API.';
    throw denied(`Client is not authorized to access "${audience}". ${fix}`);
  }
  const scopes = typeof requested === "string" ? (requested.match(/\S+/g) ?? []) : [];
  const missing = scopes.filter((scope) => !MANAGEMENT_SCOPES.includes(scope));
  if (missing.length > 0) throw denied(`Client has not been granted scopes: ${missing.join(", ")}`);
}

/** Auth0 answers 403 here, and oidc-provider 400. */
function denied(description: string): errors.AccessDenied {
  return Object.assign(new errors.AccessDenied(description), { status: 403, statusCode: 403 });
}
