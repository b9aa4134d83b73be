import { type CanonicalEmail, type DomainName, domainOf } from "../email.ts";
import { type AddressRefusal, type AddressTrust, type Assessment, assess } from "../login/address-trust.ts";
import { connectionNameOf, type Login } from "../login/login.ts";
import { Refusal } from "../refusal.ts";
import type { VerifiedClaims } from "../token/claims.ts";
import { noTrace, type Trace } from "../trace.ts";
import { parseUserId, type UserId } from "../user-id.ts";
import { actingToken, refuseEnded } from "./ended.ts";
import type { FirstLinkRules } from "./first-link.ts";
import { refuseUnregistered } from "./first-login.ts";
import type { IdentityLink } from "./identity-link.ts";
import type { JudgedLogin } from "./judged-login.ts";
import { type PrincipalSigns, signsOf } from "./principal.ts";
import { createSubjectLinks, type SubjectLinkOptions } from "./subject-link.ts";

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
  readonly login: Login;
  /** Shown in responses. Null unless it is trusted on this request; a legacy token's address is for display only. */
  readonly email: CanonicalEmail | null;
  /** Who acts for the user with a delegated token; null for the user's own token. */
  readonly actor: Actor | null;
  /** How the address was judged on this request. */
  readonly trust: AddressTrust;
  /** Judged again on stored data before a membership is created. */
  readonly claims: VerifiedClaims;
  /** Null unless this request has made the link. */
  readonly judged: JudgedLogin | null;
}

export interface IdentityResolverOptions extends SubjectLinkOptions {
  /** Called for everything that report mode lets through. */
  readonly wouldRefuse: (refusal: { reason: AddressRefusal; connection: string; domain: DomainName }) => void;
}

/** The rules in the order in which they are checked, each with what it decides on. */
export interface IdentityRules extends FirstLinkRules {
  readonly person: PrincipalSigns & { readonly claims: VerifiedClaims };
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
  const links = createSubjectLinks(options);

  return async (claims, signal, trace = noTrace) => {
    const { person, machine } = signsOf(claims, options);
    trace.rule("person", { claims, person, machine }, () => {
      if (machine !== null)
        throw new Refusal("USER_TOKEN_REQUIRED", `a machine token: ${machine}`, { hint: machine });
    });
    const actor = await actorOf(claims, options, signal, trace);
    if (claims.source === "platform") return platformIdentity(claims, actor, options, signal, trace);
    const remembered = await assess(claims, options.organizations, options, signal);
    reportWouldRefuse(claims, remembered, options);
    const { login } = remembered;
    trace.rule("connection", { claims, login }, () => refuseUnregistered(login, options));
    trace.rule("address", { claims, ...remembered }, () => {});
    const found = await links.find(claims, remembered, signal, trace);
    const { link } = found;
    const isNew = found.judged !== null;
    const settled = await trace.rule("link", { link, isNew }, () => links.settle(claims, found, signal));
    const { assessment, link: own, judged } = settled;
    const { trust } = assessment;
    const email = trust.state === "trusted" ? trust.email : null;
    return identity(claims, { userId: own.userId, login: assessment.login, email, trust, actor, judged });
  };
}

/** @throws {Refusal} IDENTITY_BLOCKED, TOKEN_REVOKED where the actor is blocked, or what has ended their tokens is later */
async function actorOf(
  claims: VerifiedClaims,
  { links }: Pick<IdentityResolverOptions, "links">,
  signal: AbortSignal,
  trace: Trace<IdentityRules>,
): Promise<Identity["actor"]> {
  if (claims.actor === null) return null;
  const { clientId } = claims.actor;
  const acting = actingToken(claims);
  if (acting === null) {
    const actor = { clientId, userId: null };
    trace.rule("delegation", { actor }, () => {});
    return actor;
  }
  const { link, facts } = await links.findSubject(acting, signal);
  const userId = link?.userId ?? null;
  const actor = { clientId, userId };
  await trace.rule("delegation", { actor }, async () => {
    const user = userId === null ? null : { userId, ...(await links.findUser(userId, signal)) };
    refuseEnded(acting, { facts, session: null, user });
  });
  return actor;
}

async function platformIdentity(
  claims: VerifiedClaims,
  actor: Actor | null,
  { links }: Pick<IdentityResolverOptions, "links">,
  signal: AbortSignal,
  trace: Trace<IdentityRules>,
): Promise<Identity> {
  const userId = parseUserId(claims.subject);
  if (userId === null) throw new Refusal("TOKEN_INVALID", "the subject of a legacy token is not a UUID");
  const login = { via: "platform" } as const;
  trace.rule("connection", { claims, login }, () => {});
  const user = { userId, ...(await links.findUser(userId, signal)) };
  refuseEnded(claims, { facts: null, session: null, user }, trace);
  const email = "canonical" in claims.email ? claims.email.canonical : null;
  return identity(claims, { userId, login, email, trust: { state: "absent" }, actor, judged: null });
}

function reportWouldRefuse(
  claims: VerifiedClaims,
  { login, trust }: Assessment,
  { wouldRefuse }: Pick<IdentityResolverOptions, "wouldRefuse">,
): void {
  if (trust.state !== "trusted" || trust.wouldRefuse === null) return;
  const domain = domainOf(trust.email);
  const connection = claims.connection ?? connectionNameOf(login);
  wouldRefuse({ reason: trust.wouldRefuse, connection, domain });
}

/** What decides who sent a token: all that it says but of its own times, its session and the name of its issuer. */
export function personKey({
  issuer: _issuer,
  issuedAt: _issuedAt,
  sid: _sid,
  expiresAt: _,
  name: _name, // decides nothing
  ...claims
}: VerifiedClaims): string {
  return JSON.stringify(claims);
}

/** The identity by another token of the same {@link personKey}. @throws {TypeError} for a token of another subject */
export function identityBy(claims: VerifiedClaims, known: Identity): Identity {
  const { tenant, subject } = known.claims;
  if (claims.tenant !== tenant || claims.subject !== subject)
    throw new TypeError("a token of another subject");
  return { ...known, claims, judged: null };
}

function identity(
  claims: VerifiedClaims,
  resolved: Pick<Identity, "userId" | "login" | "email" | "trust" | "actor" | "judged">,
): Identity {
  return { claims, ...resolved } as Identity;
}
