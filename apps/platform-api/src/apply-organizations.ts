import type { Organization, OrganizationId, Organizations } from "@platform-api/server/domain";
import {
  type Change,
  type DifferencePorts,
  grantsOf,
  ignoredRoles,
  type Step,
  withdrawalsOf,
} from "./organization-differences.ts";
import { type DeclaredOrganization, declaredIds, OrganizationsFileError } from "./organizations-file.ts";

export interface Applied {
  readonly changes: readonly Change[];
  readonly warnings: readonly string[];
}

export interface ApplyPorts extends DifferencePorts {
  readonly organizations: Organizations;
}

/**
 * Makes the store say what the file declares; organizations that the file does not name are left alone. All
 * differences are known before the first is mended, trust is taken back before it is given, and every step may
 * be repeated: after a crash in the middle, the same file finishes the work.
 * @throws {OrganizationsFileError} when the file and the store contradict each other; nothing is changed then
 */
export async function applyOrganizations(
  declared: readonly DeclaredOrganization[],
  ports: ApplyPorts,
  signal: AbortSignal,
): Promise<Applied> {
  const { moves, givers } = await changesOfHands(declared, ports, signal);
  const withdrawals: Step[] = [];
  const grants: Step[] = [];
  const warnings: string[] = [];
  const releases: Organization[] = [];
  for (const organization of declared) {
    const stored = await ports.registry.read(organization.organization.id, namesOf(organization), signal);
    withdrawals.push(...withdrawalsOf(organization, stored, moves, ports));
    if (stored.organization !== null && givers.has(stored.organization.id))
      releases.push(stored.organization);
    grants.push(...grantsOf(organization, stored, moves, ports));
    warnings.push(...ignoredRoles(organization, stored));
  }
  const changes: Change[] = [];
  await makeChanges(withdrawals, changes, signal);
  // An Auth0 id is one organization's at a time: all that change hands are free before the first is given.
  for (const giver of releases) await ports.registry.putOrganization({ ...giver, auth0OrgId: null }, signal);
  await makeChanges(grants, changes, signal);
  return { changes, warnings: [...warnings, ...(await sharedDomains(declared, ports, signal))] };
}

/** @throws {OrganizationsFileError} telling what was done before */
async function makeChanges(steps: readonly Step[], changes: Change[], signal: AbortSignal): Promise<void> {
  for (const { organizationId, change, run } of steps) {
    if ((await run(signal)) === false) {
      const done = changes.map((made) => `changed before: ${made.organizationId}: ${made.change}`);
      throw new OrganizationsFileError([
        `${organizationId}: ${change}: somebody else changed it meanwhile; apply the file again`,
        ...done,
      ]);
    }
    changes.push({ organizationId, change });
  }
}

/** What is another organization's now: connections by name, and who has to give up an Auth0 id. */
interface ChangesOfHands {
  readonly moves: ReadonlyMap<string, OrganizationId>;
  readonly givers: ReadonlySet<OrganizationId>;
}

/** Only a file that names both sides may take something from an organization. */
async function changesOfHands(
  declared: readonly DeclaredOrganization[],
  { organizations }: ApplyPorts,
  signal: AbortSignal,
): Promise<ChangesOfHands> {
  const ids = declaredIds(declared);
  const moves = new Map<string, OrganizationId>();
  const givers = new Set<OrganizationId>();
  const problems: string[] = [];
  const refuseUnlessNamed = (what: string, owner: OrganizationId) => {
    if (ids.has(owner)) return;
    problems.push(
      `${what} belongs to organization ${owner}: to move it, name ${owner} in the file, without it`,
    );
  };
  for (const { organization, connections } of declared) {
    for (const trusted of organization.trusts) {
      if (ids.has(trusted) || (await organizations.find(trusted, signal)) !== null) continue;
      problems.push(`${organization.id}: trusts ${trusted}, and there is no such organization`);
    }
    for (const { name } of connections) {
      const owner = (await organizations.findConnection(name, signal))?.organizationId;
      if (owner === undefined || owner === organization.id) continue;
      moves.set(name, owner);
      refuseUnlessNamed(`connection ${name}`, owner);
    }
    if (organization.auth0OrgId === null) continue;
    const owner = (await organizations.findByAuth0OrgId(organization.auth0OrgId, signal))?.id;
    if (owner === undefined || owner === organization.id) continue;
    givers.add(owner);
    refuseUnlessNamed(`auth0OrgId ${organization.auth0OrgId}`, owner);
  }
  if (problems.length > 0) throw new OrganizationsFileError(problems);
  return { moves, givers };
}

/** Only the operator may give one domain to several organizations, and should know it. */
async function sharedDomains(
  declared: readonly DeclaredOrganization[],
  { organizations }: ApplyPorts,
  signal: AbortSignal,
): Promise<string[]> {
  const warnings: string[] = [];
  for (const domain of new Set(declared.flatMap(({ domains }) => domains))) {
    const holders = await organizations.listByDomain(domain, signal);
    if (holders.length < 2) continue;
    const ids = holders.map(({ id }) => id).sort();
    warnings.push(
      `domain ${domain} is shared by ${ids.join(", ")}: beside the one of their connection, people choose which they join`,
    );
  }
  return warnings;
}

function namesOf({ domains, connections, invitations }: DeclaredOrganization) {
  return {
    domains,
    connections: connections.map(({ name }) => name),
    invitations: (invitations ?? []).map(({ email }) => email),
  };
}
