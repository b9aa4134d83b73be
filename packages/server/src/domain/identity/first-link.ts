import { setTimeout as sleep } from "node:timers/promises";
import { isDeepStrictEqual } from "node:util";
import { auditEntry, type RequestAudit } from "../audit.ts";
import { type Assessment, assess, type TrustSettings } from "../login/address-trust.ts";
import { connectionNameOf, type Login } from "../login/login.ts";
import type { OrganizationId, Organizations } from "../organization.ts";
import { Refusal } from "../refusal.ts";
import type { VerifiedClaims } from "../token/claims.ts";
import { noTrace, type Trace } from "../trace.ts";
import type { UserId } from "../user-id.ts";
import { refuseBlocked } from "./block.ts";
import { type FirstLogin, refuseUnregistered, refuseUntrusted } from "./first-login.ts";
import { conflict } from "./identity-conflict.ts";
import type { HeldSeat, IdentityLink, IdentityLinks, LinkRule, Seat, StoredLinks } from "./identity-link.ts";
import { holdsFor, mayFollow, type RelinkWindow, type RelinkWindows } from "./relink-window.ts";
import {
  afterFirstLink,
  decideSpeakers,
  isUnclaimed,
  merged,
  nobodyYet,
  type Speakers,
  type SpeakersStore,
} from "./speakers.ts";
import type { UserDirectory } from "./user-directory.ts";

export interface FirstLinkOptions extends TrustSettings {
  readonly links: IdentityLinks;
  readonly speakers: SpeakersStore;
  readonly directory: UserDirectory;
  /** Out of no memory: what stores something decides on what is stored. */
  readonly stored: Organizations;
  readonly storedLinks: StoredLinks;
  readonly windows: RelinkWindows;
  readonly audit: RequestAudit;
  readonly now: () => Date;
}

/** Another process may just be linking the same new person: the directory knows them, the store not yet. */
const NEWCOMER_WAITS_MS = [10, 20, 40, 80, 160, 320, 320]; // longer than one attempt at the directory

/** The rules of a first login in the order in which they are checked, each with what it decides on. */
export interface FirstLinkRules {
  readonly "first login": FirstLogin;
  readonly user: { readonly userId: UserId; readonly created: boolean; readonly isSigned: boolean };
  readonly blocked: { readonly userId: UserId };
  /** `isMerger`: decided by a window for another organization's people. */
  readonly speakers: FirstLogin & { readonly speakers: Speakers; readonly isMerger: boolean };
  /** `found`: the seat as it was before this login; its own where it was free. */
  readonly seat: { readonly found: HeldSeat; readonly subject: string; readonly gaveWay: boolean };
}

export interface FirstLink {
  /**
   * Links a subject for life: the UUID, who may speak for it, its seat, then the link. An untrusted address buys no
   * call and no write.
   */
  link(
    claims: VerifiedClaims,
    signal: AbortSignal,
    trace: Trace<FirstLinkRules>,
  ): Promise<{ link: IdentityLink; assessment: Assessment }>;
  /**
   * Takes the link of a connection that has moved along to its new organization, where a window says that the
   * old one has become part of it; null where none does.
   */
  follow(link: IdentityLink, first: FirstLogin, signal: AbortSignal): Promise<IdentityLink | null>;
  /** Decides, as for a first link, whether this login may speak for the person of a link; stores the link as its own. */
  adopt(link: IdentityLink, first: FirstLogin, signal: AbortSignal): Promise<IdentityLink>;
}

