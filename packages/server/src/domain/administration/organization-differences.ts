import type { OperatorAction } from "../audit.ts";
import { domainOf } from "../email.ts";
import type { Connection, Organization, OrganizationId } from "../organization.ts";
import type { DeclaredInvitation, DeclaredOrganization } from "./declared-organization.ts";
import type { OrganizationRegistry, OrganizationState } from "./organization-registry.ts";

/** One change, in words for the operator. */
export interface Change {
  readonly organizationId: OrganizationId;
  readonly change: string;
  /** Whether it takes trust or a way to sign in away: the operator has to agree before it is made. */
  readonly takesAway: boolean;
  /** The connection whose users it shuts out; null for any other change. */
  readonly cutOff: string | null;
}

/** How to make one change. */
export interface Step extends Change {
  /** The audit entries of the change, without the time at which it is made. */
  readonly actions: readonly Omit<OperatorAction, "at">[];
  /** Makes the change, or answers false when it cannot. */
  readonly run: (at: string, signal: AbortSignal) => Promise<unknown>;
}

/** What moves from one declared organization to another. */
export interface Transfers {
  /** The present owner of each connection that moves. */
  readonly connections: ReadonlyMap<string, OrganizationId>;
  /** The organizations whose Auth0 id another one gets. */
  readonly auth0Ids: ReadonlySet<OrganizationId>;
}

/** What is stored but no longer declared. */
export function withdrawalsOf(
  { organization: { id }, domains, connections, invitations }: DeclaredOrganization,
  stored: OrganizationState,
  transfers: Transfers,
  registry: OrganizationRegistry,
): Step[] {
  const invited = invitations === null ? null : new Set(invitations.map(({ email }) => email));
  const open = stored.invitations.filter(({ consumedBy }) => consumedBy === null);
  const names = new Set(connections.map(({ name }) => name));
  const taken = { organizationId: id, takesAway: true, cutOff: null };
  return [
    ...open
      .filter(({ email }) => invited !== null && !invited.has(email))
      .map(
        ({ email }): Step => ({
          ...taken,
          change: `invitation of ${email} withdrawn`,
          actions: [{ action: "invitation-revoked", organizationId: id }],
          run: (_, signal) => registry.withdrawInvitation(id, email, signal),
        }),
      ),
    ...stored.connections
      .filter(({ name }) => !names.has(name) && !transfers.connections.has(name))
      .map(
        ({ name }): Step => ({
          ...taken,
          change: `connection ${name} no longer registered`,
          cutOff: name,
          actions: [{ action: "connection-removed", organizationId: id, connection: name }],
          run: (_, signal) => registry.deleteConnection(id, name, signal),
        }),
      ),
    ...stored.domains
      .filter(({ domain }) => !domains.includes(domain))
      .map(
        ({ domain }): Step => ({
          ...taken,
          change: `domain ${domain} no longer verified`,
          actions: [{ action: "domain-released", organizationId: id, domain }],
          run: (_, signal) => registry.deleteDomain(id, domain, signal),
        }),
      ),
  ];
}

/** Frees an Auth0 id that another organization gets: a swap would otherwise find it taken. */
export function releaseOf(
  { organization }: OrganizationState,
  { auth0Ids }: Transfers,
  registry: OrganizationRegistry,
): Step[] {
  if (organization === null || !auth0Ids.has(organization.id)) return [];
  const { id: organizationId, auth0OrgId } = organization;
  return [
    {
      organizationId,
      change: `auth0OrgId ${auth0OrgId} → none`,
      takesAway: true,
      cutOff: null,
      actions: [{ action: "organization-updated", organizationId }],
      run: (_, signal) => registry.putOrganization({ ...organization, auth0OrgId: null }, signal),
    },
  ];
}

/** Differences in the organization itself: its settings, and which organizations it trusts. */
export function settingsOf(
  { organization }: DeclaredOrganization,
  stored: OrganizationState,
  registry: OrganizationRegistry,
): Step[] {
  return organizationDifference(organization, stored.organization).map(
    (difference): Step => ({
      organizationId: organization.id,
      takesAway: false,
      cutOff: null,
      ...difference,
      run: (_, signal) => registry.putOrganization(organization, signal),
    }),
  );
}

