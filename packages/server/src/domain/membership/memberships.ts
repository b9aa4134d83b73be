import type { Role } from "../../wire/index.ts";
import type { Audit } from "../audit.ts";
import { type CanonicalEmail, domainOf } from "../email.ts";
import type { StoredLinks } from "../identity/identity-link.ts";
import type { Identity } from "../identity/resolve-identity.ts";
import type { SpeakersStore } from "../identity/speakers.ts";
import type { Assessment, TrustSettings } from "../login/address-trust.ts";
import type { MemberPlace, MemberWord } from "../member-places.ts";
import type { Membership } from "../membership.ts";
import {
  enforcesSso,
  isClosed,
  type Organization,
  type OrganizationId,
  type Organizations,
} from "../organization.ts";
import type { Transactions } from "../transaction.ts";
import type { UserId } from "../user-id.ts";

declare module "../transaction.ts" {
  interface Items {
    readonly invitation: Invitation;
    readonly invitationLedger: InvitationLedger;
  }
}

/** A role offered to the user who proves to own an address; consumed once. One per address and organization. */
export interface Invitation {
  readonly organizationId: OrganizationId;
  readonly email: CanonicalEmail;
  /** Names it where its address must not stand. */
  readonly invitationId: string;
  readonly role: Role;
  /** Whether the address was outside the organization's domains when it was invited. */
  readonly fromOutside: boolean;
  /** Who consumed it; null while nobody has. */
  readonly consumedBy: UserId | null;
  /** How it ended otherwise; null while it has not. */
  readonly ended: "revoked" | "declined" | "void" | null;
  /** Who has ended it so: an operator's file, which may offer it again, or anybody else; null while it has not. */
  readonly endedBy: "file" | "others" | null;
  /** When it was consumed or ended otherwise; null while it has not. */
  readonly endedAt: string | null;
  /** Whether an operator's file has ever offered it, and would offer it again if nothing were stored. */
  readonly declared: boolean;
  /** Who invited; null for an operator, whose invitations are accepted by signing in. */
  readonly invitedBy: UserId | null;
  /** ISO 8601, UTC, as the other times. */
  readonly createdAt: string;
  readonly expiresAt: string;
  /** What became of the last mail; `none` where no mail server is configured. */
  readonly mail: "sending" | "sent" | "failed" | "none";
  /** When the last mail was sent that has not failed. */
  readonly mailedAt: string | null;
  /** Whether the ledger counts it while it is open. Those of an operator's file are not counted. */
  readonly counted: boolean;
  /** Changes with every write, also with the outcome of a mail. */
  readonly rev: string;
}

/**
 * Which user is a member of which organization. Absence is null or an empty list; every method throws {@link Refusal} STORE_UNAVAILABLE
 * when there is no usable answer before `signal` aborts.
 */
export interface Memberships {
  find(organizationId: OrganizationId, userId: UserId, signal: AbortSignal): Promise<Membership | null>;
  /** Every membership of the user, removed ones included, read consistently. */
  listByUser(userId: UserId, signal: AbortSignal): Promise<readonly Membership[]>;
  findInvitation(id: OrganizationId, email: CanonicalEmail, signal: AbortSignal): Promise<Invitation | null>;
  listInvitations(email: CanonicalEmail, signal: AbortSignal): Promise<readonly Invitation[]>;
  /** Read consistently; nothing is counted where none is stored. */
  findLedger(id: OrganizationId, signal: AbortSignal): Promise<InvitationLedger>;
  /**
   * Counts one open invitation less of those that expire on the day, by one write that waits for no other; nothing where
   * none is counted. Without an answer it may be counted all the same.
   */
  release(id: OrganizationId, day: string, signal: AbortSignal): Promise<void>;
}

/** Which members a page lists: only those that fit everything that is given. */
export interface MemberFilter {
  /** What their address begins with, in lower case; empty for any. */
  readonly emailPrefix: string;
  readonly role: Role | null;
  readonly status: Membership["status"] | null;
}

/**
 * Where an invitation stands in the lists by state: with those that it takes the time, or a look at who invited, to tell
 * apart, or with those that ended alike.
 */
export type InvitationList = "pending" | "accepted" | "revoked" | "declined";

/** Part of a list, by positions of {@link listPlaceOf}, both included. Null is its beginning or its end. */
export interface InvitationRange {
  readonly list: InvitationList;
  readonly from: string | null;
  readonly to: string | null;
}

