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

/** Gives a refusal of the domain its code: downstream errors arrive here as a result, not as a throw. */
const refusals = t.middleware(async ({ next }) => {
  const result = await next();
  if (!result.ok && result.error.cause instanceof Refusal) throw toTRPCError(result.error.cause);
  return result;
});

/** A procedure for anyone. Credentials are not looked at. */
export const publicProcedure = t.procedure.use(refusals);

/**
 * A procedure for a person that lists their memberships: it must itself refuse a person who was removed from the
 * organization of their token.
 */
export const identifiedProcedure = publicProcedure.use(async ({ ctx, next }) => {
  return next({ ctx: { identity: await ctx.identity() } });
});

/** A procedure for a person: one who was removed from the organization of their token gets no further. */
export const authenticatedProcedure = publicProcedure.use(async ({ ctx, next }) => {
  const identity = await ctx.identity();
  const activeOrganizationId = await ctx.activeOrganization();
  return next({ ctx: { person: { identity, activeOrganizationId } } });
});
