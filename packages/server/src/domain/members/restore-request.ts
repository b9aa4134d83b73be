import { type CanonicalEmail, domainOf } from "../email.ts";
import type { Identity } from "../identity/resolve-identity.ts";
import type { Outbox } from "../invitations/outbox.ts";
import { connectionNameOf, organizationIdOf } from "../login/login.ts";
import type { MembershipRegistry } from "../membership/memberships.ts";
import { isOwner } from "../membership/owners.ts";
import { mayActOn } from "../membership/standing.ts";
import { type Membership, requestedAt } from "../membership.ts";
import { isClosed, type Organization, type OrganizationId } from "../organization.ts";
import { Refusal, refusal } from "../refusal.ts";
import { placeOf, type RecentRefusal, type RefusalStore } from "../refusals/refusals.ts";
import { newRevision } from "../revision.ts";
import { type Decision, transact, type Write } from "../transaction.ts";
import type { MemberPorts } from "./members.ts";

/** A removed member has one request in this time, in each organization that has removed them. */
const ASKED_AGAIN_MS = 7 * 24 * 3_600_000;
/** Owners before admins: each reader can act. */
const MOST_MAILS = 20;

export interface RestoreRequestPorts extends MemberPorts {
  readonly memberships: MembershipRegistry;
  readonly refusals: RefusalStore;
  /** Null where no mail server is configured. */
  readonly outbox: Pick<Outbox, "postRestoreRequest"> | null;
}

export interface RestoreRequest {
  /** When they asked, now or before. ISO 8601, UTC, as the next. */
  readonly askedAt: string;
  /** When they can ask again. */
  readonly againAt: string;
}

/** What the list of refusals has, in which the request is shown. */
interface Listed {
  readonly refusals: readonly RecentRefusal[];
  readonly connection: string | null;
  readonly now: Date;
}

interface Asked {
  readonly organization: Organization;
  readonly member: Membership;
  readonly email: CanonicalEmail;
  readonly askedAt: string;
  readonly isMailed: boolean;
}

/**
 * Stores that a removed member asks to be restored, and mails it to those who can: once a week, whatever is asked and
 * whichever process is asked. The mail names the address that the organization knows them by, and nothing that they write.
 * Who was restored and removed again can ask again at once, and the list of refusals shows it; the mail stays one a week,
 * so that a member who is removed and restored by turns fills no mailbox.
 * @throws {Refusal} NOT_A_MEMBER for who was not removed there, whether or not it exists; CONFLICT for a member
 */
export async function askToBeRestored(
  { userId, login }: Pick<Identity, "userId" | "login">,
  id: OrganizationId | null,
  ports: RestoreRequestPorts,
  signal: AbortSignal,
): Promise<RestoreRequest> {
  if (id === null) throw new Refusal("NOT_A_MEMBER", "no organization has removed them");
  const read = () =>
    Promise.all([
      ports.organizations.find(id, signal),
      ports.memberships.find(id, userId, signal),
      ports.refusals.list(id, signal),
    ]);
  const via = organizationIdOf(login);
  const connection = login.via === "other" || via === id ? connectionNameOf(login) : null; // no other one's
  const decide = ([organization, present, refusals]: Awaited<ReturnType<typeof read>>) =>
    decideRequest(organization, present, { refusals, connection, now: ports.now() });
  const asked = await transact({ read, decide }, ports.transactions, signal);
  if (asked.isMailed) await mail(asked, ports, signal);
  const { askedAt } = asked;
  return { askedAt, againAt: new Date(Date.parse(askedAt) + ASKED_AGAIN_MS).toISOString() };
}

function decideRequest(
  organization: Organization | null,
  present: Membership | null,
  { refusals, connection, now }: Listed,
): Decision<Asked> {
  if (organization === null || isClosed(organization, { now: () => now }) || present === null)
    throw new Refusal("NOT_A_MEMBER", "the organization has removed nobody like them");
  const { status, leftAt, email, askedAt, userId } = present;
  if (status === "active") throw refusal("CONFLICT", "you are a member already");
  if (leftAt !== null || email === null)
    throw new Refusal("NOT_A_MEMBER", "they left by themselves, or were erased");
  const isRecent = askedAt !== null && now.getTime() < Date.parse(askedAt) + ASKED_AGAIN_MS;
  const about = { organization, member: present, email };
  if (isRecent && requestedAt(present) !== null)
    return { changes: null, result: { ...about, askedAt, isMailed: false } };
  const at = now.toISOString();
  const next = { ...present, askedAt: at, rev: newRevision() };
  const reason = "MEMBERSHIP_REMOVED";
  const row = {
    organizationId: organization.id,
    connection,
    email,
    domain: domainOf(email),
    userId,
    reason,
  } as const;
  const place = placeOf(row, refusals, now, at);
  const writes: Write[] = [{ item: "membership", next, present }];
  if (place !== null) writes.push({ item: "refusal", ...place });
  return {
    changes: {
      writes,
      unchanged: [{ item: "block", absent: { userId } }],
      audit: [],
    },
    result: { ...about, askedAt: at, isMailed: !isRecent },
  };
}

/** To those who may restore them, after the answer. Who asked is on the page of the sign-in as well. */
async function mail(
  { organization, member, email }: Asked,
  { memberships, outbox }: RestoreRequestPorts,
  signal: AbortSignal,
): Promise<void> {
  if (outbox === null) return;
  const { id, name, owners } = organization;
  const admins = {
    emailPrefix: "",
    role: "admin",
    status: "active",
    after: null,
    limit: MOST_MAILS,
  } as const;
  const [found, { members }] = await Promise.all([
    memberships.findMany(id, owners, signal),
    memberships.listPage(id, admins, signal),
  ]);
  const all = [...found.filter(isOwner), ...members]
    .filter((each) => mayActOn(each, member))
    .flatMap((each) => each.email ?? []);
  for (const to of [...new Set(all)].slice(0, MOST_MAILS))
    outbox.postRestoreRequest({ to, organizationId: id, organizationName: name, email });
}
