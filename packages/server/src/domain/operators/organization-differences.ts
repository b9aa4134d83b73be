import {
  type Connection,
  LOCKABLE_SETTINGS,
  type Lockable,
  newOrganization,
  type Organization,
  type RegisteredConnection,
} from "../organization.ts";
import { newRevision } from "../revision.ts";
import { isSame } from "../same.ts";
import { organizationWrites, readAuth0Id } from "../settings/auth0-id.ts";
import { storing } from "../transaction.ts";
import type { Stores } from "./administration.ts";
import { declaredInvitations, withdrawnInvitations } from "./declared-invitations.ts";
import { declareConnection, declareDomain, withdrawDomain } from "./declared-trust.ts";
import type { DeclaredOrganization, DeclaredSettings, OrganizationState } from "./organization-registry.ts";
import { type Comparison, type Make, type Making, makeBy, type Step } from "./organization-step.ts";

/** Everything in which an organization differs from what is declared. */
export function differencesOf(comparison: Comparison): Step[] {
  return [...withdrawalsOf(comparison), ...settingsOf(comparison), ...grantsOf(comparison)];
}

/** What is stored but no longer declared. */
export function withdrawalsOf(comparison: Comparison): Step[] {
  const { declared, stored, transfers, ports } = comparison;
  const { organization, domains, connections } = declared;
  const { id: organizationId } = organization;
  const names = connections.map(({ name }) => name);
  const removed = stored.connections.filter(
    ({ name, origin }) => origin === "operator" && !names.includes(name) && !transfers.connections.has(name),
  );
  const released = stored.domains.filter(
    ({ domain, verifiedBy }) => verifiedBy === "operator" && !domains.includes(domain),
  );
  const taken = { organizationId, takesAway: true, cutOff: null };
  return [
    ...withdrawnInvitations(comparison),
    ...removed.map(
      (present): Step => ({
        ...taken,
        change: `connection ${present.name} no longer registered`,
        cutOff: present.name,
        actions: [{ action: "connection-removed", connection: present.name }],
        make: declareConnection({ connection: present, movedFrom: null, change: "removed" }, ports),
      }),
    ),
    ...released.map(
      ({ domain }): Step => ({
        ...taken,
        change: `domain ${domain} no longer verified`,
        actions: [{ action: "domain-released", domain }],
        make: withdrawDomain({ organizationId, domain }, ports),
      }),
    ),
  ];
}

/** Frees an Auth0 id that another organization gets: a swap would otherwise find it taken. */
export function releaseOf({ stored: { organization }, transfers, ports }: Comparison): Step[] {
  if (organization === null || !transfers.auth0Ids.has(organization.id)) return [];
  const { id: organizationId, auth0OrgId } = organization;
  return [
    {
      organizationId,
      change: `auth0OrgId ${auth0OrgId} → none`,
      takesAway: true,
      cutOff: null,
      actions: [{ action: "organization-updated" }],
      make: replacing(organization, (present) => ({ ...(present ?? organization), auth0OrgId: null }), ports),
    },
  ];
}

/** Differences in the organization itself: its settings, and which organizations it trusts. */
export function settingsOf({ declared, stored, transfers, ports }: Comparison): Step[] {
  const { organization: present } = stored;
  const isReleased = present !== null && transfers.auth0Ids.has(present.id);
  const before = isReleased ? { ...present, auth0OrgId: null } : present;
  const declare = (from: Organization | null) => declaredOrganization(declared.organization, from);
  const organization = declare(before);
  const { id: organizationId } = organization;
  const make = replacing(before, declare, ports, wayInOf(declared, stored));
  const given = { organizationId, takesAway: false, cutOff: null, make };
  const created = `organization ${organization.name} created`;
  if (present === null) return [{ ...given, change: created, actions: [{ action: "organization-created" }] }];
  const changes = SETTINGS.filter((field) => organization[field] !== present[field]).map(
    (field) => `${field} ${present[field] ?? "none"} → ${organization[field] ?? "none"}`,
  );
  for (const field of ["trusts", "locked"] as const) {
    const [before, after] = [present, organization].map(
      (each) => [...each[field]].sort().join(" ") || "none",
    );
    if (before !== after) changes.push(`${field} ${before} → ${after}`);
  }
  if (changes.length === 0) return [];
  // Enforcing SSO takes nothing away: memberships stay and count again with the next SSO login.
  const takesAway =
    (present.jit && !organization.jit) ||
    (present.auth0OrgId !== null && organization.auth0OrgId !== present.auth0OrgId) ||
    present.trusts.some((id) => !organization.trusts.includes(id));
  return [{ ...given, change: changes.join(", "), takesAway, actions: [{ action: "organization-updated" }] }];
}

const SETTINGS = ["name", "auth0OrgId", "jit", "defaultRole", "enforceSso"] as const;

/** Whether anybody can sign in by SSO once a declaration is applied, with these connections that the organization has. */
type HasWayIn = (known: readonly RegisteredConnection[]) => boolean;

