import { z } from "zod";
import { userIdSchema } from "../answer/index.ts";
import { MOST_ROWS, PAGE_LIMIT, parseOrganizationId, parseUserId, REASONS, ROLES } from "../domain/index.ts";
import { isName, type Named, nameRule } from "../wire/index.ts";

export const roleSchema = z.enum(ROLES).describe("Weakest first; each role includes the ones before it");

/** A malformed id becomes null and gets the same answer as an organization that does not exist. */
export const organizationIdInput = z
  .string()
  .min(1)
  .max(256)
  .describe("The company's own id of the organization")
  .transform((text) => parseOrganizationId(text));

/** A user id of a client. Only its canonical form goes on. */
export const userIdInput = z
  .string()
  .describe("The company's own id of the user")
  .transform((text, context) => {
    const userId = parseUserId(text);
    if (userId !== null) return userId;
    context.addIssue("must be a UUID");
    return z.NEVER;
  });

/** Which organization and which member an input names, if it names them well. */
export const namedIn = z
  .object({ organizationId: organizationIdInput.catch(null), userId: userIdInput.nullable().catch(null) })
  .catch({ organizationId: null, userId: null });

export const instantInput = z.iso
  .datetime({ offset: true, error: "must be a time such as 2026-12-01T12:00:00Z" })
  .transform((text) => new Date(text));

export function nameInput(of: Named) {
  return z.string().refine((text) => isName(of, text), { error: nameRule(of) });
}

/** What every list is asked for. A query string carries numbers as text. */
export const pageInput = {
  cursor: z.string().max(4_096).describe("The `nextCursor` of the previous page").optional(),
  limit: z.coerce
    .number<number>()
    .int()
    .min(1)
    .max(PAGE_LIMIT.most)
    .describe("How many items a page has at most")
    .default(PAGE_LIMIT.usual),
};

export function pageOf<Item extends z.ZodType>(item: Item) {
  const nextCursor = z.string().nullable().describe("Where the next page begins; null after the last one");
  return z.object({ items: z.array(item), nextCursor });
}

/** The rows of a call that changes many. */
export function rowsOf<Row extends z.ZodType>(row: Row) {
  return z.array(row).min(1).max(MOST_ROWS);
}

/** What became of a row of a call that changes many. */
export const verdict = {
  outcome: z
    .enum(["changed", "unchanged", "not-reached", ...REASONS])
    .describe("changed, unchanged (it held already), not-reached (repeat the call), or why it was refused"),
  hint: z.string().nullable().describe("What is wrong, where the reason alone does not say it"),
};

/** A membership as its user sees it. */
export const membership = z.object({
  organizationId: z.string(),
  userId: userIdSchema,
  role: roleSchema,
  status: z.literal("active"),
});
