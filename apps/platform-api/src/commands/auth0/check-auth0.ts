import { type Finding, Findings, type Problem } from "../../terminal/finding.ts";
import { checkAction } from "./action-rules.ts";
import type { ActionVersion } from "./action-version.ts";
import { checkApplications } from "./application-rules.ts";
import { checkConnections, checkOrganizations } from "./connection-rules.ts";
import type { Auth0Facts } from "./facts.ts";
import { checkIssuers, checkToken } from "./issuer-rules.ts";
import { checkEventsScopes, checkRevocation } from "./revocation-rules.ts";
import { checkTenant } from "./tenant-rules.ts";

/** What only the Management API shows. */
const OF_TENANT = [
  "scopes",
  "custom domains",
  "API",
  "applications",
  "self-service profile",
  "organizations",
  "connections",
];

/**
 * Judges a set-up by what was read of it.
 * @param shipped the Action of this release
 * @param neededScopes what the Management client must be allowed
 */
export function checkAuth0(
  facts: Auth0Facts,
  shipped: ActionVersion,
  neededScopes: readonly string[],
): readonly Finding[] {
  const findings = new Findings();
  const { settings, tenant } = facts;
  checkIssuers(facts, findings);
  checkToken(facts, findings);
  if (settings.admins.size === 0) {
    findings.note("administration", "ADMIN_CLIENT_IDS is not set: nobody can administer over the API");
  }
  if ("value" in tenant) {
    findings.ok("Management API", settings.managementUrl ?? "");
    checkTenant(tenant.value, settings, neededScopes, findings);
    checkApplications(tenant.value, settings, findings);
    checkRevocation(tenant.value, settings, findings);
  } else {
    if (settings.managementUrl === null) findings.skipped("Management API", `not looked at: ${tenant.why}`);
    else findings.differ("Management API", noAccess(tenant.why));
    for (const check of OF_TENANT) findings.skipped(check, "not looked at: no Management API");
  }
  checkEventsScopes(facts.eventsScopes, findings);
  checkAction(facts, shipped, findings);
  if ("value" in tenant) {
    checkOrganizations(tenant.value.organizations, findings);
    checkConnections(tenant.value.connections, settings, findings);
  }
  return findings.all;
}

function noAccess(saw: string): Problem {
  return {
    saw,
    expected: "a token for the client AUTH0_MANAGEMENT_CLIENT_ID",
    fix: "the AUTH0_MANAGEMENT_ variables; Applications > APIs > Auth0 Management API > Machine to Machine Applications: authorize the client",
  };
}
