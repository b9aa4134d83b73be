import { z } from "zod";
import { actorSchema, validation } from "../answer/index.ts";
import { checkRole, LINK_RULES, linkOf } from "../domain/index.ts";
import { authenticatedProcedure, router } from "./init.ts";
import { organizationIdInput, roleSchema } from "./schemas.ts";

const check = z.object({
  allowed: z.boolean().describe("Whether the user has the required role"),
  role: roleSchema.nullable(),
  actor: actorSchema,
});

const link = z.object({
  rule: z.enum(LINK_RULES).describe("What decided at the first sign-in whose UUID it is"),
  connection: z.string().describe("The connection of the first sign-in; `auth0` for a password"),
  linkedAt: z.iso.datetime().describe("When the first sign-in was, in UTC"),
});

export const authRouter = router({
  /** Whose token is this? */
  validate: authenticatedProcedure
    .output(validation)
    .query(({ ctx: { user } }) => JSON.parse(user.validation)),

  /** How is this sign-in linked to its user? */
  link: authenticatedProcedure
    .output(link)
    .query(async ({ ctx: { user, ports, signal } }) => linkOf(user.identity, ports, signal)),

  /** Does the user have the role (default `member`) in the organization? */
  check: authenticatedProcedure
    // Strict: a misspelled `role` would be ignored and treated as "member".
    .input(z.strictObject({ organizationId: organizationIdInput, role: roleSchema.optional() }))
    .output(check)
    .query(async ({ ctx: { user, ports, signal }, input }) => {
      const { organizationId, role: required = "member" } = input;
      const { identity } = user;
      const { actor } = identity;
      if (organizationId === null) return { allowed: false, role: null, actor };
      const { allowed, role } = await checkRole(identity, { organizationId, required }, ports, signal);
      return { allowed, role, actor };
    }),
});
