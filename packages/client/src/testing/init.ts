import { includesRole, type Role } from "@platform-api/server/wire";
import { initTRPC } from "@trpc/server";
import { activeOrganizationId, type Organizations, requireMembership, trustedEmail } from "./belonging.ts";
import type { User } from "./people.ts";
import { asRefused, Refused } from "./refused.ts";
import { CONSOLE, type SignedIn } from "./tokens.ts";

/** The context of one request. */
export interface RequestContext {
  readonly organizations: Organizations;
  /** Everybody who can sign in. */
  readonly users: Iterable<User>;
  /** Whether the input is in the URL. */
  readonly isGet: boolean;
  /** The TXT records that the test has set, by name. */
  readonly txt: ReadonlyMap<string, readonly string[]>;
  /** The login that a token is of; null for any other text, and for an expired one. */
  loginOf(token: string): SignedIn | null;
  /** @throws {Refused} when the test has asked for this call to be refused */
  applyRefusal(procedure: string): void;
  /** The answer that the test has set instead of the usual one. */
  applyOverride(procedure: string, usual: unknown): unknown;
  /** @throws {Refused} when there is no valid token */
  signedIn(): SignedIn;
}

export const t = initTRPC.context<RequestContext>().create({
  isDev: false,
  allowOutsideOfServer: true,
  errorFormatter({ shape, error }) {
    const { code, httpStatus, path } = shape.data;
    const { reason, message } = asRefused(error);
    return {
      code: shape.code,
      message,
      data: { code, httpStatus, reason, ...(path === undefined ? {} : { path }) },
    };
  },
});

export const publicProcedure = t.procedure.use(async ({ ctx, path, next }) => {
  ctx.applyRefusal(path);
  const result = await next();
  return result.ok ? { ...result, data: ctx.applyOverride(path, result.data) } : result;
});

/** A procedure for a user, without a check of their memberships. A delegated token neither links nor changes anything. */
export const identifiedProcedure = publicProcedure.use(({ ctx, type, next }) => {
  const { user, clientId, actor, expiresAt } = ctx.signedIn();
  if (actor !== null && (type === "mutation" || !user.hasSignedIn))
    throw new Refused("DELEGATION_NOT_ALLOWED");
  const email = trustedEmail(user, ctx.organizations);
  user.hasSignedIn = true;
  return next({ ctx: { user, clientId, actor, email, expiresAt } });
});

/** A procedure for a user. It refuses a user who was removed from the organization of their token. */
export const userProcedure = identifiedProcedure.use(({ ctx, next }) => {
  const organizationId = activeOrganizationId(ctx, ctx.organizations);
  return next({ ctx: { organizationId } });
});

/** For a procedure in an organization that does not administer it. */
export const FROM_ANY_APPLICATION = { isAdministration: false };

/**
 * A procedure for somebody with at least the role `required` in the organization of its input, who uses an application
 * that may administer.
 */
export function organizationProcedure<Input extends { organizationId: string }>(
  required: Role,
  input: (value: unknown) => Input,
  { isAdministration } = { isAdministration: true },
) {
  const procedure = identifiedProcedure.use(({ ctx: { clientId, actor }, next }) => {
    if (isAdministration && clientId !== CONSOLE) throw new Refused("CLIENT_NOT_ALLOWED");
    if (isAdministration && actor !== null) throw new Refused("DELEGATION_NOT_ALLOWED");
    return next();
  });
  return procedure.input(input).use(({ ctx, input: { organizationId }, next }) => {
    const { organizations } = ctx;
    activeOrganizationId(ctx, organizations); // refuses who was removed from the organization of the token
    const standing = requireMembership(organizations.get(organizationId), ctx, organizations);
    if (!includesRole(standing.role, required)) throw new Refused("ROLE_REQUIRED");
    return next({ ctx: standing });
  });
}
