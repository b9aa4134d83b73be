import { domainOf } from "../email.ts";
import { assess, type TrustSettings } from "../login/address-trust.ts";
import { organizationIdOf } from "../login/login.ts";
import type { Organizations } from "../organization.ts";
import { Refusal } from "../refusal.ts";
import { findEnd } from "../revocation/rule.ts";
import type { VerifiedClaims } from "../token/claims.ts";
import { noTrace, type Trace } from "../trace.ts";
import { type Transactions, transact } from "../transaction.ts";
import type { UserId } from "../user-id.ts";
import { abortable, sleep } from "../waiting/abortable.ts";
import { type EndedRules, refuseEnded } from "./ended.ts";
import { aboutLogin, type FirstLogin, refuseUnregistered, refuseUntrusted } from "./first-login.ts";
import { recordConflict } from "./identity-conflict.ts";
import type { IdentityLink } from "./identity-link.ts";
import type { JudgedLogin } from "./judged-login.ts";
import { decideLink, type LinkGround, type Linking, speakersAfter } from "./link-decision.ts";
import {
  findOpenWindow,
  type Mailbox,
  mailboxOf,
  readHolder,
  refuseTaken,
  type SeatPorts,
  type SeatRules,
  seatConflict,
  seatOf,
  type TakenSeats,
} from "./seat.ts";
import {
  isUnclaimed,
  noSpeakers,
  ruleAgainst,
  type Speakers,
  type SpeakersStore,
  verifiersOf,
} from "./speakers.ts";
import type { UserDirectory } from "./user-directory.ts";

export interface FirstLinkOptions extends TrustSettings, SeatPorts {
  readonly speakers: SpeakersStore;
  readonly directory: UserDirectory;
  readonly takenSeats: TakenSeats;
  /** Not cached: a decision that stores something is made on what is stored. */
  readonly stored: Organizations;
  readonly transactions: Transactions;
}

/** Another process may be linking the same new user: the directory already knows them, the store not yet. */
const NEWCOMER_WAITS_MS = [10, 20, 40, 80, 160, 320, 320]; // longer than one attempt at the directory

/** The rules of a first login in the order in which they are checked, each with what it decides on. */
export interface FirstLinkRules extends SeatRules, EndedRules {
  readonly "first login": FirstLogin;
  readonly user: { readonly userId: UserId; readonly created: boolean; readonly isSigned: boolean };
  /** `isMerger`: a relink window for another organization's users decided. */
  readonly speakers: FirstLogin & { readonly speakers: Speakers; readonly isMerger: boolean };
}

export type FirstLink = ReturnType<typeof createFirstLink>;

export function createFirstLink(options: FirstLinkOptions) {
  /** The oldest first login that is under way, by mailbox. They never reject. */
  const underWay = new Map<string, Promise<unknown>>();

  /** Checks, as for a first link, whether this login may speak for the link's user, and stores the link as its own. */
  async function adopt(former: IdentityLink, first: FirstLogin, signal: AbortSignal): Promise<IdentityLink> {
    const linking = { first, userId: former.userId, created: false, former, at: options.now().toISOString() };
    return (await makeLink(linking, options, signal)).link;
  }

  return {
    adopt,

    /**
     * Links a subject for life: the directory says its UUID, then who may speak for its user, the seat and the link are stored
     * at once. An untrusted address causes neither a call nor a write.
     */
    async link(claims: VerifiedClaims, signal: AbortSignal, trace: Trace<FirstLinkRules>) {
      const assessment = await assess(claims, options.stored, options, signal);
      refuseUnregistered(assessment.login, options);
      const first = { claims, ...assessment };
      refuseUntrusted(first);
      const mailbox = mailboxOf(first);
      if (mailbox === null) return { ...(await linkUser(first, options, signal, trace)), assessment };
      const key = JSON.stringify(mailbox);
      const another = underWay.get(key);
      const linking = behind(another, signal)
        .then(() => refuseTaken(first, options, signal, trace))
        .then(() => linkUser(first, options, signal, trace, mailbox));
      const end = () => underWay.delete(key);
      if (another === undefined) underWay.set(key, linking.then(end, end));
      return { ...(await linking), assessment };
    },

    /**
     * Moves a link to the organization that its connection has moved to, if an open relink window says that the old
     * organization has merged into the new one; null otherwise.
     */
    async follow(former: IdentityLink, first: FirstLogin, signal: AbortSignal) {
      const window = await findOpenWindow(first, options, signal);
      if (window === null || window.from === null || window.from !== former.organizationId) return null;
      return adopt(former, first, signal);
    },
  };
}

