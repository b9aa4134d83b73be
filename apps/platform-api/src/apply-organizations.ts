import type { OrganizationRegistry, OrganizationState } from "@platform-api/server/adapters";
import type { Connection, Organization, OrganizationId, Organizations } from "@platform-api/server/domain";
import { type DeclaredOrganization, declaredIds, OrganizationsFileError } from "./organizations-file.ts";

/** One change that was made, in words for the operator. */
export interface Change {
  readonly organizationId: OrganizationId;
  readonly change: string;
}

export interface Applied {
  readonly changes: readonly Change[];
  readonly warnings: readonly string[];
}

export interface ApplyPorts {
  readonly registry: OrganizationRegistry;
  readonly organizations: Organizations;
  readonly now: () => Date;
}

/** One difference between what is declared and what is stored; `run` mends it, or answers false when it cannot. */
interface Step extends Change {
  readonly run: (signal: AbortSignal) => Promise<unknown>;
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
  // Whoever gives up an Auth0 id goes first: the id is one organization's at a time.
  const inOrder = [...declared].sort(
    (a, b) => Number(givers.has(b.organization.id)) - Number(givers.has(a.organization.id)),
  );
  for (const organization of inOrder) {
    const stored = await ports.registry.read(organization.organization.id, namesOf(organization), signal);
    withdrawals.push(...withdrawalsOf(organization, stored, moves, ports));
    grants.push(...grantsOf(organization, stored, moves, ports));
    warnings.push(...ignoredRoles(organization, stored));
  }
  const changes: Change[] = [];
  for (const { organizationId, change, run } of [...withdrawals, ...grants]) {
    if ((await run(signal)) === false) {
      const done = changes.map((made) => `changed before: ${made.organizationId}: ${made.change}`);
      throw new OrganizationsFileError([
        `${organizationId}: ${change}: somebody else changed it meanwhile; apply the file again`,
        ...done,
      ]);
    }
    changes.push({ organizationId, change });
  }
  return { changes, warnings: [...warnings, ...(await sharedDomains(declared, ports, signal))] };
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

function withdrawalsOf(
  { organization: { id }, domains, connections, invitations }: DeclaredOrganization,
  stored: OrganizationState,
  moves: ReadonlyMap<string, OrganizationId>,
  { registry }: ApplyPorts,
): Step[] {
  const invited = invitations === null ? null : new Set(invitations.map(({ email }) => email));
  const open = stored.invitations.filter(({ consumedBy }) => consumedBy === null);
  const names = new Set(connections.map(({ name }) => name));
  return [
    ...open
      .filter(({ email }) => invited !== null && !invited.has(email))
      .map(({ email }) => ({
        organizationId: id,
        change: `invitation of ${email} withdrawn`,
        run: (signal: AbortSignal) => registry.withdrawInvitation(id, email, signal),
      })),
    ...stored.connections
      .filter(({ name }) => !names.has(name) && !moves.has(name))
      .map(({ name }) => ({
        organizationId: id,
        change: `connection ${name} no longer registered`,
        run: (signal: AbortSignal) => registry.deleteConnection(id, name, signal),
      })),
    ...stored.domains
      .filter(({ domain }) => !domains.includes(domain))
      .map(({ domain }) => ({
        organizationId: id,
        change: `domain ${domain} no longer verified`,
        run: (signal: AbortSignal) => registry.deleteDomain(id, domain, signal),
      })),
  ];
}

function grantsOf(
  { organization, domains, connections, invitations }: DeclaredOrganization,
  stored: OrganizationState,
  moves: ReadonlyMap<string, OrganizationId>,
  { registry, now }: ApplyPorts,
): Step[] {
  const { id: organizationId } = organization;
  const verified = new Set(stored.domains.map(({ domain }) => domain));
  const difference = organizationDifference(organization, stored.organization);
  const steps: Step[] = [];
  if (difference !== null) {
    steps.push({
      organizationId,
      change: difference,
      run: (signal) => registry.putOrganization(organization, signal),
    });
  }
  for (const domain of domains) {
    if (verified.has(domain)) continue;
    const verification = {
      domain,
      organizationId,
      verifiedBy: "operator",
      verifiedAt: now().toISOString(),
    } as const;
    steps.push({
      organizationId,
      change: `domain ${domain} verified`,
      run: (signal) => registry.putDomain(verification, signal),
    });
  }
  for (const connection of connections) {
    const movedFrom = moves.get(connection.name) ?? null;
    const change = connectionDifference(connection, stored.connections, movedFrom);
    if (change === null) continue;
    steps.push({
      organizationId,
      change,
      run: (signal) => registry.putConnection(connection, { movedFrom }, signal),
    });
  }
  for (const { email, role } of invitations ?? []) {
    const present = stored.invitations.find((invitation) => invitation.email === email);
    if (present !== undefined && (present.consumedBy !== null || present.role === role)) continue;
    steps.push({
      organizationId,
      change: `${email} invited as ${role}`,
      run: (signal) => registry.putInvitation({ organizationId, email, role }, signal),
    });
  }
  return steps;
}

function organizationDifference(declared: Organization, stored: Organization | null): string | null {
  if (stored === null) return `organization ${declared.name} created`;
  const fields = ["name", "auth0OrgId", "jit", "defaultRole", "enforceSso"] as const;
  const changed = fields.filter((field) => declared[field] !== stored[field]);
  if (changed.length === 0) return null;
  return changed
    .map((field) => `${field} ${stored[field] ?? "none"} → ${declared[field] ?? "none"}`)
    .join(", ");
}

function connectionDifference(
  declared: Connection,
  stored: readonly Connection[],
  movedFrom: OrganizationId | null,
): string | null {
  const { name, strategy, displayName } = declared;
  if (movedFrom !== null) return `connection ${name} moved here from ${movedFrom}`;
  const present = stored.find((connection) => connection.name === name);
  if (present === undefined) return `connection ${name} (${strategy}) registered`;
  if (present.strategy === strategy && present.displayName === displayName) return null;
  return `connection ${name}: ${present.strategy} "${present.displayName}" → ${strategy} "${displayName}"`;
}

/** A role in the file is an invitation's; whoever has accepted one keeps the role they were given. */
function ignoredRoles(
  { organization: { id }, invitations }: DeclaredOrganization,
  stored: OrganizationState,
): string[] {
  return (invitations ?? []).flatMap(({ email, role }) => {
    const accepted = stored.invitations.find((known) => known.email === email && known.consumedBy !== null);
    if (accepted === undefined || accepted.role === role) return [];
    return [
      `${id}: ${email} accepted an invitation as ${accepted.role}; ${role} in the file changes nothing`,
    ];
  });
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
