/**
 * Auth0's strategies of enterprise connections. The customer's administrator decides what such a login says about its
 * user, so it never proves a mailbox by itself. A closed list: add a new strategy of Auth0 here.
 */
export const ENTERPRISE_STRATEGIES: readonly string[] = [
  "ad",
  "adfs",
  "auth0-adldap",
  "auth0-oidc",
  "auth0-samlp",
  "google-apps",
  "ip",
  "keycloak-samlp",
  "office365",
  "oidc",
  "okta",
  "okta-samlp",
  "pingfederate",
  "samlp",
  "sharepoint",
  "waad",
];
