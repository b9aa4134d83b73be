import type { OrganizationRegistry, OrganizationState } from "@platform-api/server/adapters";
import {
  type Connection,
  domainOf,
  type Organization,
  type OrganizationId,
} from "@platform-api/server/domain";
import type { DeclaredOrganization } from "./organizations-file.ts";

/** One change that is made, in words for the operator. */
export interface Change {
  readonly organizationId: OrganizationId;
  readonly change: string;
}

/** One difference between what is declared and what is stored; `run` mends it, or answers false when it cannot. */
export interface Step extends Change {
  readonly run: (signal: AbortSignal) => Promise<unknown>;
}

export interface DifferencePorts {
  readonly registry: OrganizationRegistry;
  readonly now: () => Date;
}

/** What is stored and not declared any more. */
export function withdrawalsOf(
  { organization: { id }, domains, connections, invitations }: DeclaredOrganization,
  stored: OrganizationState,
  moves: ReadonlyMap<string, OrganizationId>,
  { registry }: DifferencePorts,
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

/** What is declared and not stored so; `moves`: whose a declared connection is now. */
export function grantsOf(
  { organization, domains, connections, invitations }: DeclaredOrganization,
  stored: OrganizationState,
  moves: ReadonlyMap<string, OrganizationId>,
  { registry, now }: DifferencePorts,
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
    const domain = domainOf(email);
    const fromOutside = present?.fromOutside ?? !(verified.has(domain) || domains.includes(domain));
    steps.push({
      organizationId,
      change: `${email} invited as ${role}`,
      run: (signal) => registry.putInvitation({ organizationId, email, role, fromOutside }, signal),
    });
  }
  return steps;
}

function organizationDifference(declared: Organization, stored: Organization | null): string | null {
  if (stored === null) return `organization ${declared.name} created`;
  const fields = ["name", "auth0OrgId", "jit", "defaultRole", "enforceSso"] as const;
  const changes = fields
    .filter((field) => declared[field] !== stored[field])
    .map((field) => `${field} ${stored[field] ?? "none"} → ${declared[field] ?? "none"}`);
  const [trusted, trusts] = [stored, declared].map((each) => [...each.trusts].sort().join(" ") || "none");
  if (trusted !== trusts) changes.push(`trusts ${trusted} → ${trusts}`);
  return changes.length === 0 ? null : changes.join(", ");
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
export function ignoredRoles(
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
