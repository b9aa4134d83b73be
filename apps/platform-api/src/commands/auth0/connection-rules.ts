import type { TenantConnection } from "@platform-api/server/adapters";
import type { Findings, Problem } from "../../terminal/finding.ts";
import type { Auth0Settings, ConnectionFacts, OrganizationFacts, Read } from "./facts.ts";
import { only, problemIf, record } from "./judgement.ts";

/** Every organization that exists in Auth0 too. */
export function checkOrganizations(
  organizations: Read<readonly OrganizationFacts[]>,
  findings: Findings,
): void {
  if ("why" in organizations) {
    findings.skipped("organizations", `not looked at: ${organizations.why}`);
    return;
  }
  for (const { id, auth0OrgId, exists } of organizations.value) {
    const problem = {
      saw: `Auth0 has no organization ${auth0OrgId}`,
      expected: "the organization that tokens name as org_id",
      fix: "auth0OrgId in the organizations file: the id that Organizations shows (org_…)",
    };
    const judge = (isThere: boolean) => ({ saw: auth0OrgId, problems: problemIf(!isThere, problem) });
    record(`organization ${id}`, exists, judge, findings);
  }
}

/** Every registered connection. */
export function checkConnections(
  connections: Read<readonly ConnectionFacts[]>,
  settings: Auth0Settings,
  findings: Findings,
): void {
  if ("why" in connections) {
    findings.skipped("connections", `not looked at: ${connections.why}`);
    return;
  }
  for (const facts of connections.value) {
    const judge = (found: TenantConnection | null) =>
      found === null ? only(notFound(facts)) : judgeConnection(facts, found, settings);
    record(`connection ${facts.name}`, facts.found, judge, findings);
    for (const [what, read] of [
      ["clients", facts.clientIds],
      ["organization", facts.use],
    ] as const) {
      if ("why" in read && "value" in facts.found && facts.found.value !== null)
        findings.skipped(`connection ${facts.name}`, `its ${what} not looked at: ${read.why}`);
    }
  }
}

function notFound({ name, organizationId }: ConnectionFacts): Problem {
  return {
    saw: "Auth0 has no connection of this name",
    expected: `the connection of ${organizationId}`,
    fix: `Authentication > Enterprise: its name must be ${name}, in the same case; or take it out of the organizations file`,
  };
}

const ADDRESS = /e-?mail|\bmail\b|\bupn\b|userprincipalname|preferred_username/i;

function judgeConnection(facts: ConnectionFacts, found: TenantConnection, { appClientIds }: Auth0Settings) {
  const { name, strategy, auth0OrgId } = facts;
  const clientIds = "value" in facts.clientIds ? facts.clientIds.value : appClientIds;
  const disabledFor = appClientIds.filter((id) => !clientIds.includes(id));
  const addresses = found.userIdAttributes.filter((attribute) => ADDRESS.test(attribute));
  const where = `Authentication > Enterprise > ${name}`;
  return {
    saw: [found.strategy, ...(auth0OrgId === null ? [] : [`used by ${auth0OrgId}`])].join(", "),
    problems: [
      ...problemIf(found.strategy !== strategy, {
        saw: `its strategy is ${found.strategy}`,
        expected: `${strategy}, as registered: it is the first part of every subject`,
        fix: "`strategy` of this connection in the organizations file",
      }),
      ...problemIf(found.isCommonEndpoint, {
        saw: "it uses Microsoft's common endpoint: anybody with an Entra tenant can sign in as any address",
        expected: "the customer's own Entra tenant",
        fix: "take it out of the organizations file now, and create a connection for the customer's tenant without *Use common endpoint*",
      }),
      ...problemIf(addresses.length > 0, {
        saw: `its user id is made from ${addresses.join(", ")}, an address: the next owner of a mailbox becomes the same user`,
        expected: "an id that is never given again: the object id (oid), or a persistent NameID",
        fix: `${where}: the user id attribute or mapping. It changes every subject, so follow docs/runbook/another-identity-provider.md`,
      }),
      ...problemIf(disabledFor.length > 0, {
        saw: `not enabled for ${disabledFor.join(", ")}`,
        expected: "every application of AUTH0_APP_CLIENT_IDS",
        fix: `${where} > Applications`,
      }),
      ...useProblems(facts),
    ],
  };
}

function useProblems({ name, auth0OrgId, use }: ConnectionFacts): readonly Problem[] {
  if (auth0OrgId === null || "why" in use) return [];
  const fix = `Organizations > ${auth0OrgId} > Connections > ${name}`;
  const expected = "enabled, with Membership On Authentication: otherwise Auth0 refuses the login";
  if (use.value === null) return [{ saw: `${auth0OrgId} does not use it`, expected, fix }];
  const saw = `${auth0OrgId} uses it without Membership On Authentication`;
  return problemIf(!use.value.assignsMembership, { saw, expected, fix });
}