/** Memberships as administrators list them. Errors as in {@link Memberships}. */
export interface MembershipRegistry extends Memberships {
  /**
   * A page of them, at most `limit`, by {@link memberPosition}. One request, however many members
   * there are; two for those of any status at an address.
   * @param after the position that the previous page returned; null at the beginning
   * @returns `next` is the position of the next page, null after the last one
   */
  listPage(
    id: OrganizationId,
    page: MemberFilter & { readonly after: string | null; readonly limit: number },
    signal: AbortSignal,
  ): Promise<{ readonly members: readonly Membership[]; readonly next: string | null }>;
  /**
   * The members whom words find that begin with this one, by the words, at most `limit` of these. One request, however many
   * members there are.
   * @param word one that has a {@link shelfOf}
   * @param after the position that the previous page returned; null at the beginning
   */
  wordPage(
    id: OrganizationId,
    page: { readonly word: string; readonly after: string | null; readonly limit: number },
    signal: AbortSignal,
  ): Promise<{ readonly words: readonly MemberWord[]; readonly next: string | null }>;
  /** A page of the places of those with a role in a list, in its order, by one request. See `listPage`. */
  placePage(
    id: OrganizationId,
    page: Omit<MemberFilter, "emailPrefix"> &
      Pick<MemberPlace, "by" | "role"> & { readonly after: string | null; readonly limit: number },
    signal: AbortSignal,
  ): Promise<{ readonly places: readonly MemberPlace[]; readonly next: string | null }>;
  /** How many members have the role, by one request that counts no more than `limit`; whether these are all. */
  count(
    id: OrganizationId,
    of: { readonly role: Role; readonly status: Membership["status"] | null; readonly limit: number },
    signal: AbortSignal,
  ): Promise<{ readonly count: number; readonly isAll: boolean }>;
  /** The memberships with exactly this address; what was written within the last second may be missing. */
  findByAddress(
    id: OrganizationId,
    email: CanonicalEmail,
    signal: AbortSignal,
  ): Promise<readonly Membership[]>;
  /**
   * A page of the invitations by one request, at most `limit`; see `listPage`.
   * @param range null for all of them, by address. Its positions are also those of the pages
   */
  invitationPage(
    id: OrganizationId,
    page: { readonly range: InvitationRange | null; readonly after: string | null; readonly limit: number },
    signal: AbortSignal,
  ): Promise<{ readonly invitations: readonly Invitation[]; readonly next: string | null }>;
  /** Of each organization, in the order of the ids; as `findLedger`. */
  findLedgers(ids: readonly OrganizationId[], signal: AbortSignal): Promise<readonly InvitationLedger[]>;
  /** The memberships of these users that exist, in any order, read consistently. */
  findMany(id: OrganizationId, users: readonly UserId[], signal: AbortSignal): Promise<readonly Membership[]>;
}

/**
 * How many invitations of an organization are open, and how many mails it has sent today, on one item: the index lags
 * behind. What a login ends is counted after it: where that is lost, or its reply beside another one, the count is wrong by
 * one until the invitation would have expired.
 */
export interface InvitationLedger {
  readonly organizationId: OrganizationId;
  /** Open invitations by the day on which they expire, such as `2026-12-03`. */
  readonly open: Readonly<Record<string, number>>;
  /** The day of `mails`, in UTC. */
  readonly day: string;
  readonly mails: number;
  /** How many invitations were ever offered or ended otherwise than by a login, also such as are not counted. */
  readonly changes: number;
  /** When the last of them was; null for none. ISO 8601, UTC. */
  readonly changedAt: string | null;
  /** Changes with every write; null while nothing is stored. */
  readonly rev: string | null;
}

export interface MembershipPorts extends TrustSettings {
  /** Cached; a change by another process may take 5 s to show. */
  readonly organizations: Organizations;
  /** Not cached: a decision that stores something is made on what is stored. */
  readonly stored: Organizations;
  readonly storedLinks: StoredLinks;
  readonly memberships: Memberships;
  /** Not cached, like `stored`. */
  readonly storedMemberships: Pick<Memberships, "find">;
  readonly speakers: SpeakersStore;
  readonly transactions: Transactions;
  readonly audit: Audit;
  readonly now: () => Date;
}

/** Whether the login came through one of the organization's own connections. */
export function isOwnLogin(id: OrganizationId, assessment: Pick<Assessment, "login">): boolean {
  return ownConnection(id, assessment) !== null;
}

/** The organization's own connection that the login came through; null for another login. */
export function ownConnection(id: OrganizationId, { login }: Pick<Assessment, "login">): string | null {
  return login.via === "sso" && login.connection.organizationId === id ? login.connection.name : null;
}

/**
 * Whether the membership counts for this login. Invitees with an address outside the organization's domains are exempt
 * from enforced SSO. The address must have been outside when invited (dropping a domain must not exempt its users) and
 * still be outside.
 */
export async function membershipCounts(
  organization: Organization,
  { invitedFromOutside, email }: Membership,
  identity: Pick<Identity, "login">,
  { organizations, now }: Pick<MembershipPorts, "organizations" | "now">,
  signal: AbortSignal,
): Promise<boolean> {
  if (isClosed(organization, { now })) return false;
  if (!enforcesSso(organization, { now }) || isOwnLogin(organization.id, identity)) return true;
  if (email === null || !invitedFromOutside) return false;
  return !(await hasVerified(organization, email, organizations, signal));
}

/** Whether the organization has verified the address's domain. */
export async function hasVerified(
  { id }: Pick<Organization, "id">,
  email: CanonicalEmail,
  organizations: Organizations,
  signal: AbortSignal,
): Promise<boolean> {
  const verifiers = await organizations.listByDomain(domainOf(email), signal);
  return verifiers.some((verifier) => verifier.id === id);
}
