import { EVENTS_CLIENT, MANAGEMENT_CLIENT, PEOPLE_CLIENT_IDS } from "../tenant/clients.ts";
import { SELF_SERVICE_PROFILE_ID } from "./self-service-routes.ts";

/**
 * The variables with which platform-api manages this tenant and follows its events.
 * @param issuer of the tenant's own domain, with a trailing slash
 */
export function managementEnvironment(issuer: string): Record<string, string> {
  return {
    AUTH0_MANAGEMENT_URL: issuer.slice(0, -1),
    AUTH0_MANAGEMENT_CLIENT_ID: MANAGEMENT_CLIENT.clientId,
    AUTH0_MANAGEMENT_CLIENT_SECRET: MANAGEMENT_CLIENT.clientSecret,
    AUTH0_EVENTS_CLIENT_ID: EVENTS_CLIENT.clientId,
    AUTH0_EVENTS_CLIENT_SECRET: EVENTS_CLIENT.clientSecret,
    AUTH0_SELF_SERVICE_PROFILE_ID: SELF_SERVICE_PROFILE_ID,
    AUTH0_APP_CLIENT_IDS: PEOPLE_CLIENT_IDS.join(","),
  };
}
