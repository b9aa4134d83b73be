import { z } from "zod";
import { userIdSchema } from "../answer/index.ts";
import {
  AUDIT_ACTIONS,
  AUDIT_FIELDS,
  AUDIT_ORDERS,
  AUDIT_RULES,
  listAudit,
  parseSeenActor,
} from "../domain/index.ts";
import { router } from "./init.ts";
import { inOrganization, organizationProcedure } from "./organization-procedure.ts";
import { instantInput, pageInput, pageOf, userIdInput } from "./schemas.ts";

const values = z
  .partialRecord(z.enum(AUDIT_FIELDS), z.union([z.string(), z.number(), z.boolean(), z.null()]))
  .nullable();

const entry = z.object({
  id: z.string().describe("Stable: the same entry has the same id in every answer"),
  at: z.iso.datetime(),
  actor: z.string().describe("login, system, operator, or user: and the user's id"),
  via: z.string().nullable().describe("The application of a user or a login, if its token said so"),
  action: z.enum(AUDIT_ACTIONS),
  userId: userIdSchema.nullable().describe("Whom it is about"),
  connection: z.string().nullable(),
  domain: z.string().nullable(),
  rule: z.enum(AUDIT_RULES).nullable(),
  invitationId: z.string().nullable(),
  batchId: z
    .string()
    .nullable()
    .describe("The same in all entries that one call, import or file has made; null for an entry of its own"),
  before: values.describe("What changed, as it was before"),
  after: values.describe("What changed, as it is now"),
});

export const auditRouter = router({
  /** What happened in the organization, page by page. */
  list: organizationProcedure(
    "admin",
    inOrganization({
      since: instantInput.describe("Entries at this time and later, ISO 8601 with a zone").optional(),
      until: instantInput.describe("Entries at this time and earlier, ISO 8601 with a zone").optional(),
      actor: z
        .string()
        .describe("Entries of login, system, operator, or user: and a user id")
        .refine((text) => parseSeenActor(text) !== null, {
          error: "must be login, system, operator, or user: and a user id",
        })
        .transform((text) => parseSeenActor(text) ?? undefined)
        .optional(),
      person: userIdInput.describe("Entries of what this user did, and of what was done to them").optional(),
      action: z.enum(AUDIT_ACTIONS).describe("Entries of this action").optional(),
      order: z
        .enum(AUDIT_ORDERS)
        .describe("oldest is the feed for other systems: its cursor is never null")
        .default("newest"),
      ...pageInput,
    }),
  )
    .output(pageOf(entry))
    .query(({ ctx: { standing, administration, signal }, input }) =>
      listAudit({ ...input, organizationId: standing.organization.id }, administration, signal),
    ),
});
