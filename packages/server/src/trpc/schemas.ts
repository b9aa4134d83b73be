import { z } from "zod";
import { parseOrganizationId, ROLES } from "../domain/index.ts";
import { isUserId, USER_ID_PATTERN } from "../wire/index.ts";

/** The last check: an answer whose `userId` is not a canonical UUID is never sent, whatever a procedure did. */
export const userIdSchema = z.string().refine(isUserId, { error: "not a user id" }).meta({
  description: "The company's own id of the user: a lower-case UUID",
  pattern: USER_ID_PATTERN,
});

export const roleSchema = z.enum(ROLES).describe("Weakest first; each role includes the ones before it");

/** A malformed id becomes null and gets the same answer as an organization that does not exist. */
export const organizationIdInput = z
  .string()
  .min(1)
  .max(256)
  .describe("The company's own id of the organization")
  .transform((text) => parseOrganizationId(text));
