import type { Role } from "../../wire/index.ts";
import type { OrganizationAudit } from "../audit/organization-audit.ts";
import type { AuditLog, OperatorActor } from "../audit.ts";
import type { Auth0Tenant, ConnectionStore, TokenTrial } from "../connections/setup.ts";
import type { DomainNames, DomainStore, TxtLookup } from "../domains/claim.ts";
import type { CanonicalEmail } from "../email.ts";
import type { Block, HeldSeat, IdentityLink, StoredLinks, SubjectKey } from "../identity/identity-link.ts";
import type { RelinkWindows } from "../identity/relink-window.ts";
import type { SpeakersStore } from "../identity/speakers.ts";
import type { InvitationMail } from "../mailer.ts";
import type { Invitation, Membership, Memberships } from "../membership/membership.ts";
import type { OrganizationId, Organizations } from "../organization.ts";
import type { Transactions } from "../transaction.ts";
import type { UserId } from "../user-id.ts";
import type { OrganizationRegistry } from "./organization-registry.ts";

/** What operators see and change of links beyond what a login does. Errors as in {@link StoredLinks}. */
export interface IdentityRegistry extends StoredLinks {
  /** Every link of the user; one that was made within the last second may be missing. */
  listByUser(userId: UserId, signal: AbortSignal): Promise<readonly IdentityLink[]>;
  /** Every seat that the subject holds; one that it took within the last second may be missing. */
  listSeats(key: SubjectKey, signal: AbortSignal): Promise<readonly HeldSeat[]>;
  findBlock(userId: UserId, signal: AbortSignal): Promise<Block | null>;
}

/** Which members a page lists: only those that fit everything that is given. */
export interface MemberFilter {
  /** What their address begins with, in lower case; empty for any. */
  readonly emailPrefix: string;
  readonly role: Role | null;
  readonly status: Membership["status"] | null;
}

/** Memberships as administrators list them. Errors as in {@link Memberships}. */
export interface MembershipRegistry extends Memberships {
  /** Every membership, removed ones included; what was written within the last second may be missing. */
  listByOrganization(id: OrganizationId, signal: AbortSignal): Promise<readonly Membership[]>;
  /**
   * A page of them, at most `limit`: the active ones by address, then the removed ones. Two requests at most, however
   * many members there are; so a page may be short.
   * @param after the position that the previous page returned; null at the beginning
   * @returns `next` is the position of the next page, null after the last one
   */
  listPage(
    id: OrganizationId,
    page: MemberFilter & { readonly after: string | null; readonly limit: number },
    signal: AbortSignal,
  ): Promise<{ readonly members: readonly Membership[]; readonly next: string | null }>;
  /** The memberships with exactly this address; what was written within the last second may be missing. */
  findByAddress(
    id: OrganizationId,
    email: CanonicalEmail,
    signal: AbortSignal,
  ): Promise<readonly Membership[]>;
  /** A page of the invitations by address, at most `limit`; see `listPage`. */
  invitationPage(
    id: OrganizationId,
    page: { readonly after: string | null; readonly limit: number },
    signal: AbortSignal,
  ): Promise<{ readonly invitations: readonly Invitation[]; readonly next: string | null }>;
  /** The memberships of these users that exist, in any order, read consistently. */
  findMany(
    id: OrganizationId,
    userIds: readonly UserId[],
    signal: AbortSignal,
  ): Promise<readonly Membership[]>;
}

/** How mails leave. */
export interface Outbox {
  /** Sends the mail after the answer, then stores what became of it. */
  post(invitation: Invitation, mail: InvitationMail): void;
}

/** What an organization administers itself with: the stores without a cache. */
export interface Stores {
  readonly organizations: Organizations;
  /** Null where no mail server is configured. */
  readonly outbox: Outbox | null;
  readonly organizationRegistry: OrganizationRegistry;
  readonly memberships: MembershipRegistry;
  readonly speakers: SpeakersStore;
  readonly transactions: Transactions;
  readonly organizationAudit: OrganizationAudit;
  readonly domains: DomainStore;
  readonly domainNames: DomainNames;
  readonly dns: TxtLookup;
  readonly connections: ConnectionStore;
  /** Who signs in through which connection. */
  readonly identities: Pick<IdentityRegistry, "listByUser" | "isBlocked">;
  /** Null where Auth0's Management API is not configured. */
  readonly auth0: Auth0Tenant | null;
  readonly trial: TokenTrial;
  /** Strategies that are not SSO. */
  readonly otherStrategies: ReadonlySet<string>;
  readonly limits: {
    /** How long an invitation is open, in milliseconds. */
    readonly ttlMs: number;
    /** How long after a mail the same address gets no other one, in milliseconds. */
    readonly resendMs: number;
    /** How long a claimed domain waits for its record, in milliseconds. */
    readonly claimMs: number;
    /** How long a domain whose record is missing is still trusted, in milliseconds. */
    readonly graceMs: number;
    /** How old a test may be for SSO to be enforced, in milliseconds. */
    readonly testAgeMs: number;
  };
  readonly now: () => Date;
}

/** The stores that the verbs of administration use, without a cache, and the operator who calls them. */
export interface Administration extends Stores {
  readonly actor: OperatorActor;
  readonly identities: IdentityRegistry;
  readonly windows: RelinkWindows;
  readonly audit: AuditLog;
}
