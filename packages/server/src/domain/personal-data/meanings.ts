import type { HeldItems, HeldKind } from "./held-items.ts";

/** The kinds of which no field is about somebody. */
type ImpersonalKind =
  | "pointer"
  | "domain"
  | "claim"
  | "connection"
  | "setup"
  | "window"
  | "heartbeat"
  | "invitationLedger";
export type PersonalKind = Exclude<HeldKind, ImpersonalKind>;

/** What an export has of an organization: only that somebody is its owner, or has asked to close it. */
type OwnedOrganization = Pick<HeldItems["organization"], "id" | "name" | "owners" | "closing">;

type FieldsOf<Kind extends PersonalKind> = Kind extends "organization"
  ? keyof OwnedOrganization
  : keyof HeldItems[Kind];

const TIME = "ISO 8601, UTC";
const REVISION = "changes with every write";
const TENANT = "the Auth0 tenant, by our name for it";
const SUBJECT = "Auth0's id of the account";
const SECONDS = "whole seconds since 1970";

/** What each field of an item says: of all, so that none is exported without its meaning. */
export const MEANINGS: { readonly [Kind in PersonalKind]: Readonly<Record<FieldsOf<Kind>, string>> } = {
  organization: {
    id: "the organization's id",
    name: "its name",
    owners: "that the user is one of its owners; the others are left out",
    closing:
      "that the user has asked to close it, when it closes, and what became of the mails; null otherwise",
  },
  membership: {
    organizationId: "the organization that the user is or was a member of, or invited or removed somebody in",
    userId: "the user",
    role: "what the member may do",
    status:
      "whether the membership is active or removed; a removed one stays, so that no login brings it back",
    origin: "what made it: a first login (jit), an invitation, joining, or an import by an operator",
    email:
      "the address that the user proved then; of an import, that of the user directory; null once erased",
    name: "what the login calls the user, for people to read and search; null for nothing, and once erased",
    namedAt: `when a login last said the name (${TIME}); null for never`,
    invitedFromOutside: "whether the invitation was to an address outside the organization's domains",
    invitedBy: "the user who invited; null for nobody, or an operator",
    leftAt: `when the user left by themselves (${TIME}); null otherwise`,
    removedBy: "the user who removed the member; null for an operator, and for nobody",
    askedAt: `when the removed user last asked to be restored (${TIME}); null for never`,
    ceased: `when the user last lost each role (${TIME})`,
    createdAt: `since when it is stored (${TIME})`,
    rev: REVISION,
  },
  memberWord: {
    organizationId: "the organization in which the word finds the user",
    userId: "the user",
    word: "a word of the user's address or name, by which administrators find the user",
    words: "all such words of the user",
  },
  memberPlace: {
    organizationId: "the organization whose list it is",
    userId: "the user",
    by: "by what the list is sorted",
    role: "what the member may do",
    position: "where the user stands: by the name, or else the address, or by when the user came",
  },
  refusal: {
    organizationId: "the organization whose administrators see that a sign-in was refused",
    slot: "its place among the recent ones",
    connection: "the connection of the sign-in; null for one of another organization",
    email: "the address, if it is the organization's to know; null otherwise",
    domain: "the domain of the address; null where the sign-in had none",
    userId: "the user, if they are or were a member; null otherwise",
    reason: "why the sign-in was refused",
    firstAt: `when it first was (${TIME})`,
    lastAt: `when it last was (${TIME}); it is deleted 14 days later`,
    count: "how many times it was stored",
    askedAt: `when the removed user last asked to be restored (${TIME}); null for never`,
    rev: REVISION,
  },
  invitation: {
    organizationId: "the organization that the invitation is to",
    email: "the address that is invited; left out where it is another person's",
    invitationId: "its id in the audit",
    role: "the role that it offers",
    fromOutside: "whether the address is outside the organization's domains",
    consumedBy: "the user who has accepted it; null for nobody; left out where it is another person",
    ended: "how it has ended otherwise; null if it has not",
    endedBy: "whether an operator's file or somebody else has ended it so",
    endedAt: `when it was accepted or ended (${TIME})`,
    declared: "whether an operator's file has offered it",
    invitedBy: "the user who invited; null for an operator",
    createdAt: `when it was offered (${TIME})`,
    expiresAt: `until when it can be accepted (${TIME})`,
    mail: "what became of its last mail",
    mailedAt: `when that mail was sent (${TIME})`,
    counted: "whether it counts for the organization's limit",
    rev: REVISION,
  },
  link: {
    tenant: TENANT,
    subject: SUBJECT,
    userId: "the user whom that account signs in as",
    connection: "the connection of the first login",
    organizationId: "the organization of that connection then; null for none",
    email: "the address that the first login proved; null for none",
    rule: "which rule linked the account to the user",
    linkedAt: `when (${TIME})`,
    rev: REVISION,
  },
  seat: {
    tenant: TENANT,
    connection: "a connection by which the user has signed in",
    userId: "the user",
    subject: `${SUBJECT} that may sign in as the user by this connection; left out where it is another person's`,
    rev: REVISION,
  },
  speakers: {
    userId: "the user",
    by: "whether the first login proved the address to everyone (@mailbox) or to one organization",
    sso: "the organization whose SSO speaks for the user; null for none",
    inside: "the organizations, and their domains, that have the user as a member by an address of their own",
    settledAt: `when an operator or a merger last decided this (${TIME})`,
    erasedAt: `since when the user is erased, so that nobody becomes this user (${TIME}); null otherwise`,
    rev: REVISION,
  },
  block: { userId: "the user", blockedAt: `since when an operator refuses them (${TIME})`, rev: REVISION },
  signOut: {
    userId: "the user",
    notBefore: `until when the tokens were issued that do not count (${SECONDS})`,
    rev: REVISION,
  },
  facts: {
    tenant: TENANT,
    subject: SUBJECT,
    notBefore: `no token counts that was issued until then (${SECONDS})`,
    sidlessNotBefore: `when the last session ended (${SECONDS})`,
    logoutBefore: `when the user signed out of all sessions at once (${SECONDS})`,
    sources:
      "since when the identity provider (event) or an operator refuses the account, or does not any more",
    rev: REVISION,
  },
  session: {
    tenant: TENANT,
    subject: SUBJECT,
    sid: "the id of a session that has ended at the identity provider",
    at: `when it ended (${SECONDS})`,
    keptUntil: `when this is deleted (${SECONDS})`,
    rev: REVISION,
  },
  auditEntry: {
    id: "the entry's id, which is random",
    isCopy: "false: an entry of two users is stored twice, and exported once",
    at: `when it happened (${TIME})`,
    actor: "who did it: a login, a user by UUID, an operator, or nobody (system)",
    via: "the application of the token; null for none",
    action: "what was done",
    userId: "the user to whom it happened; null for none",
    organizationId: "the organization that it happened in; null for none",
    tenant: TENANT,
    subject: `${SUBJECT}; null also where it is another person's`,
    connection: "the connection that it was about; null for none",
    domain: "the domain that it was about; null for none",
    holder: `${SUBJECT} that held the seat; null also where it is another person's`,
    rule: "the rule that decided; null for none",
    source: "what has ended tokens: the identity provider (event, logout), an operator or the user",
    invitationId: "the invitation that it was about; null for none",
    batchId: "the same in all entries of one call, import or file; null for an entry of its own",
    before: "the values that have changed, before it",
    after: "the values that have changed, after it",
    keptUntil: `when this may be deleted (${SECONDS}); absent where it is kept for good`,
  },
  notice: {
    shard: "where it is stored",
    atMs: "when something of the user's changed, in milliseconds since 1970; it is deleted an hour later",
    id: "its id, which is random",
    keys: "what the processes forget for it: UUIDs, and hashes of subjects",
  },
  eventCursor: {
    tenant: TENANT,
    offset: "how far the events of Auth0 are followed",
    eventAt: `the time of the latest event (${TIME})`,
    until: `what happened until then has had its effect (${TIME})`,
    questions: "the user's accounts that Auth0 is asked about at the moment",
    reconnects: "how many times the connection to Auth0 was opened again",
    unreadable: "how many events could not be read",
  },
  reconciliation: {
    tenant: TENANT,
    lostAfter: "the last event before those that are lost",
    after: "how far all accounts are read again; left out",
    left: "the user's accounts that are still to be read",
    read: "how many were read",
    gone: "how many of these were deleted",
    unaskable: "how many could not be asked about",
    at: `when it came so far (${TIME})`,
    isEnded: "whether it has ended",
  },
};
