import { differenceOf } from "../audit.ts";
import type { ClosingOutbox } from "../mailer.ts";
import type { MembershipRegistry } from "../membership/memberships.ts";
import { isOwner } from "../membership/owners.ts";
import { closedBySystem, isUnrecorded } from "../membership/record-closing.ts";
import { entryBy, type Owner } from "../membership/standing.ts";
import type { Membership } from "../membership.ts";
import {
  type ChangePorts,
  type Closing,
  findOrganization,
  isClosed,
  type Organization,
} from "../organization.ts";
import { Refusal, refusal } from "../refusal.ts";
import { newRevision } from "../revision.ts";
import { type Decision, storing, transact } from "../transaction.ts";

/** The stores without a cache that an organization is closed in, and how its owners are told. */
export interface ClosingPorts extends ChangePorts {
  readonly memberships: Pick<MembershipRegistry, "findMany">;
  /** Null where no mail server is configured. */
  readonly outbox: ClosingOutbox | null;
  readonly limits: {
    /** How long its owners have notice, in milliseconds. */
    readonly closingMs: number;
    /** How long after it was asked for it cannot be asked for again, in milliseconds: each time is mailed to all owners. */
    readonly resendMs: number;
  };
}

/** A mail that has no outcome by then has none any more, in milliseconds: its process has ended. */
const SENDING_MS = 60_000;

/** What is decided on. */
interface Ground {
  readonly present: Organization;
  readonly owners: readonly Membership[];
  readonly now: Date;
}

/** What comes of it. */
interface Outcome {
  readonly organization: Organization;
  /** The end that the owners get a mail about; null for no mail. */
  readonly told: { readonly closesAt: string; readonly isCalledOff: boolean } | null;
}

/**
 * Asks for the end of an organization, which then comes by itself after the notice: nothing else has to happen, and any owner
 * can call it off until then. Asking again while it is coming changes nothing, but tells the owners whom no mail has reached.
 * @param name as the owner has typed it
 * @throws {Refusal} ROLE_REQUIRED where only operators close it; CONFLICT for another name; RATE_LIMITED soon after it was
 * asked for
 */
export async function requestClosing(
  owner: Owner,
  name: string,
  ports: ClosingPorts,
  signal: AbortSignal,
): Promise<Organization> {
  return decideOn(owner, ports, signal, ({ present, owners, now }) => {
    refuseClosed(present, now);
    const { closing, closingAskedAt } = present;
    const mail = ports.outbox === null || owners.length === 0 ? "none" : "sending";
    refuseToClose(owner, name, present);
    if (closing !== null) {
      if (mailOf(present, now) !== "failed") return holds(present);
      const next = { ...present, closing: { ...closing, mail }, rev: newRevision() } as const;
      return storing([{ item: "organization", next, present }], [], announced(next, closing));
    }
    const waitMs =
      closingAskedAt === null ? 0 : Date.parse(closingAskedAt) + ports.limits.resendMs - now.getTime();
    if (waitMs > 0) {
      const hint = "it was called off a moment ago";
      throw new Refusal("RATE_LIMITED", "asked for again", {
        retryAfterSeconds: Math.ceil(waitMs / 1_000),
        hint,
      });
    }
    const at = now.toISOString();
    const end = new Date(now.getTime() + ports.limits.closingMs).toISOString();
    const closes = { at: end, by: owner.userId, mail } as const;
    const next = { ...present, closing: closes, closingAskedAt: at, rev: newRevision() };
    const entry = entryBy(owner, { at, action: "closing-requested", ...changeOf(present, next) });
    return storing([{ item: "organization", next, present }], [entry], announced(next, closes));
  });
}

/**
 * Calls the end off that an owner has asked for. What is not coming is answered as it is.
 * @throws {Refusal} NOT_A_MEMBER once it has come: only operators open a closed organization
 */
export async function callOffClosing(
  owner: Owner,
  ports: ClosingPorts,
  signal: AbortSignal,
): Promise<Organization> {
  return decideOn(owner, ports, signal, ({ present, now }) => {
    refuseClosed(present, now);
    return calledOff(owner, present, now);
  });
}

/**
 * Closes an organization or opens it again, at once: nobody belongs to a closed one, and nothing is deleted. Opening also
 * calls off what is coming.
 */
