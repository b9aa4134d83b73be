import { z } from "zod";
import {
  type MembershipPorts,
  type OrganizationId,
  type Role,
  refuseRemovedElsewhere,
  requireRole,
} from "../domain/index.ts";
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
    if (isAdministration) ctx.requireAdministrator(ctx.identity);
    return next();
  });
  return procedure.input(input).use(async ({ ctx, input: { organizationId }, type, getRawInput, next }) => {
    const { signal } = ctx;
    const isChange = type === "mutation";
    const isStored = isChange || storesSomething;
    const identity = isStored ? await ctx.storedIdentity(getRawInput) : ctx.identity;
    await ctx.user(); // refuses who was removed from the organization of the token, out of a cache
    const ports = isStored ? asStored(ctx.ports) : ctx.ports;
    if (isStored) {
      const { organizations } = ctx.ports; // which organization it is, is decided by the connection
      await refuseRemovedElsewhere(identity, organizationId, { ...ports, organizations }, signal);
    }
    const standing = await requireRole(identity, { organizationId, required }, ports, signal);
    if (isChange) ctx.countMutation(identity.userId, standing.organization.id);
    return next({ ctx: { standing } });
  });
}

/** A caller who changes something is judged by what is stored: a demoted admin must not act out of a cache. */
export function asStored(ports: MembershipPorts): MembershipPorts {
  const { memberships, storedMemberships, stored } = ports;
  return { ...ports, organizations: stored, memberships: { ...memberships, find: storedMemberships.find } };
}
