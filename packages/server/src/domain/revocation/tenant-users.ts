/** A user of the identity provider. */
export interface TenantUser {
  readonly isBlocked: boolean;
  /** When it was made, which may be again under a former subject. Null where the identity provider does not say. */
  readonly createdAt: Date | null;
}

/**
 * The users of the Auth0 tenant. Every method throws {@link Refusal} AUTH0_UNAVAILABLE without a usable answer: all calls
 * with one signal share 2 s. Source: `AUTH0`, section 6.
 */
export interface TenantUsers {
  /** The alias of the tenant: only its subjects are known there. */
  readonly tenant: string;
  /** `gone`: it does not exist, or no longer. `unaskable`: what is not an id of a user cannot be asked for, however often. */
  findUser(subject: string, signal: AbortSignal): Promise<TenantUser | "gone" | "unaskable">;
  /**
   * Ends every session and refresh token of the subject. Auth0 does it soon after it has answered. Of a subject that does not
   * exist there is nothing to end.
   */
  revokeAccess(subject: string, signal: AbortSignal): Promise<void>;
}
