import { type Audit, type AuditEntry, auditEntry } from "../audit.ts";
import { Refusal } from "../refusal.ts";

/** What contradicts what, for the operators' log. */
const DETAILS = {
  seat: "another subject of this connection holds the user's seat",
  "signed-user-id": "the signed user id differs from the stored link",
  "foreign-organization": "another organization speaks for this user",
  erased: "the user was erased: only an operator's relink brings them back",
  "moved-connection": "the connection of the link has moved to another organization",
} as const;

/** Records a conflict in the audit, for operators to settle. @returns the refusal to throw */
export async function recordConflict(
  rule: keyof typeof DETAILS,
  about: Pick<AuditEntry, "userId" | "organizationId" | "tenant" | "subject" | "via" | "connection"> &
    Partial<Pick<AuditEntry, "holder">>,
  { audit, now }: { audit: Audit; now: () => Date },
  signal: AbortSignal,
): Promise<Refusal> {
  const at = now().toISOString();
  await audit.append(auditEntry({ ...about, at, actor: "login", action: "identity-conflict", rule }), signal);
  // Of who was erased no address is kept again.
  return new Refusal("IDENTITY_CONFLICT", DETAILS[rule], { isNoted: rule !== "erased" });
}
