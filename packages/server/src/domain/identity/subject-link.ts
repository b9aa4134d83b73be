import { type Assessment, assess } from "../login/address-trust.ts";
import type { Login } from "../login/login.ts";
import type { Organizations } from "../organization.ts";
import { findEnd, refuseRevoked } from "../revocation/rule.ts";
import type { VerifiedClaims } from "../token/claims.ts";
import { refuseDelegated } from "../token/token-limits.ts";
import { noTrace, type Trace } from "../trace.ts";
import type { UserId } from "../user-id.ts";
import { SingleFlight } from "../waiting/single-flight.ts";
import { refuseEnded, refuseEndedToken } from "./ended.ts";
import { createFirstLink, type FirstLink, type FirstLinkOptions, type FirstLinkRules } from "./first-link.ts";
import { refuseUnregistered, refuseUntrusted } from "./first-login.ts";
import { recordConflict } from "./identity-conflict.ts";
import type { IdentityLink, IdentityLinks } from "./identity-link.ts";
import type { JudgedLogin } from "./judged-login.ts";

export interface SubjectLinkOptions extends FirstLinkOptions {
  /** May be cached; a decision that stores something reads {@link FirstLinkOptions.storedLinks}. */
  readonly links: IdentityLinks;
  readonly organizations: Organizations;
  /** Begins to read again what else a linked user is judged by, when it is read whether they are blocked. Decides nothing. */
  readonly readBeside?: (user: LinkedUser, signal: AbortSignal) => void;
}

/** Who a link says has signed in, before they are judged. */
export interface LinkedUser {
  readonly userId: UserId;
  readonly claims: VerifiedClaims;
  readonly login: Login;
}

/** A link, and the assessment of the login that found or created it. */
interface Resolved {
  readonly link: IdentityLink;
  readonly assessment: Assessment;
  /** By the request that has made the link; null if it was found. */
  readonly judged: JudgedLogin | null;
}

/** The links of the subjects of tokens: stored ones, and first ones, which a login makes. */
export function createSubjectLinks(options: SubjectLinkOptions) {
  const { links, organizations, storedLinks } = options;
  const firstLink = createFirstLink(options);
  const flights = new SingleFlight<Resolved & { readonly judged: JudgedLogin }>("DIRECTORY_UNAVAILABLE");

  /**
   * A first link is shared by those who ask for it at once. The key holds everything that decides it, so that no caller
   * gets the refusal of another token.
   */
  async function make(
    claims: VerifiedClaims,
    remembered: Assessment,
    signal: AbortSignal,
    trace: Trace<FirstLinkRules>,
  ): Promise<Resolved> {
    const { tenant, subject, userId, connection, emailVerified, clientId, actor } = claims;
    const { trust } = remembered;
    const key = JSON.stringify([tenant, subject, userId, connection, emailVerified, clientId, actor, trust]);
    const first = { claims, ...remembered };
    trace.rule("first login", first, () => {
      refuseDelegated(claims, "they have not signed in here yet");
      refuseUntrusted(first);
    });
    const work = async () => {
      const sinceMs = options.now().getTime();
      const made = await firstLink.link(claims, signal, trace);
      return { link: made.link, assessment: made.assessment, judged: { signal, sinceMs, ...made } };
    };
    const made = await flights.join(key, work, signal);
    // It may be of a request with another token, which was judged by its own times.
    const session = await findEnd(claims, made.judged.facts, links, signal);
    refuseRevoked(claims, { ...made.judged, session });
    return made;
  }

  /** The link and what ends tokens are read for each caller: what was read before a change must not decide behind it. */
  async function find(
    claims: VerifiedClaims,
    remembered: Assessment,
    signal: AbortSignal,
    trace: Trace<FirstLinkRules>,
  ): Promise<Resolved> {
    const { link, facts } = await links.findSubject(claims, signal);
    const userId = link?.userId ?? null;
    const [user, session] = await Promise.all([
      userId === null ? null : findUser(userId, { claims, login: remembered.login }, signal),
      findEnd(claims, facts, links, signal),
    ]);
    refuseEnded(claims, { facts, session, user }, trace);
    return link === null
      ? make(claims, remembered, signal, trace)
      : { link, assessment: remembered, judged: null };
  }

  async function findUser(userId: UserId, login: Omit<LinkedUser, "userId">, signal: AbortSignal) {
    const beside = () => options.readBeside?.({ userId, ...login }, signal);
    return { userId, ...(await links.findUser(userId, signal, beside)) };
  }

  /** @throws {Refusal} IDENTITY_CONFLICT when the link contradicts the signed user id or the registered connection */
  async function settle(claims: VerifiedClaims, resolved: Resolved, signal: AbortSignal): Promise<Resolved> {
    const { link, assessment } = resolved;
    await refuseSigned(claims, link, options, signal);
    const isForeign = link.organizationId === null && assessment.login.via === "sso";
    if (!isForeign && !(await hasMoved(link, assessment, organizations, signal))) return resolved;
    // The cached link may be older than the move, or than an operator's decision.
    const current = await storedLinks.find(link, signal);
    if (current === null) return settle(claims, await make(claims, assessment, signal, noTrace), signal);
    const judgedAgain = await judgeAgain(claims, current, { ...options, firstLink }, signal);
    return { ...judgedAgain, judged: null };
  }

  return { find, settle };
}

/** Judges a stored link and its login by what is stored. */
async function judgeAgain(
  claims: VerifiedClaims,
  current: IdentityLink,
  options: FirstLinkOptions & { readonly firstLink: FirstLink },
  signal: AbortSignal,
): Promise<Pick<Resolved, "link" | "assessment">> {
  const { stored, storedLinks, firstLink } = options;
  await refuseSigned(claims, current, options, signal);
  await refuseEndedToken(claims, { userId: current.userId, actor: null }, storedLinks, signal);
  const assessment = await assess(claims, stored, options, signal);
  refuseUnregistered(assessment.login, options);
  const first = { claims, ...assessment };
  if (await hasMoved(current, assessment, stored, signal)) {
    refuseDelegated(claims);
    const followed = await firstLink.follow(current, first, signal);
    if (followed === null) {
      const about = { ...current, via: claims.clientId };
      throw await recordConflict("moved-connection", about, options, signal);
    }
    return { link: followed, assessment };
  }
  // The link is older than the registration of its connection: who may speak for the user is still undecided.
  const isUndecided = current.organizationId === null && assessment.login.via === "sso";
  if (isUndecided) refuseDelegated(claims);
  return { link: isUndecided ? await firstLink.adopt(current, first, signal) : current, assessment };
}

/** @throws {Refusal} IDENTITY_CONFLICT when the token is signed for another user than the link's */
async function refuseSigned(
  claims: VerifiedClaims,
  link: IdentityLink,
  ports: Pick<FirstLinkOptions, "audit" | "now">,
  signal: AbortSignal,
): Promise<void> {
  if (claims.userId === null || claims.userId === link.userId) return;
  refuseDelegated(claims);
  const about = { ...link, via: claims.clientId };
  throw await recordConflict("signed-user-id", about, ports, signal);
}

/** Whether the link's connection belongs to a different organization than at the first login, switched off or not. */
async function hasMoved(
  { connection, organizationId }: IdentityLink,
  { login }: Pick<Assessment, "login">,
  organizations: Organizations,
  signal: AbortSignal,
): Promise<boolean> {
  if (organizationId === null) return false;
  const isOfLogin = login.via === "sso" && login.connection.name === connection;
  const present = isOfLogin ? login.connection : await organizations.findConnection(connection, signal);
  return present !== null && present.organizationId !== organizationId;
}