export function createFirstLink(options: FirstLinkOptions): FirstLink {
  const { links, storedLinks, speakers, directory, stored, windows, audit, now } = options;

  async function adopt(former: IdentityLink, first: FirstLogin, signal: AbortSignal): Promise<IdentityLink> {
    await speak(former.userId, first, { created: false }, signal);
    // A stop in between leaves the seat, and so the next login of this subject is a first one that gets it back.
    await links.remove(former, signal);
    return sitAndLink(former.userId, first, signal, { former });
  }

  return {
    adopt,

    async link(claims, signal, trace) {
      const assessment = await assess(claims, stored, options, signal);
      refuseUnregistered(assessment.login, options);
      const first = { claims, ...assessment };
      refuseUntrusted(first);
      const { userId, created } = await firstUser(first, signal);
      trace.rule("user", { userId, created, isSigned: claims.userId !== null }, () => {});
      await trace.rule("blocked", { userId }, () => refuseBlocked(userId, storedLinks, signal));
      await speak(userId, first, { created }, signal, trace);
      const link = await sitAndLink(userId, first, signal, { trace });
      if (link.userId !== userId) await refuseBlocked(link.userId, storedLinks, signal);
      return { link, assessment };
    },

    async follow(former, first, signal) {
      const { login, trust } = first;
      if (trust.state !== "trusted" || trust.rule !== "verified-domain") return null;
      const window = await openWindow(login, signal);
      if (window === null || window.from === null || window.from !== former.organizationId) return null;
      return adopt(former, first, signal);
    },
  };

  async function firstUser(
    { claims, trust }: FirstLogin,
    signal: AbortSignal,
  ): Promise<{ userId: UserId; created: boolean }> {
    if (claims.userId !== null) return { userId: claims.userId, created: false };
    if (trust.state !== "trusted") throw new Error("an address that is not trusted reached the directory");
    return directory.ensureUser(trust.email, signal);
  }

  /** @throws {Refusal} IDENTITY_CONFLICT when the person is another organization's */
  async function speak(
    userId: UserId,
    first: FirstLogin,
    { created }: { created: boolean },
    signal: AbortSignal,
    trace: Trace<FirstLinkRules> = noTrace,
  ): Promise<void> {
    let seen = nobodyYet(userId);
    const at = now().toISOString();
    const { trust } = first;
    const mayMerge = trust.state === "trusted" && trust.rule === "verified-domain";
    let isMerger = false;
    const organizationId = organizationIdOf(first.login);
    const waits = first.claims.userId === null ? [...NEWCOMER_WAITS_MS] : []; // a signed id is of no new person
    const decide = async (present: Speakers): Promise<Speakers | null> => {
      seen = present;
      isMerger = present.settledAt === at; // stored by this login already, and the reply was lost
      const after = async (speakers: Speakers) =>
        afterFirstLink(speakers, first, {
          created,
          trusting: await trustingOf(speakers.inside, organizationId, stored, signal),
        });
      const next = await after(present);
      if (next !== null || organizationId === null) return next;
      const waitMs = isUnclaimed(present) ? waits.shift() : undefined;
      if (waitMs !== undefined) {
        await sleep(waitMs, undefined, { signal }).catch(refuseLateness);
        return decide(await speakers.find(userId, signal));
      }
      const from = mayMerge ? ((await openWindow(first.login, signal))?.from ?? null) : null;
      if (from === null) return null;
      isMerger = true;
      return after(merged(present, { from, into: organizationId, at }));
    };
    const isAllowed = await decideSpeakers(userId, decide, speakers, signal);
    const { tenant, subject } = first.claims;
    const about = { userId, organizationId, tenant, subject, connection: connectionNameOf(first.login) };
    await trace.rule("speakers", { ...first, speakers: seen, isMerger }, async () => {
      if (!isAllowed) throw await conflict("foreign-organization", about, { audit, now }, signal);
    });
    if (!isMerger) return;
    const allowance = { ...about, at, actor: "login", action: "identity-allowed", rule: "merger" } as const;
    await audit.append(auditEntry(allowance), signal);
  }

  async function sitAndLink(
    userId: UserId,
    first: FirstLogin,
    signal: AbortSignal,
    { trace = noTrace, former }: { trace?: Trace<FirstLinkRules>; former?: IdentityLink },
  ): Promise<IdentityLink> {
    const { claims, login, trust } = first;
    const { tenant, subject } = claims;
    const seat: Seat = { tenant, connection: connectionNameOf(login), userId };
    // The seat first, then the link: the other order, or a check before a put, links two racing subjects.
    await sit(seat, first, signal, trace);
    const proposed: IdentityLink = {
      tenant,
      subject,
      userId,
      connection: seat.connection,
      organizationId: organizationIdOf(login),
      email: trust.state === "trusted" ? trust.email : (former?.email ?? null),
      rule: trust.state === "trusted" ? ruleOf(first) : (former?.rule ?? ruleOf(first)),
      linkedAt: now().toISOString(),
    };
    const entry = auditEntry({
      ...proposed,
      at: proposed.linkedAt,
      actor: "login",
      action: "identity-linked",
    });
    const link = await links.create(proposed, signal).catch((cause: unknown) => {
      audit.doubt(entry, cause);
      throw cause;
    });
    // Two first logins of one subject with different addresses: the loser must not keep a stranger's seat.
    if (link.userId !== userId) await links.releaseSeat(seat, subject, signal);
    if (isDeepStrictEqual(link, proposed)) await audit.append(entry, signal);
    return link;
  }

  async function openWindow(login: Login, signal: AbortSignal): Promise<RelinkWindow | null> {
    if (login.via !== "sso") return null;
    const window = await windows.find(login.connection.name, signal);
    return window !== null && holdsFor(window, login.connection, now()) ? window : null;
  }

  /** @throws {Refusal} IDENTITY_CONFLICT when another subject keeps the seat */
  async function sit(
    seat: Seat,
    first: FirstLogin,
    signal: AbortSignal,
    trace: Trace<FirstLinkRules>,
  ): Promise<void> {
    const { subject } = first.claims;
    const found = await links.takeSeat(seat, subject, signal);
    let held = found;
    if (held.subject !== subject && (await mayTakeOver(held, first, { storedLinks, windows, now }, signal))) {
      await removeFormer(held, links, signal);
      held = await links.takeOverSeat(held, { subject, takenOverAt: now().toISOString() }, signal);
    }
    const organizationId = organizationIdOf(first.login);
    await trace.rule("seat", { found, subject, gaveWay: held !== found }, async () => {
      if (held.subject === subject) return;
      const about = { ...seat, subject, organizationId, holder: held.subject };
      throw await conflict("seat", about, { audit, now }, signal);
    });
    const { formerSubject: holder, takenOverAt: at } = held;
    if (holder === null) return;
    // Also after a crash in the middle: the seat itself knows whose link is still to be removed.
    if (at !== null) {
      const about = { ...seat, subject, organizationId, holder, rule: ruleOf(first) };
      await audit.append(auditEntry({ at, actor: "login", action: "seat-taken-over", ...about }), signal);
    }
    await links.remove({ ...seat, subject: holder }, signal);
  }
}

