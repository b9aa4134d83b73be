/**
 * Auth0's strategies of enterprise connections. An administrator of the customer decides what such a login says about
 * its user, so it never counts as a login that proves its own mailbox. Closed: a strategy that is new in Auth0 is added
 * here.
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
