import {
  auth0Tenant,
  type DynamoTable,
  dnsTxtLookup,
  domainNames,
  dynamoConnections,
  dynamoDomains,
  type OnAnyUpstream,
} from "@platform-api/server/adapters";
import type { Auth0Tenant } from "@platform-api/server/domain";
import type { StoreConfig } from "../config/config.ts";

/** What an organization's administrators need to set up its domains and its SSO themselves. */
export function composeSelfService(
  table: DynamoTable,
  config: StoreConfig,
  onUpstream: OnAnyUpstream = () => {},
) {
  return {
    domains: dynamoDomains(table),
    connections: dynamoConnections(table),
    domainNames,
    dns: dnsTxtLookup(config.DNS_RESOLVERS, (...lookUp) => onUpstream("dns", ...lookUp)),
    auth0: composeAuth0(config, onUpstream),
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

function composeAuth0(config: StoreConfig, onUpstream: OnAnyUpstream): Auth0Tenant | null {
  const management = managementOf(config);
  if (management === null) return null;
  return auth0Tenant({
    ...management,
    appClientIds: config.AUTH0_APP_CLIENT_IDS,
    onUpstream: (...call) => onUpstream("auth0", ...call),
  });
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