export function wayInOf(
  declared: DeclaredOrganization,
  { connections: planned }: OrganizationState,
): HasWayIn {
  const names = declared.connections.map(({ name }) => name);
  const registered = names.filter((name) => !planned.some((each) => each.name === name));
  return (known) =>
    known.some((each) => isKeptBy(declared, each) && each.state === "enabled") ||
    registered.some((name) => !known.some((each) => each.name === name));
}

/** Whether a declaration leaves a connection to the organization that has it. */
export function isKeptBy(
  { connections }: DeclaredOrganization,
  { name, origin }: RegisteredConnection,
): boolean {
  return origin === "self-service" || connections.some((each) => each.name === name);
}

/**
 * Writes the organization, if it still has the settings that the plan was made for, and nobody else the Auth0 id. What
 * takes a connection away writes it as well, so SSO is never enforced without a way in.
 */
function replacing(
  planned: Organization | null,
  change: (present: Organization | null) => Organization,
  ports: Stores,
  hasWayIn: HasWayIn = () => true,
): Make {
  const { id } = change(planned);
  const settings = (of: Organization | null) =>
    of === null ? null : [...SETTINGS, "trusts", "locked", "state"].map((field) => Reflect.get(of, field));
  const read = async (signal: AbortSignal) => {
    const present = await ports.organizations.find(id, signal);
    const next = { ...change(present), rev: newRevision() };
    const auth0Id = await readAuth0Id(next, present, ports, signal);
    const enforces = next.enforceSso && present?.enforceSso !== true;
    // What is stored now: it may have been removed or switched off since the plan was made.
    const shuts = enforces && !hasWayIn(await ports.connections.findMany(next.connections, signal));
    return { present, next, auth0Id, shuts };
  };
  const decide = ({ present, next, auth0Id, shuts }: Awaited<ReturnType<typeof read>>, { audit }: Making) => {
    const isAsPlanned = isSame(settings(present), settings(planned));
    if (!isAsPlanned || auth0Id.holder !== null || shuts) return { changes: null, result: false };
    return storing(organizationWrites(next, present, auth0Id), audit, true);
  };
  return makeBy(read, decide, ports);
}

/** The organization as the file wants it. What the file leaves out stays as the organization has decided. */
export function declaredOrganization(declared: DeclaredSettings, present: Organization | null): Organization {
  const organization = present ?? newOrganization(declared.id);
  const { isBeginning = false, isClosedByOperators = false } = declared;
  const { auth0OrgId, trusts, ...wanted } = { ...organization, ...declared };
  const { name, jit, defaultRole, enforceSso } = isBeginning && present !== null ? present : wanted;
  const settings = LOCKABLE_SETTINGS.filter((setting) => !isBeginning && declared[setting] !== undefined);
  const locked: readonly Lockable[] = isClosedByOperators ? [...settings, "closing"] : settings;
  return { ...organization, name, jit, defaultRole, enforceSso, auth0OrgId, trusts, locked };
}

/** What is declared but not stored, or stored differently. */
export function grantsOf(comparison: Comparison): Step[] {
  const { declared, stored, ports } = comparison;
  const { organization, domains, connections } = declared;
  const { id: organizationId } = organization;
  const known = stored.domains.map(({ domain }) => domain);
  const given = { organizationId, takesAway: false, cutOff: null };
  const verified = domains.filter((domain) => !known.includes(domain));
  return [
    ...verified.map(
      (domain): Step => ({
        ...given,
        change: `domain ${domain} verified`,
        actions: [{ action: "domain-verified", domain }],
        make: declareDomain({ organizationId, domain }, ports),
      }),
    ),
    ...connections.flatMap((connection) => connectionStep(connection, comparison)),
    ...declaredInvitations(comparison),
  ];
}

function connectionStep(connection: Connection, { stored, transfers, ports }: Comparison): Step[] {
  const { name, strategy, displayName, organizationId } = connection;
  const movedFrom = transfers.connections.get(name) ?? null;
  const present = stored.connections.find((each) => each.name === name);
  const planned = movedFrom === null && present !== undefined ? "described" : "registered";
  const make = declareConnection({ connection, movedFrom, change: planned }, ports);
  const given = { organizationId, takesAway: false, cutOff: null, make };
  const enabled = { action: "connection-enabled", connection: name } as const;
  if (movedFrom !== null) {
    const change = `connection ${name} moved here from ${movedFrom}`;
    const removed = { ...enabled, action: "connection-removed", organizationId: movedFrom } as const;
    return [{ ...given, change, takesAway: true, cutOff: name, actions: [removed, enabled] }];
  }
  if (present === undefined) {
    return [{ ...given, change: `connection ${name} (${strategy}) registered`, actions: [enabled] }];
  }
  if (present.strategy === strategy && present.displayName === displayName) return [];
  const [before, after] = [present, connection].map((each) => `${each.strategy} "${each.displayName}"`);
  const change = `connection ${name}: ${before} → ${after}`;
  return [{ ...given, change, actions: [{ ...enabled, action: "connection-updated" }] }];
}
