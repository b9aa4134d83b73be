import type { CanonicalEmail } from "./email.ts";
import type { OrganizationId } from "./organization.ts";

/** The company's own id of a person: a lower-case UUID. Minted by {@link parseUserId} alone. */
export type UserId = string & { readonly UserId: unique symbol };

const NIL = "00000000-0000-0000-0000-000000000000";
const MAX = "ffffffff-ffff-ffff-ffff-ffffffffffff";

/** Any version, because the directory's Postgres permits any; neither nil nor max (RFC 9562 §5.9, §5.10). */
export function parseUserId(value: unknown): UserId | null {
  if (typeof value !== "string" || !/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(value)) return null;
  const lower = value.toLowerCase();
  return lower === NIL || lower === MAX ? null : (lower as UserId);
}

/** Finds the platform user behind an e-mail address, creating it at the first call. */
export interface UserDirectory {
  /**
   * @throws {Refusal} DIRECTORY_UNAVAILABLE when there is no usable answer before `signal` aborts: unreachable,
   * slow, or answering something that is no user with this address; OVERLOADED when its queue is full
   */
  ensureUser(email: CanonicalEmail, signal: AbortSignal): Promise<UserId>;
}

/** Which rule decided the UUID of a link: our own signed claim, or the directory's user of a trusted address. */
export type LinkRule = "claim" | "verified-domain" | "verified-email" | "report-mode" | "operator";

/** The issuer's key of a user within one tenant. */
export interface SubjectKey {
  readonly tenant: string;
  readonly subject: string;
}

/** (tenant, subject) → UUID, stored at the first login and true for life. */
export interface IdentityLink extends SubjectKey {
  readonly userId: UserId;
  /** The connection of the first login, and the organization it belonged to then (null: not registered). */
  readonly connection: string;
  readonly organizationId: OrganizationId | null;
  /** The address at link time. */
  readonly email: CanonicalEmail | null;
  readonly rule: LinkRule;
  /** ISO 8601, UTC. */
  readonly linkedAt: string;
}

/** (tenant, connection, UUID): the place that at most one subject holds. */
export interface Seat {
  readonly tenant: string;
  readonly connection: string;
  readonly userId: UserId;
}

/**
 * Who was linked to whom. Absence is null; every method throws {@link Refusal} STORE_UNAVAILABLE when there is
 * no usable answer before `signal` aborts.
 */
export interface IdentityLinks {
  find(key: SubjectKey, signal: AbortSignal): Promise<IdentityLink | null>;
  /** Stores the link unless its subject has one; answers with the link that is stored now. */
  create(link: IdentityLink, signal: AbortSignal): Promise<IdentityLink>;
  /** Takes the seat unless another subject holds it; answers with the subject that holds it now. */
  takeSeat(seat: Seat, subject: string, signal: AbortSignal): Promise<string>;
  /** Gives up a seat that `subject` holds; nothing happens when another subject holds it. */
  releaseSeat(seat: Seat, subject: string, signal: AbortSignal): Promise<void>;
  /** Whether an operator has blocked this person. */
  isBlocked(userId: UserId, signal: AbortSignal): Promise<boolean>;
}