/** The part of a first login that stores something. */
async function linkUser(
  first: FirstLogin,
  options: FirstLinkOptions,
  signal: AbortSignal,
  trace: Trace<FirstLinkRules>,
  mailbox: Mailbox | null = null,
): Promise<Made> {
  const { claims } = first;
  const { userId, created } = await ensureUser(first, options, signal);
  trace.rule("user", { userId, created, isSigned: claims.userId !== null }, () => {});
  const linking = { first, userId, created, former: null, at: options.now().toISOString() };
  const made = await makeLink(linking, options, signal, trace, mailbox);
  if (made.link.userId === userId) return made;
  const user = await options.storedLinks.findUser(made.link.userId, signal);
  refuseEnded(claims, { ...made, session: null, user: { userId: made.link.userId, ...user } });
  return { ...made, signOut: user.signOut, speakers: null };
}

async function ensureUser({ claims, trust }: FirstLogin, options: FirstLinkOptions, signal: AbortSignal) {
  if (claims.userId !== null) return { userId: claims.userId, created: false };
  if (trust.state !== "trusted") throw new Error("an address that is not trusted reached the directory");
  return options.directory.ensureUser(trust.email, signal);
}

async function makeLink(
  linking: Linking,
  options: FirstLinkOptions,
  signal: AbortSignal,
  trace: Trace<FirstLinkRules> = noTrace,
  mailbox: Mailbox | null = null,
): Promise<Made> {
  const { first, userId } = linking;
  const { subject, userId: signed } = first.claims;
  const waits = signed === null ? [...NEWCOMER_WAITS_MS] : []; // a signed user id never belongs to a new user
  const read = (attempt: number) => readGround(linking, { attempt, waits }, options, signal);
  const decide = (ground: LinkGround) => decideLink(linking, ground);
  const decided = await transact({ read, decide }, options.transactions, signal);
  const { link, refusedBy, isMerger, ground, speakers } = decided;
  refuseEnded(first.claims, { ...ground, user: { userId, ...ground } }, trace);
  await trace.rule("speakers", { ...first, speakers: ground.speakers, isMerger }, async () => {
    if (refusedBy !== "speakers") return;
    throw await recordConflict(ruleAgainst(ground.speakers), aboutLogin(first, userId), options, signal);
  });
  if (mailbox !== null) options.takenSeats.add(mailbox, userId);
  const found = ground.held ?? { ...seatOf(first, userId), subject };
  const gaveWay = found.subject !== subject && refusedBy === null;
  await trace.rule("seat", { found, subject, gaveWay }, async () => {
    if (refusedBy === "seat") throw await seatConflict(found, first, options, signal);
  });
  if (link === null) throw new Error("a first login was neither linked nor refused");
  return { link, facts: ground.facts, signOut: ground.signOut, speakers };
}

async function readGround(
  linking: Linking,
  { attempt, waits }: { readonly attempt: number; readonly waits: number[] },
  options: FirstLinkOptions,
  signal: AbortSignal,
): Promise<LinkGround> {
  const { first, userId, created, former } = linking;
  const { storedLinks, stored } = options;
  // Nothing is stored of a user whom the directory has just created; if something is, the first commit is lost.
  if (attempt === 0 && created) return { ...nothingOf(userId), link: former };
  const [link, facts, { isBlocked, signOut }, speakers, held] = await Promise.all([
    attempt === 0 ? former : storedLinks.find(first.claims, signal),
    storedLinks.findFacts(first.claims, signal),
    storedLinks.findUser(userId, signal),
    options.speakers.find(userId, signal),
    storedLinks.findSeat(seatOf(first, userId), signal),
  ]);
  const session = await findEnd(first.claims, facts, storedLinks, signal);
  const seen = { ...nothingOf(userId), link, isBlocked, facts, session, signOut, speakers, held };
  if (isBlocked || link?.rev !== former?.rev) return seen;
  const { email } = first.claims;
  const domain = "canonical" in email ? domainOf(email.canonical) : null;
  const read = { domain, verifiers: first.verifiers };
  const verifiers = await verifiersOf(speakers.inside, read, stored, signal);
  const isRefused = speakersAfter(linking, { ...seen, verifiers }).next === null;
  const mayChange = isRefused && organizationIdOf(first.login) !== null;
  const waitMs = mayChange && isUnclaimed(speakers) ? waits.shift() : undefined;
  if (waitMs !== undefined) {
    await sleep(waitMs, signal).catch((cause: unknown) => {
      const detail = "the request ended while another process may be linking the same user";
      throw new Refusal("STORE_UNAVAILABLE", detail, { cause });
    });
    return readGround(linking, { attempt: 1, waits }, options, signal);
  }
  const holder = await readHolder(held, first, options, signal);
  const window = mayChange ? await findOpenWindow(first, options, signal) : holder.window;
  return { ...seen, verifiers, ...holder, window };
}

/** A link, and what was read of its subject and its user when it was made: see {@link JudgedLogin}. */
type Made = Pick<JudgedLogin, "link" | "facts" | "signOut" | "speakers">;

function nothingOf(userId: UserId): LinkGround {
  const nobody = { link: null, held: null, former: null, window: null };
  const notEnded = { isBlocked: false, facts: null, session: null, signOut: null };
  return { ...nobody, ...notEnded, speakers: noSpeakers(userId), verifiers: new Map() };
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
