/** The path of the wizard. The ticket is in the query, as at Auth0. */
export const WIZARD = "/self-service/connections-flow";

/** The kinds of identity provider that the wizard can connect. */
export const SELF_SERVICE_STRATEGIES: readonly string[] = [
  "waad",
  "okta",
  "oidc",
  "samlp",
  "adfs",
  "google-apps",
];

/** @param issuer with a trailing slash */
export function wizardUrl(issuer: string, ticket: string): string {
  const url = new URL(WIZARD, issuer);
  url.searchParams.set("ticket", ticket);
  return url.href;
}
