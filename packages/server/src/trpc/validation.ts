import { z } from "zod";
import type { Person } from "./context.ts";
import { userIdSchema } from "./schemas.ts";

export const validationSchema = z.object({
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

/** The answer to "whose token is this?", whatever protocol asks. */
export function validationOf({ identity, activeOrganizationId }: Person): z.input<typeof validationSchema> {
  return {
    userId: identity.userId,
    email: identity.email,
    source: identity.source,
    organizationId: activeOrganizationId,
    expiresAt: new Date(identity.expiresAt * 1000).toISOString(),
  };
}
