import type { AppRouter } from "@platform-api/server/router";
import { canonicalEmail, includesRole, isRole } from "@platform-api/server/wire";
import { type inferRouterInputs, initTRPC } from "@trpc/server";
import { isOrganizationName } from "../options.ts";
import {
  activeOrganizationId,
  allEnforceSso,
  joinableFor,
  type Organizations,
  organizationsOfUser,
  roleIn,
  trustedEmail,
  verifiersOf,
} from "./belonging.ts";
import type { ProcedureOutput } from "./procedures.ts";
import { asRefused, Refused } from "./refused.ts";
import type { SignedIn } from "./tokens.ts";

/** The context of one request. */
export interface RequestContext {
  readonly organizations: Organizations;
  /** @throws {Refused} when the test has asked for this call to be refused */
  applyRefusal(procedure: string): void;
  /** The answer that the test has set instead of the usual one. */
  applyOverride(procedure: string, usual: unknown): unknown;
  /** @throws {Refused} when there is no valid token */
  signedIn(): SignedIn;
}

type Inputs = inferRouterInputs<AppRouter>;

const t = initTRPC.context<RequestContext>().create({
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

const publicProcedure = t.procedure.use(async ({ ctx, path, next }) => {
  ctx.applyRefusal(path);
  const result = await next();
  return result.ok ? { ...result, data: ctx.applyOverride(path, result.data) } : result;
});

const userProcedure = publicProcedure.use(({ ctx, next }) => {
  const { user, expiresAt } = ctx.signedIn();
  const email = trustedEmail(user, ctx.organizations);
  const organizationId = activeOrganizationId(user, ctx.organizations);
  return next({ ctx: { user, email, organizationId, expiresAt } });
});

/** The server's procedures. `platform-handlers.test.ts` compares their types with the server's. */
export const testRouter = t.router({
  auth: t.router({
    validate: userProcedure.query(({ ctx }): ProcedureOutput<"auth.validate"> => {
      const { user, email, organizationId, expiresAt } = ctx;
      const { userId } = user;
      return {
        userId,
        email,
        source: "auth0",
        organizationId,
        expiresAt: new Date(expiresAt).toISOString(),
      };
    }),
    check: userProcedure.input(checkInput).query(({ ctx, input }): ProcedureOutput<"auth.check"> => {
      const { organizationId, role: required = "member" } = input;
      const role = roleIn(ctx.organizations.get(organizationId), ctx.user, ctx.organizations);
      return { allowed: role !== null && includesRole(role, required), role };
    }),
  }),
  discover: t.router({
    byEmail: publicProcedure
      .input(emailInput)
      .mutation(({ ctx, input }): ProcedureOutput<"discover.byEmail"> => {
        const verifiers = verifiersOf(input.email, ctx.organizations);
        const options = verifiers.flatMap(({ auth0OrgId, connections }) =>
          connections.map(({ name: connection, displayName }) => ({
            connection,
            displayName,
            authorize: {
              connection,
              ...(auth0OrgId !== undefined && { organization: auth0OrgId }),
              login_hint: input.email,
            },
          })),
        );
        if (options.length === 0) return { method: "password" };
        const passwordAllowed = !allEnforceSso(verifiers);
        return { method: "sso", passwordAllowed, options: options.sort(byDisplayName) };
      }),
  }),
  org: t.router({
    me: userProcedure.query(({ ctx }): ProcedureOutput<"org.me"> => {
      const { user, email, organizationId, organizations } = ctx;
      return {
        user: { userId: user.userId, email },
        organizations: organizationsOfUser(user, organizations),
        activeOrganizationId: organizationId,
        joinable: joinableFor(user, organizations).map(({ id, name }) => ({ id, name })),
      };
    }),
    join: userProcedure.input(organizationInput).mutation(({ ctx, input }): ProcedureOutput<"org.join"> => {
      const { user, organizations } = ctx;
      organizationsOfUser(user, organizations); // just-in-time memberships come first
      const organization = joinableFor(user, organizations).find(({ id }) => id === input.organizationId);
      if (organization === undefined) throw new Refused("NOT_JOINABLE");
      const { id: organizationId, defaultRole: role } = organization;
      user.standing.set(organizationId, role);
      return { organizationId, userId: user.userId, role, status: "active" };
    }),
  }),
});

function checkInput(value: unknown): Inputs["auth"]["check"] {
  const { organizationId } = organizationInput(value);
  const { organizationId: _, role, ...others } = fieldsOf(value);
  const [other] = Object.keys(others);
  if (other !== undefined) throw inputProblem(`input: Unrecognized key: "${other}"`);
  if (role === undefined) return { organizationId };
  if (isRole(role)) return { organizationId, role };
  throw inputProblem('role: Invalid option: expected one of "member"|"admin"|"owner"');
}

function organizationInput(value: unknown): Inputs["org"]["join"] {
  const { organizationId } = fieldsOf(value);
  if (isOrganizationName(organizationId)) return { organizationId };
  throw inputProblem("organizationId: 1 to 256 characters");
}

function emailInput(value: unknown): Inputs["discover"]["byEmail"] {
  const { email } = fieldsOf(value);
  const canonical = typeof email === "string" ? canonicalEmail(email) : null;
  if (canonical === null) throw inputProblem("email: not an e-mail address such as jane@acme.example");
  return { email: canonical };
}

function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  if (typeof value === "object" && value !== null) return { ...value };
  throw inputProblem("input: Invalid input: expected object");
}

function inputProblem(problem: string): Refused {
  return new Refused("INPUT_INVALID", { problem });
}

function byDisplayName(a: Option, b: Option): number {
  return a.displayName.localeCompare(b.displayName, "en") || a.connection.localeCompare(b.connection, "en");
}

type Option = Readonly<Record<"displayName" | "connection", string>>;
