import { z } from "zod";
import { checkRole } from "../domain/index.ts";
import { authenticatedProcedure, router } from "./init.ts";
import { organizationIdInput, roleSchema } from "./schemas.ts";
import { validation } from "./user.ts";

const check = z.object({
  allowed: z.boolean().describe("Whether the user has the required role"),
  role: roleSchema.nullable(),
});

export const authRouter = router({
  /** Whose token is this? */
  validate: authenticatedProcedure
    .output(validation)
    .query(({ ctx: { user } }) => JSON.parse(user.validation)),

  /** Does the user have the role (default `member`) in the organization? */
  check: authenticatedProcedure
    // Strict: a misspelled `role` would be ignored and treated as "member".
    .input(z.strictObject({ organizationId: organizationIdInput, role: roleSchema.optional() }))
    .output(check)
    .query(async ({ ctx, input }) => {
      const { organizationId, role: required = "member" } = input;
      if (organizationId === null) return { allowed: false, role: null };
      return checkRole(ctx.user.identity, { organizationId, required }, ctx.ports, ctx.signal);
    }),
});
