import { z } from "zod";
import {
  AUDIT_ACTIONS,
  AUDIT_FIELDS,
  AUDIT_RULES,
  parseDomain,
  parseEmail,
  parseOrganizationId,
  parseUserActor,
  parseUserId,
  ROLES,
} from "../../../domain/index.ts";

export const userId = branded(parseUserId);
export const organizationId = branded(parseOrganizationId);
export const email = branded(parseEmail);
export const role = z.enum(ROLES);
export const instant = z.iso.datetime();
export const domainName = branded(parseDomain);

const auditValues = z
  .partialRecord(z.enum(AUDIT_FIELDS), z.union([z.string(), z.number(), z.boolean(), z.null()]))
  .nullable();

export const auditEntry = z.object({
  id: z.string(),
  at: instant,
  actor: z.union([
    z.enum(["login", "system"]),
    z.templateLiteral(["operator:", z.string()]),
    branded(parseUserActor),
  ]),
  via: z.string().nullable(),
  action: z.enum(AUDIT_ACTIONS),
  userId: userId.nullable(),
  organizationId: organizationId.nullable(),
  tenant: z.string().nullable(),
  subject: z.string().nullable(),
  connection: z.string().nullable(),
  domain: domainName.nullable(),
  holder: z.string().nullable(),
  rule: z.enum(AUDIT_RULES).nullable(),
  invitationId: z.string().nullable(),
  before: auditValues,
  after: auditValues,
});

/** A string that only the domain's own parse function turns into its branded type. */
function branded<T extends string>(parse: (text: string) => T | null) {
  return z.string().transform((text, context): T => {
    const value = parse(text);
    if (value !== null) return value;
    context.addIssue("not in canonical form");
    return z.NEVER;
  });
}
