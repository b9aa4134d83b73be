import {
  type Auth0Users,
  auth0Tenant,
  auth0Users,
  type DynamoTable,
  dnsTxtLookup,
  domainNames,
  dynamoConnections,
  dynamoDomains,
  type OnAnyUpstream,
} from "@platform-api/server/adapters";
import type { Auth0Tenant } from "@platform-api/server/domain";
import type { StoreConfig } from "../config/config.ts";

/** For ending sessions. What is left of a request's 2.7 s is for the store, before and after it. */
const SESSIONS_MS = 2_000;

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
    recordLabel: config.DNS_RECORD_LABEL,
    auth0: composeAuth0(config, onUpstream),
    tenantUsers: composeTenantUsers(config, { onUpstream, budgetMs: SESSIONS_MS }),
    otherStrategies: config.AUTH0_OTHER_STRATEGIES,
    limits: {
      ttlMs: config.INVITATION_TTL_MS,
      resendMs: config.INVITATION_RESEND_MS,
      claimMs: config.CLAIM_TTL_MS,
      graceMs: config.DOMAIN_GRACE_MS,
      testAgeMs: config.SSO_TEST_AGE_MS,
      closingMs: config.CLOSING_NOTICE_MS,
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

interface Patience {
  readonly onUpstream?: OnAnyUpstream;
  readonly attemptMs?: number;
  readonly budgetMs?: number;
}

/** The second machine application. Null where it is not configured. */
export function composeTenantUsers(
  config: StoreConfig,
  { onUpstream = () => {}, ...patience }: Patience = {},
): Auth0Users | null {
  const {
    AUTH0_MANAGEMENT_URL: url,
    AUTH0_EVENTS_CLIENT_ID: clientId,
    AUTH0_EVENTS_CLIENT_SECRET: clientSecret,
    AUTH0_TENANT: tenant,
  } = config;
  if (url === undefined || clientId === undefined || clientSecret === undefined) return null;
  return auth0Users({
    url,
    clientId,
    clientSecret,
    tenant,
    ...patience,
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
