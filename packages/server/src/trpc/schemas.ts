import { z } from "zod";
import { parseOrganizationId, parseUserId, ROLES } from "../domain/index.ts";

/** The last gate: whatever a procedure did, an answer whose `userId` is no canonical UUID is not sent. */
export const userIdSchema = z
  .string()
  .refine((value) => parseUserId(value) === value, { error: "not a user id" })
  .meta({
    description: "The company's own id of the person: a lower-case UUID",
    pattern: "^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$",
  });

export const roleSchema = z.enum(ROLES).describe("Weakest first; each role includes the ones before it");

/** What can be no organization's id simply names none: the answer is as for one that does not exist. */
export const organizationIdInput = z
  .string()
  .min(1)
  .max(256)
  .describe("The company's own id of the organization")
  .transform((text) => parseOrganizationId(text));
