import type { CanonicalEmail } from "../email.ts";
import type { UserId } from "../user-id.ts";

/** Finds the platform user behind an e-mail address, creating it at the first call. */
export interface UserDirectory {
  /**
   * @throws {Refusal} DIRECTORY_UNAVAILABLE when there is no usable answer before `signal` aborts: unreachable,
   * slow, or answering something that is no user with this address; OVERLOADED when its queue is full
   */
  ensureUser(email: CanonicalEmail, signal: AbortSignal): Promise<{ userId: UserId; created: boolean }>;
}
