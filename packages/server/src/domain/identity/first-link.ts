import { setTimeout as sleep } from "node:timers/promises";
import { isDeepStrictEqual } from "node:util";
import { auditEntry } from "../audit.ts";
import { domainOf } from "../email.ts";
import { assess, type TrustSettings } from "../login/address-trust.ts";
import { connectionNameOf } from "../login/login.ts";
import type { Organizations } from "../organization.ts";
import { Refusal } from "../refusal.ts";
import type { VerifiedClaims } from "../token/claims.ts";
import { noTrace, type Trace } from "../trace.ts";
import type { UserId } from "../user-id.ts";
import { abortable } from "../waiting/abortable.ts";
import {
  type FirstLogin,
  linkRuleOf,
  organizationIdOf,
  refuseUnregistered,
  refuseUntrusted,
} from "./first-login.ts";
import { recordConflict } from "./identity-conflict.ts";
import { type IdentityLink, refuseBlocked, type Seat } from "./identity-link.ts";
import {
  claimSeat,
  findOpenWindow,
  type Mailbox,
  mailboxOf,
  refuseTaken,
  type SeatPorts,
  type SeatRules,
  type TakenSeats,
} from "./seat.ts";
import {
  afterFirstLink,
  decideSpeakers,
  holdersOf,
  isUnclaimed,
  merged,
  noSpeakers,
  type Speakers,
  type SpeakersStore,
} from "./speakers.ts";
import type { UserDirectory } from "./user-directory.ts";

export interface FirstLinkOptions extends TrustSettings, SeatPorts {
  readonly speakers: SpeakersStore;
  readonly directory: UserDirectory;
  readonly takenSeats: TakenSeats;
  /** Not cached: a decision that stores something is made on what is stored. */
  readonly stored: Organizations;
}

/** Another process may be linking the same new user: the directory already knows them, the store not yet. */
const NEWCOMER_WAITS_MS = [10, 20, 40, 80, 160, 320, 320]; // longer than one attempt at the directory

/** The rules of a first login in the order in which they are checked, each with what it decides on. */
export interface FirstLinkRules extends SeatRules {
  readonly "first login": FirstLogin;
  readonly user: { readonly userId: UserId; readonly created: boolean; readonly isSigned: boolean };
  readonly blocked: { readonly userId: UserId };
  /** `isMerger`: a relink window for another organization's users decided. */
  readonly speakers: FirstLogin & { readonly speakers: Speakers; readonly isMerger: boolean };
}

