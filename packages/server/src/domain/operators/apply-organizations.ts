import { auditEntry } from "../audit.ts";
import type { OrganizationId } from "../organization.ts";
import type { Administration } from "./administration.ts";
import { type DeclarationWarning, sharedDomains, warningsOf } from "./declaration-warnings.ts";
import { grantsOf, releaseOf, settingsOf, wayInOf, withdrawalsOf } from "./organization-differences.ts";
import type { DeclaredOrganization } from "./organization-registry.ts";
import type { Change, Comparison, Step, Transfers } from "./organization-step.ts";

/** Everything that applying a declaration would change. */
export interface Plan {
  /** The differences between what is declared and what is stored, in the order in which they are made. */
  readonly changes: readonly Change[];
  /** How to make them. An Auth0 id that moves is first taken from its holder: one step more than the change. */
  readonly steps: readonly Step[];
  readonly warnings: readonly DeclarationWarning[];
}

export type DeclarationProblem =
  | {
      readonly kind: "unknown-trust";
      readonly organizationId: OrganizationId;
      readonly trusted: OrganizationId;
    }
  | { readonly kind: "connection-taken"; readonly name: string; readonly owner: OrganizationId }
  | {
      /** Only the people of the organization change what they have set up. */
      readonly kind: "self-service-connection";
      readonly name: string;
      readonly owner: OrganizationId;
      readonly isRemoved: boolean;
    }
  | { readonly kind: "sso-without-connection"; readonly organizationId: OrganizationId }
  | { readonly kind: "auth0-id-taken"; readonly auth0OrgId: string; readonly owner: OrganizationId }
  | { readonly kind: "not-agreed"; readonly change: Change };

/** The declaration was not applied, and nothing was changed. */
export class DeclarationRefused extends Error {
  readonly problems: readonly DeclarationProblem[];

  constructor(problems: readonly DeclarationProblem[]) {
    super("the declaration cannot be applied");
    this.name = "DeclarationRefused";
    this.problems = problems;
  }
}

/** The declaration was applied in part: another operator has changed the same thing concurrently. */
export class ApplyStopped extends Error {
  /** The change that was not made. */
  readonly change: Change;
  /** The changes before it. */
  readonly made: readonly Change[];

  constructor(change: Change, made: readonly Change[]) {
    super("the declaration was applied in part");
    this.name = "ApplyStopped";
    this.change = change;
    this.made = made;
  }
}

/**
 * Compares a declaration with the store. Organizations that it does not name are left alone.
 * @throws {DeclarationRefused} when the declaration and the store contradict each other
 */
export async function planOrganizations(
  declared: readonly DeclaredOrganization[],
  ports: Administration,
  signal: AbortSignal,
): Promise<Plan> {
  const ids = new Set(declared.map(({ organization }) => organization.id));
  const transfers = await transfersOf(declared, ids, ports, signal);
  const compared: Comparison[] = [];
  const problems: DeclarationProblem[] = [];
  for (const each of declared) {
    const { id: organizationId, enforceSso } = each.organization;
    const stored = await ports.organizationRegistry.read(each, signal);
    compared.push({ declared: each, stored, transfers, ports, now: ports.now() });
    if (enforceSso === true && !wayInOf(each, stored)(stored.connections))
      problems.push({ kind: "sso-without-connection", organizationId });
  }
  if (problems.length > 0) throw new DeclarationRefused(problems);
  const warnings: DeclarationWarning[] = [];
  for (const each of compared) warnings.push(...(await warningsOf(each, signal)));
  warnings.push(...(await sharedDomains(declared, ids, ports.organizations, signal)));
  const withdrawals = compared.flatMap(withdrawalsOf);
  // All settings first: a domain must not come to an organization that is trusted for a moment longer.
  const given = [...compared.flatMap(settingsOf), ...compared.flatMap(grantsOf)];
  const releases = compared.flatMap(releaseOf);
  return { changes: [...withdrawals, ...given], steps: [...withdrawals, ...releases, ...given], warnings };
}

/**
 * Makes the store hold what is declared. All differences are known before the first change, trust is withdrawn before
 * it is granted, and every step may be repeated: after a crash in the middle, the same declaration finishes the work.
 * @param agreed whether the operator has agreed to a change that takes something away
 * @throws {DeclarationRefused} also when it would take away what the operator has not agreed to
 * @throws {ApplyStopped} after some of the changes
 */
export async function applyOrganizations(
  { declared, agreed }: { declared: readonly DeclaredOrganization[]; agreed: (change: Change) => boolean },
  ports: Administration,
  signal: AbortSignal,
): Promise<Plan> {
  const plan = await planOrganizations(declared, ports, signal);
  const notAgreed = plan.changes.filter((change) => change.takesAway && !agreed(change));
  if (notAgreed.length > 0) {
    throw new DeclarationRefused(notAgreed.map((change) => ({ kind: "not-agreed", change })));
  }
  const nextTime = risingTimes(ports.now);
  const made: Change[] = [];
  for (const step of plan.steps) {
    const at = nextTime();
    const { organizationId } = step;
    const audit = step.actions.map((each) => auditEntry({ organizationId, ...each, at, actor: ports.actor }));
    if (!(await step.make({ at, audit }, signal))) throw new ApplyStopped(step, made);
    made.push(step);
  }
  return plan;
}

/** Each time is later than the one before, so that the audit tells the changes in their order. */
function risingTimes(now: () => Date): () => string {
  let last = 0;
  return () => {
    last = Math.max(now().getTime(), last + 1);
    return new Date(last).toISOString();
  };
}

/** Only a declaration that names both organizations may take something from one for the other. */
async function transfersOf(
  declared: readonly DeclaredOrganization[],
  ids: ReadonlySet<OrganizationId>,
  { organizations, connections: stored }: Administration,
  signal: AbortSignal,
): Promise<Transfers> {
  const connections = new Map<string, OrganizationId>();
  const auth0Ids = new Set<OrganizationId>();
  const problems: DeclarationProblem[] = [];
  for (const { organization, connections: routes } of declared) {
    const { id: organizationId, auth0OrgId = null } = organization;
    for (const trusted of organization.trusts) {
      if (ids.has(trusted) || (await organizations.find(trusted, signal)) !== null) continue;
      problems.push({ kind: "unknown-trust", organizationId, trusted });
    }
    const setup = routes.length === 0 ? null : await stored.findSetup(organizationId, signal);
    for (const { name } of routes) {
      const present = await stored.find(name, signal);
      const owner = present?.organizationId ?? organizationId;
      if (present?.origin === "self-service" || setup?.name === name) {
        const isRemoved = present?.state === "removed";
        problems.push({ kind: "self-service-connection", name, owner, isRemoved });
        continue;
      }
      if (owner === organizationId || present?.state === "removed") continue;
      connections.set(name, owner);
      if (!ids.has(owner)) problems.push({ kind: "connection-taken", name, owner });
    }
    if (auth0OrgId === null) continue;
    const owner = (await organizations.findByAuth0OrgId(auth0OrgId, signal))?.id;
    if (owner === undefined || owner === organizationId) continue;
    auth0Ids.add(owner);
    if (!ids.has(owner)) problems.push({ kind: "auth0-id-taken", auth0OrgId, owner });
  }
  if (problems.length > 0) throw new DeclarationRefused(problems);
  return { connections, auth0Ids };
}
