import type {
  Membership,
  Organization,
  OrganizationId,
  OrganizationRegistry,
  Organizations,
} from "@platform-api/server/domain";
import type { Deed } from "./commands/operator-audit.ts";
import {
  type DeclaredOrganization,
  declaredIds,
  OrganizationsFileError,
} from "./files/organizations-file.ts";
import {
  type Change,
  grantsOf,
  ignoredRoles,
  invitedMembers,
  newInvitations,
  type Step,
  settingsOf,
  withdrawalsOf,
} from "./organization-differences.ts";

export interface PlanPorts {
  readonly registry: OrganizationRegistry;
  readonly organizations: Organizations;
  /** Every membership of an organization; what was written within the last second may be missing. */
  readonly listMembers: (id: OrganizationId, signal: AbortSignal) => Promise<readonly Membership[]>;
}

export interface ApplyPorts extends PlanPorts {
  readonly now: () => Date;
  /** Whether the operator has agreed to a change that takes something away. */
  readonly agreed: (change: Change) => boolean;
  /** Adds the audit entries of what was just done, which `done` says in words. */
  readonly record: (deeds: readonly Deed[], done: string) => Promise<void>;
}

/** Everything that applying a file would change, in this order. */
export interface Plan {
  readonly withdrawals: readonly Step[];
  /** Organizations whose Auth0 id another one gets: each gives it up before the first is given. */
  readonly givers: readonly Organization[];
  readonly grants: readonly Step[];
  readonly warnings: readonly string[];
}

/**
 * Compares the file with the store; organizations that the file does not name are left alone.
 * @throws {OrganizationsFileError} when the file and the store contradict each other
 */
export async function planOrganizations(
  declared: readonly DeclaredOrganization[],
  ports: PlanPorts,
  signal: AbortSignal,
): Promise<Plan> {
  const { moves, givers } = await changesOfHands(declared, ports, signal);
  const withdrawals: Step[] = [];
  const settings: Step[] = [];
  const grants: Step[] = [];
  const warnings: string[] = [];
  const releases: Organization[] = [];
  for (const organization of declared) {
    const stored = await ports.registry.read(organization.organization.id, namesOf(organization), signal);
    withdrawals.push(...withdrawalsOf(organization, stored, moves, ports.registry));
    if (stored.organization !== null && givers.has(stored.organization.id))
      releases.push(stored.organization);
    settings.push(...settingsOf(organization, stored, ports.registry));
    grants.push(...grantsOf(organization, stored, moves, ports.registry));
    warnings.push(...ignoredRoles(organization, stored));
    const { id } = organization.organization;
    const invited = newInvitations(organization.invitations ?? [], stored);
    if (stored.organization !== null && invited.length > 0)
      warnings.push(...invitedMembers(id, invited, await ports.listMembers(id, signal)));
  }
  warnings.push(...(await sharedDomains(declared, ports, signal)));
  // All settings first: a domain must not come to an organization that is trusted for a moment longer.
  return { withdrawals, givers: releases, grants: [...settings, ...grants], warnings };
}

/**
 * Makes the store say what the file declares. All differences are known before the first is changed, trust is
 * taken back before it is given, and every step may be repeated: after a crash in the middle, the same file
 * finishes the work.
 * @throws {OrganizationsFileError} also when it would take away what nobody has agreed to; nothing is changed then
 */
export async function applyOrganizations(
  declared: readonly DeclaredOrganization[],
  ports: ApplyPorts,
  signal: AbortSignal,
): Promise<Plan> {
  const plan = await planOrganizations(declared, ports, signal);
  const unasked = [...plan.withdrawals, ...plan.grants]
    .filter((step) => step.takesAway && !ports.agreed(step))
    .map(({ organizationId, change }) => `${organizationId}: ${change}: not confirmed; apply the file again`);
  if (unasked.length > 0) throw new OrganizationsFileError(unasked);
  const nextTime = risingTimes(ports.now);
  const made: Change[] = [];
  await makeChanges(plan.withdrawals, made, nextTime, ports, signal);
  for (const giver of plan.givers) {
    await ports.registry.putOrganization({ ...giver, auth0OrgId: null }, signal);
    const deed: Deed = { at: nextTime(), action: "organization-updated", organizationId: giver.id };
    await ports.record([deed], `${giver.id}: auth0OrgId ${giver.auth0OrgId} → none`);
  }
  await makeChanges(plan.grants, made, nextTime, ports, signal);
  return plan;
}

/** @throws {OrganizationsFileError} saying what was done before */
async function makeChanges(
  steps: readonly Step[],
  made: Change[],
  nextTime: () => string,
  { record }: ApplyPorts,
  signal: AbortSignal,
): Promise<void> {
  for (const step of steps) {
    const at = nextTime();
    const done = `${step.organizationId}: ${step.change}`;
    if ((await step.run(at, signal)) === false) {
      throw new OrganizationsFileError([
        `${done}: changed concurrently by someone else; apply the file again`,
        ...made.map(({ organizationId, change }) => `changed before: ${organizationId}: ${change}`),
      ]);
    }
    made.push(step);
    // At once: what an interrupted command has changed must be in the audit.
    const deeds = step.deeds.map((deed) => ({ ...deed, at }));
    await record(deeds, done);
  }
}

/** Each time is later than the one before: two audit entries that are equal in all else stay two. */
function risingTimes(now: () => Date): () => string {
  let last = 0;
  return () => {
    last = Math.max(now().getTime(), last + 1);
    return new Date(last).toISOString();
  };
}

/** What is another organization's now: connections by name, and who has to give up an Auth0 id. */
interface ChangesOfHands {
  readonly moves: ReadonlyMap<string, OrganizationId>;
  readonly givers: ReadonlySet<OrganizationId>;
}

/** Only a file that names both sides may take something from an organization. */
async function changesOfHands(
  declared: readonly DeclaredOrganization[],
  { organizations }: PlanPorts,
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

/** Only the operator may give one domain to several organizations, and should know what that means. */
async function sharedDomains(
  declared: readonly DeclaredOrganization[],
  { organizations }: PlanPorts,
  signal: AbortSignal,
): Promise<string[]> {
  const named = declaredIds(declared);
  const warnings: string[] = [];
  for (const domain of new Set(declared.flatMap(({ domains }) => domains))) {
    const others = (await organizations.listByDomain(domain, signal)).filter(({ id }) => !named.has(id));
    const holders = declared.filter(({ domains }) => domains.includes(domain));
    const ids = [...others, ...holders.map(({ organization }) => organization)].map(({ id }) => id).sort();
    if (ids.length < 2) continue;
    warnings.push(
      `domain ${domain} is shared by ${ids.join(", ")}: an SSO login of one proves an address to that ` +
        `organization alone, unless each of the others trusts it ("trusts" in the file). The first login decides: ` +
        "people first seen through one organization's SSO get IDENTITY_CONFLICT through another's, until " +
        "`platform-api identity allow` settles it",
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
