import { auditEntry } from "../audit.ts";
import { batchIds, eachAtOnce } from "../batches.ts";
import type { Invitation } from "../membership/memberships.ts";
import { within } from "../waiting/abortable.ts";
import { settle } from "./applied-declaration.ts";
import type { DeclarationWarning } from "./declaration-warnings.ts";
import { keepDeclared, namedInvitations } from "./declared-invitations.ts";
import {
  type ApplyPorts,
  compareOrganizations,
  type DeclarationProblem,
  ORGANIZATION_MS,
  ORGANIZATIONS_AT_ONCE,
} from "./organization-comparison.ts";
import { grantsOf, releaseOf, settingsOf, withdrawalsOf } from "./organization-differences.ts";
import type { DeclaredOrganization } from "./organization-registry.ts";
import type { Change, Comparison, Step } from "./organization-step.ts";

/** Everything that applying a declaration would change. */
export interface Plan {
  /** The differences between what is declared and what is stored, in the order in which they are made. */
  readonly changes: readonly Change[];
  /** How to make them. An Auth0 id that moves is first taken from its holder: one step more than the change. */
  readonly steps: readonly Step[];
  readonly warnings: readonly DeclarationWarning[];
  /** Invitations that are to stay stored, because the declaration names them. */
  readonly named: readonly Invitation[];
  /** What is compared, and is as declared once the steps are made: the next plan then reads no more than that. */
  readonly settling: readonly Comparison[];
}

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
  ports: ApplyPorts,
  signal: AbortSignal,
): Promise<Plan> {
  const compared = await compareOrganizations(declared, ports, signal);
  const { comparisons, problems, warnings, sharing } = compared;
  if (problems.length > 0) throw new DeclarationRefused(problems);
  const withdrawals = comparisons.flatMap(withdrawalsOf);
  // All settings first: a domain must not come to an organization that is trusted for a moment longer.
  const given = [...comparisons.flatMap(settingsOf), ...comparisons.flatMap(grantsOf)];
  const releases = comparisons.flatMap(releaseOf);
  return {
    changes: [...withdrawals, ...given],
    steps: [...withdrawals, ...releases, ...given],
    warnings,
    named: comparisons.flatMap(namedInvitations),
    settling: comparisons.filter(({ declared: { organization } }) => !sharing.has(organization.id)),
  };
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
  ports: ApplyPorts,
  signal: AbortSignal,
): Promise<Plan> {
  const plan = await planOrganizations(declared, ports, signal);
  const notAgreed = plan.changes.filter((change) => change.takesAway && !agreed(change));
  if (notAgreed.length > 0) {
    throw new DeclarationRefused(notAgreed.map((change) => ({ kind: "not-agreed", change })));
  }
  await applyPlan(plan, ports, signal);
  return plan;
}

/**
 * Makes the changes of a plan, to all of which the operator has agreed. Each reads again what it changes.
 * @throws {ApplyStopped} after some of the changes
 */
export async function applyPlan(
  { steps, settling, named }: Plan,
  ports: ApplyPorts,
  signal: AbortSignal,
): Promise<void> {
  const nextTime = risingTimes(ports.now);
  const batchIdOf = batchIds(
    steps.flatMap(({ organizationId, actions }) => actions.map(() => organizationId)),
  );
  const left = Map.groupBy(steps, ({ organizationId }) => organizationId);
  const settlingById = new Map(settling.map((each) => [each.declared.organization.id, each]));
  const remember = (comparison: Comparison, done: readonly Step[]) =>
    within(ORGANIZATION_MS, signal, (limit) => settle(comparison, done, ports, limit));
  const made: Change[] = [];
  for (const step of steps) {
    const { organizationId } = step;
    const making = () => {
      const at = nextTime();
      const by = { organizationId, batchId: batchIdOf(organizationId) };
      return {
        at,
        audit: step.actions.map((each) => auditEntry({ ...by, ...each, at, actor: ports.actor })),
      };
    };
    const isMade = await within(ORGANIZATION_MS, signal, (limit) => step.make(making, limit));
    if (!isMade) throw new ApplyStopped(step, made);
    made.push(step);
    ports.onProgress?.({ phase: "made", done: made.length, of: steps.length, changed: left.size });
    // At once, so that after a crash only the rest is compared again.
    const all = left.get(organizationId) ?? [];
    if (all.at(-1) !== step) continue;
    const finished = settlingById.get(organizationId);
    if (finished !== undefined) await remember(finished, all);
  }
  await eachAtOnce(named, ORGANIZATIONS_AT_ONCE, (invitation) =>
    within(ORGANIZATION_MS, signal, (limit) => keepDeclared(invitation, ports, limit)),
  );
  const same = settling.filter(({ declared }) => !left.has(declared.organization.id));
  await eachAtOnce(same, ORGANIZATIONS_AT_ONCE, (comparison) => remember(comparison, []));
}

/** Each time is later than the one before, so that the audit tells the changes in their order. */
function risingTimes(now: () => Date): () => string {
  let last = 0;
  return () => {
    last = Math.max(now().getTime(), last + 1);
    return new Date(last).toISOString();
  };
}
