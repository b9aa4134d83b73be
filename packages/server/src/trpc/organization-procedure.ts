import { z } from "zod";
import {
  type Changes,
  changesOfRows,
  type Judged,
  type Membership,
  type MembershipPorts,
  type OrganizationId,
  type Read,
  Refusal,
  type Role,
  refuseAdministration,
  refuseEndedToken,
  refuseRemovedElsewhere,
  requireRole,
  type Transactions,
} from "../domain/index.ts";
import { includesRole } from "../wire/index.ts";
import { type Context, storedIdentity } from "./context.ts";
import { identifiedProcedure } from "./init.ts";
import { organizationIdInput } from "./schemas.ts";

/** The input of a procedure in an organization: its id, and `shape`. */
export function inOrganization<Shape extends z.core.$ZodLooseShape>(shape: Shape) {
  return z.strictObject({ organizationId: organizationIdInput, ...shape });
}

interface Judging {
  /** False for a procedure that a user may call through any application. */
  readonly isAdministration?: boolean;
  /** True for a query that stores something: its caller is judged by what is stored, as that of a mutation. */
  readonly storesSomething?: boolean;
}

export const FROM_ANY_APPLICATION: Judging = { isAdministration: false };

/**
 * A procedure for somebody with at least the role `required` in the organization of its input, who uses an application
 * that may administer. The checks are made in this order: token, application, input, membership, role.
 */
export function organizationProcedure<
  Required extends Role,
  Input extends z.ZodType<{ organizationId: OrganizationId | null }>,
>(required: Required, input: Input, { isAdministration = true, storesSomething = false }: Judging = {}) {
  const procedure = identifiedProcedure.use(({ ctx, next }) => {
    if (isAdministration) refuseAdministration(ctx.identity.claims, ctx.adminClients);
    return next();
  });
  return procedure.input(input).use(async ({ ctx, input: { organizationId }, type, getRawInput, next }) => {
    const { signal } = ctx;
    const isChange = type === "mutation";
    const isStored = isChange || storesSomething;
    const identity = isStored ? await storedIdentity(ctx, getRawInput) : ctx.identity;
    await ctx.sender.user(); // refuses who was removed from the organization of the token, out of a cache
    const ports = isStored ? asStored(ctx.ports) : ctx.ports;
    if (isStored) {
      const { organizations } = ctx.ports; // which organization it is, is decided by the connection
      await refuseRemovedElsewhere(identity, organizationId, { ...ports, organizations }, signal);
    }
    const judge = () => requireRole(identity, { organizationId, required }, ports, signal);
    const standing = await judge();
    if (isChange) ctx.countMutation(identity.userId, standing.organization.id);
    else if (required !== "member") ctx.countRead(identity.userId, standing.organization.id);
    const { administration } = ctx;
    if (!isStored) return next({ ctx: { standing, administration } });
    const judgeAgain = async () => {
      await refuseEndedToken(identity.claims, identity, ports.storedLinks, signal);
      return judge();
    };
    const kept = required === "member" ? required : standing.role; // what any member may do depends on no rank
    const transactions = whileStanding(standing, kept, judgeAgain, administration.transactions);
    return next({ ctx: { standing, administration: { ...administration, transactions } } });
  });
}

/** Counts the rows of a call, which itself was counted as one change. @throws {Refusal} RATE_LIMITED */
export function countRows(
  { countMutation, standing }: Pick<Context, "countMutation"> & { readonly standing: Judged<Role> },
  rows: readonly unknown[],
): void {
  const { organization, membership } = standing;
  countMutation(membership.userId, organization.id, changesOfRows(rows.length) - 1);
}

/**
 * The transactions of a caller who was judged: each holds only if their membership is still the same and they are not
 * blocked. Where one is lost they are judged again, so that a verb that waited, or decides again, is refused to who has been
 * demoted, removed or blocked meanwhile.
 * @param role that they must keep: the verb may rely on the one that they had when it began
 * @throws {Refusal} from `commit`: as the judgement; ROLE_REQUIRED where they have a lower role now
 */
function whileStanding(
  { membership }: Pick<Judged<Role>, "membership">,
  role: Role,
  judgeAgain: () => Promise<Judged<Role>>,
  { commit, backoff }: Transactions,
): Transactions {
  let judged = membership;
  async function judgeNow(): Promise<void> {
    const now = await judgeAgain();
    if (!includesRole(now.role, role)) throw new Refusal("ROLE_REQUIRED", "the caller's role was taken away");
    judged = now.membership;
  }
  return {
    backoff,
    async commit(changes, signal) {
      const own = ownIn(changes, judged);
      if (own !== null && own.rev !== judged.rev) await judgeNow();
      if (own !== null && own.rev !== judged.rev) return false;
      const relies: Read[] = [{ item: "block", absent: { userId: judged.userId } }];
      if (own === null) relies.push({ item: "membership", present: judged });
      const unchanged = [...changes.unchanged, ...relies];
      const isCommitted = await commit({ ...changes, unchanged }, signal);
      if (!isCommitted) await judgeNow();
      return isCommitted;
    },
  };
}

/** The caller's membership as the changes rely on it themselves; null where they do not. */
function ownIn({ writes, unchanged }: Changes, { organizationId, userId }: Membership): Membership | null {
  for (const each of [...writes, ...unchanged]) {
    const present = each.item === "membership" && "present" in each ? each.present : null;
    if (present?.userId === userId && present.organizationId === organizationId) return present;
  }
  return null;
}

/** A caller who changes something is judged by what is stored: a demoted admin must not act out of a cache. */
export function asStored(ports: MembershipPorts): MembershipPorts {
  const { memberships, storedMemberships, stored } = ports;
  return { ...ports, organizations: stored, memberships: { ...memberships, find: storedMemberships.find } };
}
