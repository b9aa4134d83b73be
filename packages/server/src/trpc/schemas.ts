import { z } from "zod";
import { parseOrganizationId, parseUserId, ROLES } from "../domain/index.ts";

/** The last gate: whatever a procedure did, an answer whose `userId` is no canonical UUID is not sent. */
export const userIdSchema = z
  .string()
  .refine((value) => parseUserId(value) === value, { error: "not a user id" })
  .describe("The company's own id of the person: a lower-case UUID");

export const roleSchema = z.enum(ROLES);

/** What can be no organization's id simply names none: the answer is as for one that does not exist. */
export const organizationIdInput = z
  .string()
  .min(1)
  .max(256)
  .transform((text) => parseOrganizationId(text));
