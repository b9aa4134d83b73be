import { type CanonicalEmail, type DomainName, domainOf } from "../email.ts";
import { type AddressRefusal, type AddressTrust, type Assessment, assess } from "../login/address-trust.ts";
import { connectionNameOf, type Login, strategyOf } from "../login/login.ts";
import type { Organizations } from "../organization.ts";
import { Refusal } from "../refusal.ts";
import { ENTERPRISE_STRATEGIES } from "../strategy.ts";
import type { Source, VerifiedClaims } from "../token/claims.ts";
import { refuseDelegated } from "../token/token-limits.ts";
import { noTrace, type Trace } from "../trace.ts";
import { parseUserId, type UserId } from "../user-id.ts";
import { SingleFlight } from "../waiting/single-flight.ts";
import { createFirstLink, type FirstLinkOptions, type FirstLinkRules } from "./first-link.ts";
import { refuseUnregistered, refuseUntrusted } from "./first-login.ts";
import { recordConflict } from "./identity-conflict.ts";
import { type IdentityLink, type IdentityLinks, refuseBlocked } from "./identity-link.ts";
import type { JudgedLogin } from "./judged-login.ts";

/** Who acts for a user. */
export interface Actor {
  /** The application; null if the token does not say. */
  readonly clientId: string | null;
  /** Null unless a link of the actor's own subject is stored. */
  readonly userId: UserId | null;
}

/** The platform user behind a token. Minted by {@link createIdentityResolver} alone. */
export interface Identity {
  readonly Identity: unique symbol;
  readonly userId: UserId;
  readonly source: Source;
  readonly login: Login;
  /** `org_id` of the token. */
  readonly auth0OrgId: string | null;
  /** Shown in responses. Null unless it is trusted on this request; a legacy token's address is for display only. */
  readonly email: CanonicalEmail | null;
  /** Who acts for the user with a delegated token; null for the user's own token. */
  readonly actor: Actor | null;
  /** How the address was judged on this request. */
  readonly trust: AddressTrust;
  /** Judged again on stored data before a membership is created. */
  readonly claims: VerifiedClaims;
  /** Seconds since the epoch. */
  readonly expiresAt: number;
  /** Null unless this request has made the link. */
  readonly judged: JudgedLogin | null;
}

export interface IdentityResolverOptions extends FirstLinkOptions {
  /** May be cached; a decision that stores something reads {@link FirstLinkOptions.storedLinks}. */
  readonly links: IdentityLinks;
  readonly organizations: Organizations;
  /** Called for everything that report mode lets through. */
  readonly wouldRefuse: (refusal: { reason: AddressRefusal; connection: string; domain: DomainName }) => void;
}

/** The rules in the order in which they are checked, each with what it decides on. */
export interface IdentityRules extends FirstLinkRules {
  /** `machine`: what says that the token is not a person's. */
  readonly person: { readonly claims: VerifiedClaims; readonly machine: string | null };
  /** Of a delegated token only. */
  readonly delegation: { readonly actor: Actor };
  readonly connection: { readonly claims: VerifiedClaims; readonly login: Login };
  readonly address: Assessment & { readonly claims: VerifiedClaims };
  readonly link: { readonly link: IdentityLink; readonly isNew: boolean };
}

/**
 * @throws {Refusal} why the user cannot be identified; DIRECTORY_UNAVAILABLE, STORE_UNAVAILABLE or OVERLOADED when
 * an upstream gave no usable answer before `signal` aborted
 */
export type ResolveIdentity = (
  claims: VerifiedClaims,
  signal: AbortSignal,
  trace?: Trace<IdentityRules>,
) => Promise<Identity>;