export async function setState(
  operator: Owner,
  state: Organization["state"],
  ports: ClosingPorts,
  signal: AbortSignal,
): Promise<Organization> {
  return decideOn(operator, ports, signal, ({ present, now }) => {
    const isOpen = !isClosed(present, { now: () => now });
    const at = now.toISOString();
    // The end that came by itself was before this.
    const ended = isUnrecorded(present, { now: () => now })
      ? [closedBySystem(present, new Date(now.getTime() - 1).toISOString())]
      : [];
    if (state === "open" && isOpen) return calledOff(operator, present, now);
    if (state === "closed" && !isOpen) {
      if (ended.length === 0) return holds(present);
      const next = { ...present, state, rev: newRevision() };
      return storing([{ item: "organization", next, present }], ended, { organization: next, told: null });
    }
    const closing: Closing | null = state === "open" ? null : { at, by: null, mail: "none" };
    // No mail tells of it, so an owner who asks for the end after it need not wait.
    const next = { ...present, state, closing, closingAskedAt: null, rev: newRevision() };
    const action = state === "open" ? "organization-reopened" : "organization-closed";
    const change = { before: { state: isOpen ? "open" : "closed" }, after: { state } };
    const entries = [...ended, entryBy(operator, { at, action, ...change })];
    return storing([{ item: "organization", next, present }], entries, { organization: next, told: null });
  });
}

/** What became of the mails that tell of the end; null where none is coming, and none has come. */
export function mailOf(
  { closing, closingAskedAt }: Pick<Organization, "closing" | "closingAskedAt">,
  now: Date,
): Closing["mail"] | null {
  if (closing?.mail !== "sending") return closing?.mail ?? null;
  const isLost = closingAskedAt === null || now.getTime() - Date.parse(closingAskedAt) > SENDING_MS;
  return isLost ? "failed" : "sending";
}

async function decideOn(
  owner: Owner,
  ports: ClosingPorts,
  signal: AbortSignal,
  decide: (ground: Ground) => Decision<Outcome>,
): Promise<Organization> {
  const read = async () => {
    const present = await findOrganization(owner.organization.id, ports, signal);
    const members = await ports.memberships.findMany(present.id, present.owners, signal);
    return { present, owners: members.filter(isOwner), now: ports.now() };
  };
  const deciding = (ground: Ground) => {
    const { changes, result } = decide(ground);
    return { changes, result: { ...result, owners: ground.owners } };
  };
  const { organization, told, owners } = await transact(
    { read, decide: deciding },
    ports.transactions,
    signal,
  );
  if (told !== null) tellOwners(owner, { ...told, organization, owners }, ports);
  return organization;
}

/** Mails every owner, also who has asked: it may not have been them. */
function tellOwners(
  { userId }: Owner,
  {
    organization,
    owners,
    closesAt,
    isCalledOff,
  }: NonNullable<Outcome["told"]> & Pick<Ground, "owners"> & Pick<Outcome, "organization">,
  { outbox, organizations, transactions }: ClosingPorts,
): void {
  const { id: organizationId, name: organizationName } = organization;
  const by = owners.find((each) => each.userId === userId) ?? null;
  const about = { organizationId, organizationName, closesAt, isCalledOff };
  const who = { by: by?.email ?? null, byName: by?.name ?? null, isOperators: userId === null };
  const mails = owners.flatMap(({ email }) => (email === null ? [] : [{ to: email, ...about, ...who }]));
  outbox?.postClosing(mails, async (mail, signal) => {
    if (isCalledOff) return;
    const read = () => organizations.find(organizationId, signal);
    const settle = (present: Organization | null) => {
      const closing = present?.closing ?? null;
      const isStill = closing?.mail === "sending" && closing.at === closesAt;
      if (present === null || closing === null || !isStill) return { changes: null, result: null };
      const next = { ...present, closing: { ...closing, mail }, rev: newRevision() };
      return storing([{ item: "organization", next, present }], [], null);
    };
    await transact({ read, decide: settle }, transactions, signal);
  });
}

function holds(organization: Organization): Decision<Outcome> {
  return { changes: null, result: { organization, told: null } };
}

function announced(organization: Organization, { at: closesAt }: Closing): Outcome {
  return { organization, told: { closesAt, isCalledOff: false } };
}

function calledOff(owner: Owner, present: Organization, now: Date): Decision<Outcome> {
  const { closing } = present;
  if (closing === null) return holds(present);
  const next = { ...present, closing: null, rev: newRevision() };
  const about = { at: now.toISOString(), action: "closing-called-off" } as const;
  const entry = entryBy(owner, { ...about, ...changeOf(present, next) });
  const told = { closesAt: closing.at, isCalledOff: true };
  return storing([{ item: "organization", next, present }], [entry], { organization: next, told });
}

function changeOf(before: Organization, after: Organization) {
  const closesAt = ({ closing }: Organization) => ({ closesAt: closing?.at ?? null });
  return differenceOf(["closesAt"], closesAt(before), closesAt(after));
}

/** @throws {Refusal} NOT_A_MEMBER: nobody belongs to a closed organization */
function refuseClosed(present: Organization, now: Date): void {
  if (isClosed(present, { now: () => now })) throw new Refusal("NOT_A_MEMBER", "the organization is closed");
}

function refuseToClose({ userId }: Owner, name: string, { name: present, locked }: Organization): void {
  if (userId !== null && locked.includes("closing"))
    throw refusal("ROLE_REQUIRED", "only an operator closes this organization");
  if (name !== present) throw refusal("CONFLICT", "the name is not that of the organization: reload");
}
