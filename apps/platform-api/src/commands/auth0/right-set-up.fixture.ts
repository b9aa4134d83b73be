import type { TenantAction, TenantApi, TenantClient, TenantConnection } from "@platform-api/server/adapters";
import { readActionSource } from "./action-source.ts";
import type { Auth0Facts, ConnectionFacts, TenantFacts, TokenFacts } from "./facts.ts";

const NAMESPACE = "https://platform.example/claims/";

export const FOUND: TenantConnection = {
  id: "con_1",
  name: "acme-entra",
  strategy: "waad",
  isCommonEndpoint: false,
  userIdAttributes: ["oid"],
};

export const API: TenantApi = {
  identifier: "https://api.platform.example",
  signing_alg: "RS256",
  token_lifetime: 3_600,
  allow_offline_access: true,
  token_encryption: null,
};

export const ACTION: TenantAction = {
  id: "act_1",
  name: "claims",
  code: readActionSource(),
  deployed_version: { code: readActionSource() },
  secrets: [{ name: "CLAIM_NAMESPACE" }],
};

export const OTHER_ACTION: TenantAction = {
  id: "act_2",
  name: "other",
  code: "exports.onExecutePostLogin = async () => {};",
};

export const APP: TenantClient = {
  client_id: "app",
  app_type: "spa",
  is_first_party: true,
  grant_types: ["authorization_code", "refresh_token"],
  callbacks: ["https://app.platform.example/callback"],
  allowed_logout_urls: ["https://app.platform.example"],
  web_origins: ["https://app.platform.example"],
  organization_usage: "allow",
  refresh_token: { rotation_type: "rotating", leeway: 5 },
  oidc_logout: {
    backchannel_logout_urls: ["https://api.platform.example/backchannel-logout"],
    backchannel_logout_initiators: { mode: "all" },
  },
};

export const WORKER: TenantClient = {
  client_id: "worker",
  app_type: "non_interactive",
  grant_types: ["client_credentials"],
};

/** A connection in which nothing is wrong. */
export const CONNECTION: ConnectionFacts = {
  name: "acme-entra",
  strategy: "waad",
  organizationId: "acme",
  auth0OrgId: "org_1",
  found: { value: FOUND },
  clientIds: { value: ["app"] },
  use: { value: { assignsMembership: true } },
};

export const TENANT: TenantFacts = {
  scopes: ["read:connections"],
  customDomains: { value: [{ domain: "login.platform.example", status: "ready" }] },
  api: { value: API },
  actions: {
    value: {
      all: [ACTION, OTHER_ACTION],
      boundIds: ["act_2", "act_1"],
    },
  },
  clients: [
    {
      id: "app",
      found: { value: APP },
    },
  ],
  adminClients: [{ id: "app", found: { value: APP } }],
  serviceClients: [{ id: "worker", found: { value: WORKER } }],
  profile: { value: { strategies: ["waad", "okta"] } },
  organizations: { value: [{ id: "acme", auth0OrgId: "org_1", exists: { value: true } }] },
  connections: { value: [CONNECTION] },
};

export const TOKEN: TokenFacts = {
  algorithm: "RS256",
  issuer: "https://login.platform.example/",
  audiences: ["https://api.platform.example", "https://acme.eu.auth0.com/userinfo"],
  lifetimeSeconds: 3_600,
  claimNames: ["iss", "sub", `${NAMESPACE}email`, `${NAMESPACE}connection`],
  isMachine: false,
};

const ISSUERS = ["https://login.platform.example/", "https://acme.eu.auth0.com/"];

/** A set-up in which nothing is wrong. */
export const RIGHT: Auth0Facts = {
  settings: {
    issuers: ISSUERS,
    audience: "https://api.platform.example",
    namespace: NAMESPACE,
    maxTokenLifetimeSeconds: 86_400,
    clockToleranceSeconds: 30,
    otherStrategies: "auth0,email,sms,google-oauth2,apple,github,windowslive,facebook,linkedin,twitter".split(
      ",",
    ),
    appClientIds: ["app"],
    admins: new Set(["app"]),
    frontendUrl: "https://app.platform.example",
    managementUrl: "https://acme.eu.auth0.com",
    eventsClientId: "events",
  },
  issuers: ISSUERS.map((issuer) => ({ issuer, discovered: { value: issuer } })),
  usableKeys: { value: 2 },
  clockSkewSeconds: { value: 0.4 },
  tenant: { value: TENANT },
  eventsScopes: { value: ["read:events", "read:users", "delete:sessions", "delete:refresh_tokens"] },
  token: TOKEN,
};

/** The right set-up with this part of the tenant in place of the right one. */
export function withTenant(part: Partial<TenantFacts>): Auth0Facts {
  return { ...RIGHT, tenant: { value: { ...TENANT, ...part } } };
}