/** The one resolver of every procedure: verified claims in, the company's own UUID out, never the subject. */
export function createIdentityResolver(options: IdentityResolverOptions): ResolveIdentity {
  const { organizations, stored, links, storedLinks } = options;
  const firstLink = createFirstLink(options);
  const flights = new SingleFlight<Resolved>();

  return async (claims, signal, trace = noTrace) => {
    trace.rule("person", { claims, machine: machineBehind(claims) }, () => refuseMachine(claims));
    const actor = await actorOf(claims, signal, trace);
    if (claims.source === "platform") return platformIdentity(claims, actor, signal, trace);
    const remembered = await assess(claims, organizations, options, signal);
    reportWouldRefuse(claims, remembered);
    const { login } = remembered;
    trace.rule("connection", { claims, login }, () => refuseUnregistered(login, options));
    trace.rule("address", { claims, ...remembered }, () => {});
    const resolved = await linkOf(claims, remembered, signal, trace);
    const { link, isNew } = resolved;
    const settled = await trace.rule("link", { link, isNew }, () => settleConflict(claims, resolved, signal));
    const { assessment, link: own, judged } = settled;
    const { trust } = assessment;
    const email = trust.state === "trusted" ? trust.email : null;
    return identity(claims, { userId: own.userId, login: assessment.login, email, trust, actor, judged });
  };

  /** What says that the token is a machine's, or that it is not known to be a person's; null for a person's. */
  function machineBehind({ machine, source, connection, subject }: VerifiedClaims): string | null {
    if (machine !== null || source === "platform" || connection !== null) return machine;
    const strategy = strategyOf(subject) ?? "";
    const isKnown = ENTERPRISE_STRATEGIES.includes(strategy) || options.otherStrategies.has(strategy);
    return isKnown ? null : "it has no connection claim, and its sub begins with no strategy";
  }

  function refuseMachine(claims: VerifiedClaims): void {
    const hint = machineBehind(claims);
    if (hint !== null) throw new Refusal("USER_TOKEN_REQUIRED", `a machine token: ${hint}`, { hint });
  }

  /** @throws {Refusal} IDENTITY_BLOCKED when the actor is a user whom an operator has blocked */
  async function actorOf(
    { actor, tenant }: VerifiedClaims,
    signal: AbortSignal,
    trace: Trace<IdentityRules>,
  ): Promise<Identity["actor"]> {
    if (actor === null) return null;
    const { subject, clientId } = actor;
    const link = subject === null ? null : await links.find({ tenant, subject }, signal);
    const userId = link?.userId ?? null;
    const acting = { clientId, userId };
    await trace.rule("delegation", { actor: acting }, async () => {
      if (userId !== null) await refuseBlocked(userId, links, signal);
    });
    return acting;
  }

  async function platformIdentity(
    claims: VerifiedClaims,
    actor: Actor | null,
    signal: AbortSignal,
    trace: Trace<IdentityRules>,
  ): Promise<Identity> {
    const userId = parseUserId(claims.subject);
    if (userId === null) throw new Refusal("TOKEN_INVALID", "the subject of a legacy token is not a UUID");
    const login = { via: "platform" } as const;
    trace.rule("connection", { claims, login }, () => {});
    await trace.rule("blocked", { userId }, () => refuseBlocked(userId, links, signal));
    const email = "canonical" in claims.email ? claims.email.canonical : null;
    return identity(claims, { userId, login, email, trust: { state: "absent" }, actor, judged: null });
  }

  function reportWouldRefuse(claims: VerifiedClaims, { login, trust }: Assessment): void {
    if (trust.state !== "trusted" || trust.wouldRefuse === null) return;
    const domain = domainOf(trust.email);
    const connection = claims.connection ?? connectionNameOf(login);
    options.wouldRefuse({ reason: trust.wouldRefuse, connection, domain });
  }

  /** The link and the block are read for each caller: what was read before a change must not decide behind it. */
  async function linkOf(
    claims: VerifiedClaims,
    remembered: Assessment,
    signal: AbortSignal,
    trace: Trace<IdentityRules>,
  ): Promise<Resolved> {
    const { tenant, subject } = claims;
    const link = await links.find({ tenant, subject }, signal);
    if (link === null) return newLinkOf(claims, remembered, signal, trace);
    const { userId } = link;
    await trace.rule("blocked", { userId }, () => refuseBlocked(userId, links, signal));
    return { link, assessment: remembered, isNew: false, judged: null };
  }

  /**
   * A first link is shared by those who ask for it at once. The key holds everything that decides it, so that no caller
   * gets the refusal of another token.
   */
  async function newLinkOf(
    claims: VerifiedClaims,
    remembered: Assessment,
    signal: AbortSignal,
    trace: Trace<IdentityRules>,
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
      const { link, assessment } = made;
      return { link, assessment, isNew: true, judged: { signal, sinceMs, ...made } };
    };
    return flights.join(key, work, signal);
  }

  /** @throws {Refusal} IDENTITY_CONFLICT when the link contradicts the signed user id or the registered connection */
  async function settleConflict(
    claims: VerifiedClaims,
    resolved: Resolved,
    signal: AbortSignal,
  ): Promise<Resolved> {
    const { link, isNew } = resolved;
    await refuseSigned(claims, link, signal);
    const isForeign = link.organizationId === null && resolved.assessment.login.via === "sso";
    if (!isForeign && !(await hasMoved(link, resolved.assessment, organizations, signal))) return resolved;
    // The cached link may be older than the move, or than an operator's decision.
    const current = await storedLinks.find(link, signal);
    if (current === null)
      return settleConflict(claims, await newLinkOf(claims, resolved.assessment, signal, noTrace), signal);
    await refuseSigned(claims, current, signal);
    await refuseBlocked(current.userId, storedLinks, signal);
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
      return { link: followed, assessment, isNew, judged: null };
    }
    // The link is older than the registration of its connection: who may speak for the user is still undecided.
    const isUndecided = current.organizationId === null && assessment.login.via === "sso";
    if (isUndecided) refuseDelegated(claims);
    const settled = isUndecided ? await firstLink.adopt(current, first, signal) : current;
    return { link: settled, assessment, isNew, judged: null };
  }

  /** @throws {Refusal} IDENTITY_CONFLICT when the token is signed for another user than the link's */
  async function refuseSigned(claims: VerifiedClaims, link: IdentityLink, signal: AbortSignal) {
    if (claims.userId === null || claims.userId === link.userId) return;
    refuseDelegated(claims);
    const about = { ...link, via: claims.clientId };
    throw await recordConflict("signed-user-id", about, options, signal);
  }
}

/** A link, and the assessment of the login that found or created it. */
interface Resolved {
  readonly link: IdentityLink;
  readonly assessment: Assessment;
  readonly isNew: boolean;
  /** By the request that has made the link; null if it was found. */
  readonly judged: JudgedLogin | null;
}

/** What decides who sent a token: all that it says but when it expires. */
export function personKey({ expiresAt: _, ...claims }: VerifiedClaims): string {
  return JSON.stringify(claims);
}

/** The identity by another token of the same {@link personKey}. @throws {TypeError} for a token of another subject */
export function identityBy(claims: VerifiedClaims, known: Identity): Identity {
  const { tenant, subject } = known.claims;
  if (claims.tenant !== tenant || claims.subject !== subject)
    throw new TypeError("a token of another subject");
  const { userId, login, email, trust, actor } = known;
  return identity(claims, { userId, login, email, trust, actor, judged: null });
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

function identity(
  claims: VerifiedClaims,
  resolved: Pick<Identity, "userId" | "login" | "email" | "trust" | "actor" | "judged">,
): Identity {
  const { source, auth0OrgId, expiresAt } = claims;
  return { source, auth0OrgId, expiresAt, claims, ...resolved } as Identity;
}
