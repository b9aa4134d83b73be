import { initTRPC } from "@trpc/server";
import { Refusal } from "../domain/index.ts";
import { messageOf, reasonOf, toTRPCError } from "./answers.ts";
import type { Context } from "./context.ts";

const t = initTRPC.context<Context>().create({
  isDev: false,
  errorFormatter({ shape, error }) {
    const { code, httpStatus, path } = shape.data;
    const data = { code, httpStatus, reason: reasonOf(error), ...(path === undefined ? {} : { path }) };
    return { code: shape.code, message: messageOf(error), data };
  },
});

export const router = t.router;

/** Turns a refusal of the domain into its tRPC error. tRPC passes errors on as a result and does not throw them. */
const refusals = t.middleware(async ({ next }) => {
  const result = await next();
  if (!result.ok && result.error.cause instanceof Refusal) throw toTRPCError(result.error.cause);
  return result;
});

/** A procedure without authentication. It ignores credentials. */
export const publicProcedure = t.procedure.use(refusals);

/**
 * A procedure for a user, without a check of their memberships: it must itself refuse a user who was removed from the
 * organization of their token.
 */
export const identifiedProcedure = publicProcedure.use(async ({ ctx, next }) => {
  return next({ ctx: { identity: await ctx.identity() } });
});

/** A procedure for a user. It refuses a user who was removed from the organization of their token. */
export const authenticatedProcedure = identifiedProcedure.use(async ({ ctx, next }) => {
  return next({ ctx: { activeOrganizationId: await ctx.activeOrganization() } });
});
