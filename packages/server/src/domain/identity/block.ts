import { Refusal } from "../refusal.ts";
import type { UserId } from "../user-id.ts";
import type { IdentityLinks } from "./identity-link.ts";

/** Whom operators have blocked. Every method throws {@link Refusal} STORE_UNAVAILABLE without a usable answer. */
export interface BlockedUsers {
  /** Keeps an earlier block, and answers with the time of the one that holds now. `blockedAt`: ISO 8601, UTC. */
  block(userId: UserId, blockedAt: string, signal: AbortSignal): Promise<string>;
  /** Answers with the time of the block that it lifts; null when there is none. */
  unblock(userId: UserId, signal: AbortSignal): Promise<string | null>;
}

/** @throws {Refusal} IDENTITY_BLOCKED when an operator has blocked this person */
export async function refuseBlocked(
  userId: UserId,
  links: Pick<IdentityLinks, "isBlocked">,
  signal: AbortSignal,
): Promise<void> {
  if (await links.isBlocked(userId, signal)) {
    throw new Refusal("IDENTITY_BLOCKED", "an operator has blocked this user");
  }
}
