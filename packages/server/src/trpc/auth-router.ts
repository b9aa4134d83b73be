import { z } from "zod";
import { checkRole } from "../domain/index.ts";
import { authenticatedProcedure, router } from "./init.ts";
import { organizationIdInput, roleSchema, userIdSchema } from "./schemas.ts";

const validation = z.object({
  userId: userIdSchema,
  email: z
    .string()
    .nullable()
    .describe("The address of the token; null unless it is trusted on this request"),
  source: z.enum(["auth0", "platform", "test"]).describe("The kind of issuer that signed the token"),
  organizationId: z
    .string()
    .nullable()
    .describe("The organization of the token, if the user is an active member there; null otherwise"),
  expiresAt: z.iso.datetime().describe("When the token expires, in UTC"),
});

const check = z.object({
  allowed: z.boolean().describe("Whether the user has the required role"),
  role: roleSchema.nullable(),
});

export const authRouter = router({
  /** Whose token is this? */
  validate: authenticatedProcedure
    .output(validation)
    .query(({ ctx: { identity, activeOrganizationId: organizationId } }) => {
      const { userId, email, source, expiresAt } = identity;
      return { userId, email, source, organizationId, expiresAt: new Date(expiresAt * 1000).toISOString() };
    }),

  /** Does the user have the role (default `member`) in the organization? */
  check: authenticatedProcedure
    // Strict: a misspelled `role` would be ignored and treated as "member".
    .input(z.strictObject({ organizationId: organizationIdInput, role: roleSchema.optional() }))
    .output(check)
    .query(async ({ ctx, input }) => {
      const { organizationId, role: required = "member" } = input;
      if (organizationId === null) return { allowed: false, role: null };
      return checkRole(ctx.identity, { organizationId, required }, ctx.ports, ctx.signal);
    }),
});
