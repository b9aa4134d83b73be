import type { Reason } from "./reasons.ts";
import type { Role } from "./role.ts";

/** Why a user's work must end, in the order in which it is decided. */
export const STANDING_REASONS = [
  "NOT_A_MEMBER",
  "MEMBERSHIP_REMOVED",
  "ROLE_REQUIRED",
  "IDENTITY_BLOCKED",
  "TOKEN_REVOKED",
  "SSO_REQUIRED",
] as const satisfies readonly Reason[];

export type StandingReason = (typeof STANDING_REASONS)[number];

/** Whether work that a user has begun may go on without them. */
export type UserStanding =
  | { readonly standing: "active"; readonly role: Role }
  | { readonly standing: "ended"; readonly reason: StandingReason };