/**
 * Whether a first login may take the seat from its holder. A holder who is linked to another user lost a race and
 * could not give the seat back: they never come for it. In a window others give way too.
 */
export async function mayTakeOver(
  held: HeldSeat,
  { login, trust }: FirstLogin,
  { storedLinks, windows, now }: Pick<FirstLinkOptions, "storedLinks" | "windows" | "now">,
  signal: AbortSignal,
): Promise<boolean> {
  const former = await storedLinks.find(held, signal);
  if (former === null) return false;
  if (former.userId !== held.userId) return true;
  if (login.via !== "sso") return false;
  if (trust.state !== "trusted" || trust.rule !== "verified-domain") return false;
  const { connection } = login;
  const window = await windows.find(connection.name, signal);
  if (window === null || !holdsFor(window, connection, now())) return false;
  return mayFollow({ email: trust.email, connection }, { former, window });
}

/**
 * Those that trust the organization, out of the store. One that is gone trusts nobody.
 * @param trusted null for a login of no organization: nobody trusts it
 */
export async function trustingOf(
  organizationIds: readonly OrganizationId[],
  trusted: OrganizationId | null,
  stored: Organizations,
  signal: AbortSignal,
): Promise<ReadonlySet<OrganizationId>> {
  if (trusted === null) return new Set();
  const others = organizationIds.filter((id) => id !== trusted);
  if (others.length === 0) return new Set();
  const organizations = await stored.findMany(others, signal);
  return new Set(organizations.filter(({ trusts }) => trusts.includes(trusted)).map(({ id }) => id));
}

/** Ends a take-over that stopped half-way: else its former holder would stay linked beside whoever comes next. */
export async function removeFormer(
  { formerSubject, ...seat }: HeldSeat,
  links: IdentityLinks,
  signal: AbortSignal,
): Promise<void> {
  if (formerSubject !== null) await links.remove({ ...seat, subject: formerSubject }, signal);
}

function refuseLateness(cause: unknown): never {
  throw new Refusal("STORE_UNAVAILABLE", "the request ended while another process may link the same person", {
    cause,
  });
}

function ruleOf({ claims, trust }: FirstLogin): LinkRule {
  return claims.userId !== null || trust.state !== "trusted" ? "claim" : trust.rule;
}

function organizationIdOf(login: Login) {
  return login.via === "sso" ? login.connection.organizationId : null;
}
