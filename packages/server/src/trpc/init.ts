import { initTRPC } from "@trpc/server";
import type { ServicePermission } from "../domain/index.ts";
import { answered, messageOf, NUMBERS, reasonOf, statusOf } from "./answers.ts";
import { type Context, storedIdentity } from "./context.ts";

const t = initTRPC.context<Context>().create({
  isDev: false,
  allowOutsideOfServer: true, // the mocks of the SDK run in browsers
  errorFormatter({ shape, error }) {
    const { code } = answered(error);
    const { path } = shape.data;
    const httpStatus = statusOf(answered(error));
    const data = { code, httpStatus, reason: reasonOf(error), ...(path === undefined ? {} : { path }) };
    const number: typeof shape.code = NUMBERS[code];
    return { code: number, message: messageOf(error), data };
  },
});

export const router = t.router;

/** A procedure without authentication. It ignores credentials. */
export const publicProcedure = t.procedure;

/**
 * A procedure for a user, without a check of their memberships: it must itself refuse a user who was removed from the
 * organization of their token. A mutation knows the user by what is stored.
 */
export const identifiedProcedure = publicProcedure.use(async ({ ctx, type, getRawInput, next }) => {
  const { sender } = ctx;
  const identity = type === "mutation" ? storedIdentity(ctx, getRawInput) : sender.identity();
  const known = { identity: await sender.counted(identity) };
  return sender.traced(() => next({ ctx: known }));
});

/** A procedure for a user. It refuses a user who was removed from the organization of their token. */
export const authenticatedProcedure = publicProcedure.use(async ({ ctx: { sender }, next }) => {
  const known = { user: await sender.counted(sender.user()) };
  return sender.traced(() => next({ ctx: known }));
});

/** A procedure for a user or a service. */
export const principalProcedure = publicProcedure.use(async ({ ctx: { sender }, next }) => {
  const known = { principal: await sender.counted(sender.principal()) };
  return sender.traced(() => next({ ctx: known }));
});

/** A procedure for a machine, which operators have listed with the permission. It counts the calls of each. */
export function serviceProcedure(permission: ServicePermission) {
  return publicProcedure.use(async ({ ctx: { sender, countService }, next }) => {
    const known = { service: await sender.counted(sender.service(permission)) };
    countService(known.service.clientId, permission);
    return sender.traced(() => next({ ctx: known }));
  });
}
