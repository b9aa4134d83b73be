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
    .describe("The organization of the token, if the person is an active member there; null otherwise"),
  expiresAt: z.iso.datetime().describe("When the token expires, in UTC"),
});

const check = z.object({
  allowed: z.boolean().describe("Whether the person has the role that was asked for"),
  role: roleSchema.nullable(),
});

export const authRouter = router({
  /** Whose token is this? */
  validate: authenticatedProcedure.output(validation).query(({ ctx }) => {
    const { identity, activeOrganizationId } = ctx.person;
    return {
      userId: identity.userId,
      email: identity.email,
      source: identity.source,
      organizationId: activeOrganizationId,
      expiresAt: new Date(identity.expiresAt * 1000).toISOString(),
    };
  }),

  /** Does the person have a role, `member` unless said, in an organization? */
  check: authenticatedProcedure
    // Strict: a misspelt role would read as none, which is "member".
    .input(z.strictObject({ organizationId: organizationIdInput, role: roleSchema.optional() }))
    .output(check)
    .query(async ({ ctx, input }) => {
      const { organizationId, role: required = "member" } = input;
      if (organizationId === null) return { allowed: false, role: null };
      return checkRole(ctx.person.identity, { organizationId, required }, ctx.ports, ctx.signal);
    }),
});