export function createFirstLink(options: FirstLinkOptions) {
  const { links, storedLinks, speakers, directory, takenSeats, stored, audit, now } = options;
  /** The oldest first login that is under way, by mailbox. They never reject. */
  const underWay = new Map<string, Promise<unknown>>();

  /** Checks, as for a first link, whether this login may speak for the link's user, and stores the link as its own. */
  async function adopt(former: IdentityLink, first: FirstLogin, signal: AbortSignal): Promise<IdentityLink> {
    await requireSpeaker(former.userId, first, { created: false }, signal);
    // After a crash here the subject still holds the seat: its next login is a first login and gets the link back.
    await links.remove(former, signal);
    return claimSeatAndLink(former.userId, first, signal, { former });
  }

  return {
    adopt,

    /**
     * Links a subject for life, in this order: the UUID, who may speak for its user, the seat, the link. An untrusted
     * address causes neither a call nor a write.
     */
    async link(claims: VerifiedClaims, signal: AbortSignal, trace: Trace<FirstLinkRules>) {
      const assessment = await assess(claims, stored, options, signal);
      refuseUnregistered(assessment.login, options);
      const first = { claims, ...assessment };
      refuseUntrusted(first);
      const mailbox = mailboxOf(first);
      if (mailbox === null) return { link: await linkUser(first, signal, trace), assessment };
      const key = JSON.stringify(mailbox);
      const another = underWay.get(key);
      const linking = behind(another, signal)
        .then(() => refuseTaken(first, options, signal, trace))
        .then(() => linkUser(first, signal, trace, mailbox));
      const end = () => underWay.delete(key);
      if (another === undefined) underWay.set(key, linking.then(end, end));
      return { link: await linking, assessment };
    },

    /**
     * Moves a link to the organization that its connection has moved to, if an open relink window says that the old
     * organization has merged into the new one; null otherwise.
     */
    async follow(former: IdentityLink, first: FirstLogin, signal: AbortSignal) {
      const { login, trust } = first;
      if (trust.state !== "trusted" || trust.rule !== "verified-domain") return null;
      const window = await findOpenWindow(login, options, signal);
      if (window === null || window.from === null || window.from !== former.organizationId) return null;
      return adopt(former, first, signal);
    },
  };

  /** The part of a first login that stores something. */
  async function linkUser(
    first: FirstLogin,
    signal: AbortSignal,
    trace: Trace<FirstLinkRules>,
    mailbox: Mailbox | null = null,
  ): Promise<IdentityLink> {
    const { claims } = first;
    const { userId, created } = await ensureUser(first, signal);
    trace.rule("user", { userId, created, isSigned: claims.userId !== null }, () => {});
    const [known] = await Promise.all([
      speakers.find(userId, signal),
      trace.rule("blocked", { userId }, () => refuseBlocked(userId, storedLinks, signal)),
    ]);
    await requireSpeaker(userId, first, { created, known }, signal, trace);
    const link = await claimSeatAndLink(userId, first, signal, { trace }).finally(() => {
      if (mailbox !== null) takenSeats.add(mailbox, userId);
    });
    if (link.userId !== userId) await refuseBlocked(link.userId, storedLinks, signal);
    return link;
  }

  async function ensureUser({ claims, trust }: FirstLogin, signal: AbortSignal) {
    if (claims.userId !== null) return { userId: claims.userId, created: false };
    if (trust.state !== "trusted") throw new Error("an address that is not trusted reached the directory");
    return directory.ensureUser(trust.email, signal);
  }

  /** @throws {Refusal} IDENTITY_CONFLICT when only another organization may speak for the user */
  async function requireSpeaker(
    userId: UserId,
    first: FirstLogin,
    { created, known }: { created: boolean; known?: Speakers },
    signal: AbortSignal,
    trace: Trace<FirstLinkRules> = noTrace,
  ): Promise<void> {
    let seen = noSpeakers(userId);
    const at = now().toISOString();
    const { trust, verifiers } = first;
    const { email } = first.claims;
    const read = { domain: "canonical" in email ? domainOf(email.canonical) : null, verifiers };
    const mayMerge = trust.state === "trusted" && trust.rule === "verified-domain";
    let isMerger = false;
    const organizationId = organizationIdOf(first.login);
    const waits = first.claims.userId === null ? [...NEWCOMER_WAITS_MS] : []; // a signed user id never belongs to a new user
    const decide = async (present: Speakers): Promise<Speakers | null> => {
      seen = present;
      isMerger = present.settledAt === at; // stored by this login already, and the reply was lost
      const after = async (speakers: Speakers) =>
        afterFirstLink(speakers, first, {
          created,
          holders: await holdersOf(speakers.inside, read, stored, signal),
        });
      const next = await after(present);
      if (next !== null || organizationId === null) return next;
      const waitMs = isUnclaimed(present) ? waits.shift() : undefined;
      if (waitMs !== undefined) {
        await sleep(waitMs, undefined, { signal }).catch(refuseLateness);
        return decide(await speakers.find(userId, signal));
      }
      const from = mayMerge ? ((await findOpenWindow(first.login, options, signal))?.from ?? null) : null;
      if (from === null) return null;
      isMerger = true;
      return after(merged(present, { from, into: organizationId, at }));
    };
    const isAllowed = await decideSpeakers(userId, decide, speakers, signal, known);
    const { tenant, subject, clientId: via } = first.claims;
    const about = { userId, organizationId, tenant, subject, via, connection: connectionNameOf(first.login) };
    await trace.rule("speakers", { ...first, speakers: seen, isMerger }, async () => {
      if (!isAllowed) throw await recordConflict("foreign-organization", about, { audit, now }, signal);
    });
    if (!isMerger) return;
    const allowance = { ...about, at, actor: "login", action: "identity-allowed", rule: "merger" } as const;
    await audit.append(auditEntry(allowance), signal);
  }

  async function claimSeatAndLink(
    userId: UserId,
    first: FirstLogin,
    signal: AbortSignal,
    { trace = noTrace, former }: { trace?: Trace<FirstLinkRules>; former?: IdentityLink },
  ): Promise<IdentityLink> {
    const { claims, login, trust } = first;
    const { tenant, subject } = claims;
    const seat: Seat = { tenant, connection: connectionNameOf(login), userId };
    // The seat first, then the link: the other order, or a check before a put, links two racing subjects.
    await claimSeat(seat, first, options, signal, trace);
    const proposed: IdentityLink = {
      tenant,
      subject,
      userId,
      connection: seat.connection,
      organizationId: organizationIdOf(login),
      email: trust.state === "trusted" ? trust.email : (former?.email ?? null),
      rule: trust.state === "trusted" ? linkRuleOf(first) : (former?.rule ?? linkRuleOf(first)),
      linkedAt: now().toISOString(),
    };
    const action = { at: proposed.linkedAt, actor: "login", action: "identity-linked" } as const;
    const entry = auditEntry({ ...proposed, ...action, via: claims.clientId });
    const link = await links.create(proposed, signal).catch((cause: unknown) => {
      audit.doubt(entry, cause);
      throw cause;
    });
    // Two first logins of one subject with different addresses: the loser must not keep another user's seat.
    if (link.userId !== userId) await links.releaseSeat(seat, subject, signal);
    if (isDeepStrictEqual(link, proposed)) await audit.append(entry, signal);
    return link;
  }
}

/**
 * Waits for another first login of the mailbox, so that any number at once costs one call of the directory if that one finds
 * the seat taken. Its answer is not shared: the directory may give the mailbox to another user meanwhile.
 */
async function behind(another: Promise<unknown> | undefined, signal: AbortSignal): Promise<void> {
  await abortable(Promise.resolve(another), signal).catch((cause: unknown) => {
    const detail = "the request ended before another first login of the mailbox";
    throw new Refusal("DIRECTORY_UNAVAILABLE", detail, { cause });
  });
}

function refuseLateness(cause: unknown): never {
  const detail = "the request ended while another process may be linking the same user";
  throw new Refusal("STORE_UNAVAILABLE", detail, { cause });
}
