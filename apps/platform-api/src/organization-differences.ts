import {
  type Connection,
  domainOf,
  type Membership,
  type Organization,
  type OrganizationId,
  type OrganizationRegistry,
  type OrganizationState,
} from "@platform-api/server/domain";
import type { Deed } from "./commands/operator-audit.ts";
import type { DeclaredInvitation, DeclaredOrganization } from "./files/organizations-file.ts";

/** One change, in words for the operator. */
export interface Change {
  readonly organizationId: OrganizationId;
  readonly change: string;
  /** Whether it takes trust, or a way in, from somebody: the operator is asked before it is made. */
  readonly takesAway: boolean;
  /** The connection whose people it shuts out; null for any other change. */
  readonly cutOff: string | null;
}

/** One difference between what is declared and what is stored. */
export interface Step extends Change {
  /** Audit entries of the change, without the time at which it is made. */
  readonly deeds: readonly Omit<Deed, "at">[];
  /** Makes the change, or answers false when it cannot. */
  readonly run: (at: string, signal: AbortSignal) => Promise<unknown>;
}

/** What is stored and not declared any more. */
export function withdrawalsOf(
  { organization: { id }, domains, connections, invitations }: DeclaredOrganization,
  stored: OrganizationState,
  moves: ReadonlyMap<string, OrganizationId>,
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
          deeds: [{ action: "invitation-revoked", organizationId: id }],
          run: (_, signal) => registry.withdrawInvitation(id, email, signal),
        }),
      ),
    ...stored.connections
      .filter(({ name }) => !names.has(name) && !moves.has(name))
      .map(
        ({ name }): Step => ({
          ...taken,
          change: `connection ${name} no longer registered`,
          cutOff: name,
          deeds: [{ action: "connection-removed", organizationId: id, connection: name }],
          run: (_, signal) => registry.deleteConnection(id, name, signal),
        }),
      ),
    ...stored.domains
      .filter(({ domain }) => !domains.includes(domain))
      .map(
        ({ domain }): Step => ({
          ...taken,
          change: `domain ${domain} no longer verified`,
          deeds: [{ action: "domain-released", organizationId: id, domain }],
          run: (_, signal) => registry.deleteDomain(id, domain, signal),
        }),
      ),
  ];
}

/** What an organization itself is to be: its settings, and whom it trusts. */
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

/** What is declared and not stored so; `moves`: whose a declared connection is now. */
export function grantsOf(
  { organization, domains, connections, invitations }: DeclaredOrganization,
  stored: OrganizationState,
  moves: ReadonlyMap<string, OrganizationId>,
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
          deeds: [{ action: "domain-verified", organizationId, domain }],
          run: (at, signal) =>
            registry.putDomain({ domain, organizationId, verifiedBy: "operator", verifiedAt: at }, signal),
        }),
      ),
    ...connections.flatMap((connection) => {
      const movedFrom = moves.get(connection.name) ?? null;
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
        deeds: [{ action: "invitation-sent", organizationId }],
        run: (_, signal) => registry.putInvitation({ organizationId, email, role, fromOutside }, signal),
      };
    }),
  ];
}

type Difference = Pick<Step, "change" | "deeds"> & Partial<Pick<Step, "takesAway" | "cutOff">>;

function organizationDifference(declared: Organization, stored: Organization | null): Difference[] {
  const { id: organizationId } = declared;
  if (stored === null) {
    const deeds = [{ action: "organization-created", organizationId }] as const;
    return [{ change: `organization ${declared.name} created`, deeds }];
  }
  const fields = ["name", "auth0OrgId", "jit", "defaultRole", "enforceSso"] as const;
  const changes = fields
    .filter((field) => declared[field] !== stored[field])
    .map((field) => `${field} ${stored[field] ?? "none"} → ${declared[field] ?? "none"}`);
  const [trusted, trusts] = [stored, declared].map((each) => [...each.trusts].sort().join(" ") || "none");
  if (trusted !== trusts) changes.push(`trusts ${trusted} → ${trusts}`);
  if (changes.length === 0) return [];
  // Enforcing SSO is not among them: memberships stay, and count again with the next login through SSO.
  const takesAway =
    (stored.jit && !declared.jit) ||
    (stored.auth0OrgId !== null && declared.auth0OrgId !== stored.auth0OrgId) ||
    stored.trusts.some((id) => !declared.trusts.includes(id));
  return [
    { change: changes.join(", "), takesAway, deeds: [{ action: "organization-updated", organizationId }] },
  ];
}

function connectionDifference(
  declared: Connection,
  stored: readonly Connection[],
  movedFrom: OrganizationId | null,
): Difference[] {
  const { name, strategy, displayName, organizationId } = declared;
  const deed = { organizationId, connection: name };
  if (movedFrom !== null) {
    return [
      {
        change: `connection ${name} moved here from ${movedFrom}`,
        takesAway: true,
        cutOff: name,
        deeds: [
          { ...deed, action: "connection-removed", organizationId: movedFrom },
          { ...deed, action: "connection-enabled" },
        ],
      },
    ];
  }
  const present = stored.find((connection) => connection.name === name);
  if (present === undefined) {
    const deeds = [{ ...deed, action: "connection-enabled" }] as const;
    return [{ change: `connection ${name} (${strategy}) registered`, deeds }];
  }
  if (present.strategy === strategy && present.displayName === displayName) return [];
  const [before, after] = [present, declared].map((each) => `${each.strategy} "${each.displayName}"`);
  return [
    {
      change: `connection ${name}: ${before} → ${after}`,
      deeds: [{ ...deed, action: "connection-updated" }],
    },
  ];
}

/** The ones not offered yet, or with another role; an accepted one is never offered again. */
export function newInvitations(
  declared: readonly DeclaredInvitation[],
  { invitations }: OrganizationState,
): DeclaredInvitation[] {
  return declared.filter(({ email, role }) => {
    const present = invitations.find((invitation) => invitation.email === email);
    return present === undefined || (present.consumedBy === null && present.role !== role);
  });
}

/** A role in the file is an invitation's; an accepted invitation keeps the role that it gave. */
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

/** An invitation does nothing for a person who has a membership, and waits for the next one with the address. */
export function invitedMembers(
  id: OrganizationId,
  invited: readonly DeclaredInvitation[],
  members: readonly Membership[],
): string[] {
  return members
    .filter((member) => invited.some(({ email }) => email === member.email))
    .map(({ email, role, status }) => {
      const now = status === "active" ? `is a member already, as ${role}` : "was removed";
      return `${id}: ${email} ${now}: the invitation changes nothing for them, and is open to the next person who proves the address`;
    });
}
