import type { TenantConnection } from "@platform-api/server/adapters";
import type { Auth0Facts, Auth0Settings, ConnectionFacts, TokenFacts } from "./facts.ts";
import type { PlantedFault } from "./planted-fault.fixture.ts";
import { CONNECTION, FOUND, RIGHT, TOKEN, withTenant } from "./right-set-up.fixture.ts";

const settings = (part: Partial<Auth0Settings>): Auth0Facts => ({
  ...RIGHT,
  settings: { ...RIGHT.settings, ...part },
});
const token = (part: Partial<TokenFacts>): Auth0Facts => ({ ...RIGHT, token: { ...TOKEN, ...part } });
const connection = (part: Partial<ConnectionFacts>) =>
  withTenant({ connections: { value: [{ ...CONNECTION, ...part }] } });
const found = (part: Partial<TenantConnection>) => connection({ found: { value: { ...FOUND, ...part } } });

/** Faults of issuers, organizations, connections and tokens. */
export const LOGIN_FAULTS: readonly PlantedFault[] = [
  [
    "an issuer without the slash",
    { ...RIGHT, issuers: [{ issuer: "https://a.example/", discovered: { value: "https://b.example/" } }] },
    "issuer https://a.example/",
    "it calls itself https://b.example/",
    "AUTH0_ISSUER",
  ],
  [
    "an issuer that is down",
    { ...RIGHT, issuers: [{ issuer: "https://a.example/", discovered: { why: "it is unreachable" } }] },
    "issuer https://a.example/",
    "unreachable",
    "AUTH0_ISSUER",
  ],
  ["no usable key", { ...RIGHT, usableKeys: { value: 0 } }, "key set", "no usable key", "AUTH0_JWKS_URL"],
  ["no key set", { ...RIGHT, usableKeys: { why: "status 404" } }, "key set", "status 404", "AUTH0_JWKS_URL"],
  ["a clock that is late", { ...RIGHT, clockSkewSeconds: { value: 95 } }, "clock", "95 s behind", "NTP"],
  ["a clock that is early", { ...RIGHT, clockSkewSeconds: { value: -40 } }, "clock", "40 s ahead of", "NTP"],
  [
    "a custom domain that is not listed",
    { ...settings({ issuers: ["https://acme.eu.auth0.com/"] }), token: null },
    "custom domains",
    "https://login.platform.example/ is not in AUTH0_ISSUER",
    "AUTH0_ISSUER: add it",
  ],
  [
    "a custom domain that is not ready",
    withTenant({
      customDomains: { value: [{ domain: "login.platform.example", status: "pending_verification" }] },
    }),
    "custom domains",
    "not a ready domain",
    "Branding > Custom Domains",
  ],
  [
    "no organization",
    withTenant({ organizations: { value: [{ id: "acme", auth0OrgId: "org_1", exists: { value: false } }] } }),
    "organization acme",
    "no organization org_1",
    "auth0OrgId",
  ],
  [
    "no connection",
    connection({ found: { value: null } }),
    "connection acme-entra",
    "no connection of this name",
    "its name must be acme-entra",
  ],
  [
    "another strategy",
    found({ strategy: "samlp" }),
    "connection acme-entra",
    "its strategy is samlp",
    "`strategy`",
  ],
  [
    "the common endpoint",
    found({ isCommonEndpoint: true }),
    "connection acme-entra",
    "common endpoint",
    "Use common endpoint",
  ],
  [
    "a user id that is an address",
    found({ userIdAttributes: ["http://schemas.xmlsoap.org/ws/2005/05/identity/claims/emailaddress"] }),
    "connection acme-entra",
    "an address",
    "another-identity-provider",
  ],
  [
    "a user id that is a principal name",
    found({ userIdAttributes: ["upn"] }),
    "connection acme-entra",
    "made from upn",
    "another-identity-provider",
  ],
  [
    "not enabled for the application",
    connection({ clientIds: { value: ["other"] } }),
    "connection acme-entra",
    "not enabled for app",
    "Applications",
  ],
  [
    "not used by the organization",
    connection({ use: { value: null } }),
    "connection acme-entra",
    "org_1 does not use it",
    "Connections > acme-entra",
  ],
  [
    "no membership on authentication",
    connection({ use: { value: { assignsMembership: false } } }),
    "connection acme-entra",
    "without Membership On Authentication",
    "Connections > acme-entra",
  ],
  [
    "a token of another issuer",
    token({ issuer: "https://acme.us.auth0.com/" }),
    "token",
    "its iss is https://acme.us.auth0.com/",
    "AUTH0_ISSUER",
  ],
  [
    "a token for another API",
    token({ audiences: ["https://other.example"] }),
    "token",
    "its aud is https://other.example",
    "AUTH0_AUDIENCE",
  ],
  ["a token with HS256", token({ algorithm: "HS256" }), "token", "signed with HS256", "RS256"],
  [
    "a token that lives too long",
    token({ lifetimeSeconds: 86_401 }),
    "token",
    "it lives 86401 s",
    "Maximum Access Token Lifetime",
  ],
  [
    "a token without an end",
    token({ lifetimeSeconds: null }),
    "token",
    "it has no lifetime",
    "Maximum Access Token Lifetime",
  ],
  ["an opaque token", { ...RIGHT, token: "opaque" }, "token", "not a JWT", "audience=AUTH0_AUDIENCE"],
];
