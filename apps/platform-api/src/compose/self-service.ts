import {
  auth0Tenant,
  type DynamoTable,
  dnsTxtLookup,
  domainNames,
  dynamoConnections,
  dynamoDomains,
} from "@platform-api/server/adapters";
import type { Auth0Tenant } from "@platform-api/server/domain";
import type { StoreConfig } from "../config/config.ts";

/** What an organization's administrators need to set up its domains and its SSO themselves. */
export function composeSelfService(table: DynamoTable, config: StoreConfig) {
  return {
    domains: dynamoDomains(table),
    connections: dynamoConnections(table),
    domainNames,
    dns: dnsTxtLookup(config.DNS_RESOLVERS),
    auth0: composeAuth0(config),
    otherStrategies: config.AUTH0_OTHER_STRATEGIES,
    limits: {
      ttlMs: config.INVITATION_TTL_MS,
      resendMs: config.INVITATION_RESEND_MS,
      claimMs: config.CLAIM_TTL_MS,
      graceMs: config.DOMAIN_GRACE_MS,
      testAgeMs: config.SSO_TEST_AGE_MS,
    },
  };
}

function composeAuth0(config: StoreConfig): Auth0Tenant | null {
  const management = managementOf(config);
  return management && auth0Tenant({ ...management, appClientIds: config.AUTH0_APP_CLIENT_IDS });
}

/** How the Management API is reached, and the profile for set-ups. Null where it is not configured. */
export function managementOf(config: StoreConfig) {
  const {
    AUTH0_MANAGEMENT_URL: url,
    AUTH0_MANAGEMENT_CLIENT_ID: clientId,
    AUTH0_MANAGEMENT_CLIENT_SECRET: clientSecret,
    AUTH0_SELF_SERVICE_PROFILE_ID: profileId,
  } = config;
  if (url === undefined || clientId === undefined || clientSecret === undefined || profileId === undefined)
    return null;
  return { url, clientId, clientSecret, profileId };
}
