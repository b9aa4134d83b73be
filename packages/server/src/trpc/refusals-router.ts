import { z } from "zod";
import { userIdSchema } from "../answer/index.ts";
import { listRefusals, REFUSAL_CURES, REFUSED_REASONS } from "../domain/index.ts";
import { router } from "./init.ts";
import { inOrganization, organizationProcedure } from "./organization-procedure.ts";

const refusal = z.object({
  email: z
    .string()
    .nullable()
    .describe(
      "Null unless it is at a verified domain of the organization, or that of a member or an invitation",
    ),
  domain: z
    .string()
    .nullable()
    .describe("The domain of the address; null if the sign-in had no valid address"),
  userId: userIdSchema.nullable().describe("The user, if they are or were a member"),
  connection: z
    .string()
    .nullable()
    .describe("A connection of the organization, or the kind of sign-in without SSO; null for another one"),
  reason: z.enum(REFUSED_REASONS),
  firstAt: z.iso.datetime(),
  lastAt: z.iso.datetime(),
  count: z
    .number()
    .int()
    .describe("How many sign-ins, about: each token counts once in each process, and at most one a minute"),
  cure: z
    .enum(REFUSAL_CURES)
    .nullable()
    .describe(
      "What the caller can do. `ask-owner`: an owner can restore them. `none-needed`: what refused them is gone, they can sign in again. Null: nothing here",
    ),
  askedAt: z.iso
    .datetime()
    .nullable()
    .describe("When the removed member asked to be restored, since the removal"),
});

export const refusalsRouter = router({
  /** Who could not get in during the last 14 days, the latest first: at most 50. */
  list: organizationProcedure("admin", inOrganization({}))
    .output(z.array(refusal))
    .query(async ({ ctx: { standing, administration, signal } }) => [
      ...(await listRefusals(standing, administration, signal)),
    ]),
});
