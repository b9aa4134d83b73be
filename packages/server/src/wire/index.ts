export { answerHeaders, challenge, PROBLEM_OF_CODE, reasonOfCode } from "./answers.ts";
export {
  AUDIT_ACTIONS,
  AUDIT_FIELDS,
  AUDIT_RULES,
  type AuditAction,
  type AuditField,
  type AuditRule,
} from "./audit-words.ts";
export { credentialOf } from "./credential.ts";
export { canonicalDomain, canonicalEmail, domainOfEmail } from "./email.ts";
export { isLoopback } from "./loopback.ts";
export { isOrganizationId } from "./organization-id.ts";
export { isOrganizationName, ORGANIZATION_NAME_RULE } from "./organization-name.ts";
export { isAlsoByPost } from "./queries-by-post.ts";
export { answerOf, isReason, REASONS, REFUSALS, type Reason } from "./reasons.ts";
export { includesRole, isRole, ROLES, type Role } from "./role.ts";
export { MAX_TIMER_MS } from "./timer.ts";
export { canonicalUserId, isUserId, USER_ID_PATTERN } from "./user-id.ts";
