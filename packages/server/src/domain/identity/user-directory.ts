import type { CanonicalEmail } from "../email.ts";
import type { UserId } from "../user-id.ts";

/** Finds the platform user behind an e-mail address, and creates it on the first call. */
export interface UserDirectory {
  /**
   * @throws {Refusal} DIRECTORY_UNAVAILABLE when there is no usable answer before `signal` aborts: unreachable,
   * slow, or answering with anything but a user with this address; OVERLOADED when the queue is full
   */
  ensureUser(email: CanonicalEmail, signal: AbortSignal): Promise<{ userId: UserId; created: boolean }>;
}