/** What is declared but not stored, or stored differently. */
export function grantsOf(
  { organization, domains, connections, invitations }: DeclaredOrganization,
  stored: OrganizationState,
  transfers: Transfers,
  registry: OrganizationRegistry,
): Step[] {
  const { id: organizationId } = organization;
  const verified = new Set(stored.domains.map(({ domain }) => domain));
  const given = { organizationId, takesAway: false, cutOff: null };
  return [
    ...domains
      .filter((domain) => !verified.has(domain))
      .map(
        (domain): Step => ({
          ...given,
          change: `domain ${domain} verified`,
          actions: [{ action: "domain-verified", organizationId, domain }],
          run: (at, signal) =>
            registry.putDomain({ domain, organizationId, verifiedBy: "operator", verifiedAt: at }, signal),
        }),
      ),
    ...connections.flatMap((connection) => {
      const movedFrom = transfers.connections.get(connection.name) ?? null;
      return connectionDifference(connection, stored.connections, movedFrom).map(
        (difference): Step => ({
          ...given,
          ...difference,
          run: (_, signal) => registry.putConnection(connection, { movedFrom }, signal),
        }),
      );
    }),
    ...newInvitations(invitations ?? [], stored).map(({ email, role }): Step => {
      const present = stored.invitations.find((invitation) => invitation.email === email);
      const domain = domainOf(email);
      const fromOutside = present?.fromOutside ?? !(verified.has(domain) || domains.includes(domain));
      return {
        ...given,
        change: `${email} invited as ${role}`,
        actions: [{ action: "invitation-sent", organizationId }],
        run: (_, signal) => registry.putInvitation({ organizationId, email, role, fromOutside }, signal),
      };
    }),
  ];
}

type Difference = Pick<Step, "change" | "actions"> & Partial<Pick<Step, "takesAway" | "cutOff">>;

function organizationDifference(declared: Organization, stored: Organization | null): Difference[] {
  const { id: organizationId } = declared;
  if (stored === null) {
    const actions = [{ action: "organization-created", organizationId }] as const;
    return [{ change: `organization ${declared.name} created`, actions }];
  }
  const fields = ["name", "auth0OrgId", "jit", "defaultRole", "enforceSso"] as const;
  const changes = fields
    .filter((field) => declared[field] !== stored[field])
    .map((field) => `${field} ${stored[field] ?? "none"} → ${declared[field] ?? "none"}`);
  const [trusted, trusts] = [stored, declared].map((each) => [...each.trusts].sort().join(" ") || "none");
  if (trusted !== trusts) changes.push(`trusts ${trusted} → ${trusts}`);
  if (changes.length === 0) return [];
  // Enforcing SSO takes nothing away: memberships stay and count again with the next SSO login.
  const takesAway =
    (stored.jit && !declared.jit) ||
    (stored.auth0OrgId !== null && declared.auth0OrgId !== stored.auth0OrgId) ||
    stored.trusts.some((id) => !declared.trusts.includes(id));
  return [
    { change: changes.join(", "), takesAway, actions: [{ action: "organization-updated", organizationId }] },
  ];
}

function connectionDifference(
  declared: Connection,
  stored: readonly Connection[],
  movedFrom: OrganizationId | null,
): Difference[] {
  const { name, strategy, displayName, organizationId } = declared;
  const about = { organizationId, connection: name };
  if (movedFrom !== null) {
    return [
      {
        change: `connection ${name} moved here from ${movedFrom}`,
        takesAway: true,
        cutOff: name,
        actions: [
          { ...about, action: "connection-removed", organizationId: movedFrom },
          { ...about, action: "connection-enabled" },
        ],
      },
    ];
  }
  const present = stored.find((connection) => connection.name === name);
  if (present === undefined) {
    const actions = [{ ...about, action: "connection-enabled" }] as const;
    return [{ change: `connection ${name} (${strategy}) registered`, actions }];
  }
  if (present.strategy === strategy && present.displayName === displayName) return [];
  const [before, after] = [present, declared].map((each) => `${each.strategy} "${each.displayName}"`);
  return [
    {
      change: `connection ${name}: ${before} → ${after}`,
      actions: [{ ...about, action: "connection-updated" }],
    },
  ];
}

/** Invitations to send, or to send again with another role; an accepted one is never sent again. */
export function newInvitations(
  declared: readonly DeclaredInvitation[],
  { invitations }: OrganizationState,
): DeclaredInvitation[] {
  return declared.filter(({ email, role }) => {
    const present = invitations.find((invitation) => invitation.email === email);
    return present === undefined || (present.consumedBy === null && present.role !== role);
  });
}
