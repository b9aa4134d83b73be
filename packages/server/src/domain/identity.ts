import { type AddressRefusal, type AddressTrust, judgeAddress, type TrustMode } from "./address-trust.ts";
import type { Source, VerifiedClaims } from "./claims.ts";
import { type CanonicalEmail, type DomainName, domainOf } from "./email.ts";
import { type Login, loginOf } from "./login.ts";
import type { OrganizationId, Organizations } from "./organization.ts";
import { Refusal } from "./refusal.ts";
import { SingleFlight } from "./single-flight.ts";

/** The company's own id of a person: a lower-case UUID. Minted by {@link parseUserId} alone. */
export type UserId = string & { readonly UserId: unique symbol };

const NIL = "00000000-0000-0000-0000-000000000000";
const MAX = "ffffffff-ffff-ffff-ffff-ffffffffffff";

/** Any version, because the directory's Postgres permits any; neither nil nor max (RFC 9562 §5.9, §5.10). */
export function parseUserId(value: unknown): UserId | null {
  if (typeof value !== "string" || !/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(value)) return null;
  const lower = value.toLowerCase();
  return lower === NIL || lower === MAX ? null : (lower as UserId);
}

/** Finds the platform user behind an e-mail address, creating it at the first call. */
export interface UserDirectory {
  /**
   * @throws {Refusal} DIRECTORY_UNAVAILABLE when there is no usable answer before `signal` aborts: unreachable,
   * slow, or answering something that is no user with this address; OVERLOADED when its queue is full
   */
  ensureUser(email: CanonicalEmail, signal: AbortSignal): Promise<UserId>;
}

/** Which rule decided the UUID of a link: our own signed claim, or the directory's user of a trusted address. */
export type LinkRule = "claim" | "verified-domain" | "verified-email" | "report-mode" | "operator";

/** The issuer's key of a user within one tenant. */
export interface SubjectKey {
  readonly tenant: string;
  readonly subject: string;
}

/** (tenant, subject) → UUID, stored at the first login and true for life. */
export interface IdentityLink extends SubjectKey {
  readonly userId: UserId;
  /** The connection of the first login, and the organization it belonged to then (null: not registered). */
  readonly connection: string;
  readonly organizationId: OrganizationId | null;
  /** The address at link time. */
  readonly email: CanonicalEmail | null;
  readonly rule: LinkRule;
  /** ISO 8601, UTC. */
  readonly linkedAt: string;
}

/** (tenant, connection, UUID): the place that at most one subject holds. */
export interface Seat {
  readonly tenant: string;
  readonly connection: string;
  readonly userId: UserId;
}

/**
 * Who was linked to whom. Absence is null; every method throws {@link Refusal} STORE_UNAVAILABLE when there is
 * no usable answer before `signal` aborts.
 */
export interface IdentityLinks {
  find(key: SubjectKey, signal: AbortSignal): Promise<IdentityLink | null>;
  /** Stores the link unless its subject has one; answers with the link that is stored now. */
  create(link: IdentityLink, signal: AbortSignal): Promise<IdentityLink>;
  /** Takes the seat unless another subject holds it; answers with the subject that holds it now. */
  takeSeat(seat: Seat, subject: string, signal: AbortSignal): Promise<string>;
  /** Gives up a seat that `subject` holds; nothing happens when another subject holds it. */
  releaseSeat(seat: Seat, subject: string, signal: AbortSignal): Promise<void>;
  /** Whether an operator has blocked this person. */
  isBlocked(userId: UserId, signal: AbortSignal): Promise<boolean>;
}

/** The platform user behind a token. Minted by {@link createIdentityResolver} alone. */
export interface Identity {
  readonly Identity: unique symbol;
  readonly userId: UserId;
  readonly source: Source;
  readonly login: Login;
  /** `org_id` of the token. */
  readonly auth0OrgId: string | null;
  /** What answers show: null unless it is trusted on this request (a legacy token's is for display). */
  readonly email: CanonicalEmail | null;
  /** What memberships may be granted by: trusted on this request and not merely let through by report mode. */
  readonly grantingEmail: CanonicalEmail | null;
  /** Seconds since the epoch. */
  readonly expiresAt: number;
}

export interface IdentityResolverOptions {
  readonly organizations: Organizations;
  readonly links: IdentityLinks;
  readonly directory: UserDirectory;
  /** Strategies of subjects that are no SSO: `auth0`, `email`, `google-oauth2` … */
  readonly otherStrategies: ReadonlySet<string>;
  readonly trustMode: TrustMode;
  /** Told of everything that report mode lets through. */
  readonly wouldRefuse: (refusal: { reason: AddressRefusal; connection: string; domain: DomainName }) => void;
  readonly now: () => Date;
}

/**
 * @throws {Refusal} why this person is nobody here; DIRECTORY_UNAVAILABLE, STORE_UNAVAILABLE or OVERLOADED when
 * that could not be found out before `signal` aborts
 */
export type ResolveIdentity = (claims: VerifiedClaims, signal: AbortSignal) => Promise<Identity>;

/** The one resolver of every procedure: verified claims in, the company's own UUID out, never the subject. */
export function createIdentityResolver(options: IdentityResolverOptions): ResolveIdentity {
  const { organizations, links, directory } = options;
  const flights = new SingleFlight<IdentityLink>();

  return async (claims, signal) => {
    if (claims.isMachine) throw new Refusal("USER_TOKEN_REQUIRED", "the token is a machine's");
    if (claims.source === "platform") return platformIdentity(claims, signal);
    const login = await loginOf(claims, options, signal);
    const trust = await trustOf(claims, login, signal);
    const link = await linkOf(claims, login, trust, signal);
    await refuseConflict(claims, link, signal);
    await refuseBlocked(link.userId, signal);
    const email = trust.state === "trusted" ? trust.email : null;
    return identity(claims, {
      userId: link.userId,
      login,
      email,
      grantingEmail: trust.state === "trusted" && trust.rule !== "report-mode" ? email : null,
    });
  };

  async function platformIdentity(claims: VerifiedClaims, signal: AbortSignal): Promise<Identity> {
    const userId = parseUserId(claims.subject);
    if (userId === null) throw new Refusal("TOKEN_INVALID", "the subject of a legacy token is no UUID");
    await refuseBlocked(userId, signal);
    const email = "canonical" in claims.email ? claims.email.canonical : null;
    return identity(claims, { userId, login: { via: "platform" }, email, grantingEmail: null });
  }

  async function trustOf(claims: VerifiedClaims, login: Login, signal: AbortSignal): Promise<AddressTrust> {
    const domain = "canonical" in claims.email ? domainOf(claims.email.canonical) : null;
    const verifiers = domain === null ? [] : await organizations.listByDomain(domain, signal);
    return judgeAddress(claims, login, {
      verifiers,
      trustMode: options.trustMode,
      wouldRefuse: (reason) => {
        if (domain !== null) options.wouldRefuse({ reason, connection: connectionNameOf(login), domain });
      },
    });
  }

  /** The flight's key is all that {@link firstLink} decides by, so that nobody gets another token's refusal. */
  function linkOf(
    claims: VerifiedClaims,
    login: Login,
    trust: AddressTrust,
    signal: AbortSignal,
  ): Promise<IdentityLink> {
    const { tenant, subject, userId } = claims;
    const key = JSON.stringify([tenant, subject, userId, connectionNameOf(login), trust]);
    return flights.join(
      key,
      async () => (await links.find({ tenant, subject }, signal)) ?? firstLink(claims, login, trust, signal),
    );
  }

  async function firstLink(
    claims: VerifiedClaims,
    login: Login,
    trust: AddressTrust,
    signal: AbortSignal,
  ): Promise<IdentityLink> {
    const { tenant, subject } = claims;
    const userId = await firstUserId(claims, login, trust, signal);
    await refuseBlocked(userId, signal);
    const seat: Seat = { tenant, connection: connectionNameOf(login), userId };
    // The seat first, then the link: the other order, or a check before a put, links two racing subjects.
    if ((await links.takeSeat(seat, subject, signal)) !== subject) {
      throw new Refusal("IDENTITY_CONFLICT", "another subject of this connection holds the user's seat");
    }
    const link = await links.create(
      {
        tenant,
        subject,
        userId,
        connection: seat.connection,
        organizationId: login.via === "sso" ? login.connection.organizationId : null,
        email: trust.state === "trusted" ? trust.email : null,
        rule: claims.userId !== null || trust.state !== "trusted" ? "claim" : trust.rule,
        linkedAt: options.now().toISOString(),
      },
      signal,
    );
    // Two first logins of one subject with different addresses: the loser must not keep a stranger's seat.
    if (link.userId !== userId) await links.releaseSeat(seat, subject, signal);
    return link;
  }

  async function firstUserId(
    claims: VerifiedClaims,
    login: Login,
    trust: AddressTrust,
    signal: AbortSignal,
  ): Promise<UserId> {
    if (trust.state === "refused") {
      throw new Refusal(trust.reason, firstLoginDetail(claims, login));
    }
    if (claims.userId !== null) return claims.userId;
    if (trust.state === "absent") {
      throw new Refusal("EMAIL_MISSING", "a first login needs an address or a signed user id");
    }
    return directory.ensureUser(trust.email, signal);
  }

  async function refuseConflict(
    claims: VerifiedClaims,
    link: IdentityLink,
    signal: AbortSignal,
  ): Promise<void> {
    if (claims.userId !== null && claims.userId !== link.userId) {
      throw new Refusal("IDENTITY_CONFLICT", "the signed user id differs from the stored link");
    }
    if (link.organizationId === null) return;
    const connection = await organizations.findConnection(link.connection, signal);
    if (connection !== null && connection.organizationId !== link.organizationId) {
      throw new Refusal("IDENTITY_CONFLICT", "the connection of the link has moved to another organization");
    }
  }

  async function refuseBlocked(userId: UserId, signal: AbortSignal): Promise<void> {
    if (await links.isBlocked(userId, signal)) {
      throw new Refusal("IDENTITY_BLOCKED", "an operator has blocked this user");
    }
  }
}

/** What an operator needs to mend it: the connection and the domain, never the address. */
function firstLoginDetail({ email }: VerifiedClaims, login: Login): string {
  const domain = "canonical" in email ? ` for the domain ${domainOf(email.canonical)}` : "";
  return `a first login through connection ${connectionNameOf(login)} is not trusted${domain}`;
}

function connectionNameOf(login: Login): string {
  switch (login.via) {
    case "sso":
      return login.connection.name;
    case "other":
    case "unregistered":
      return login.connectionName;
    case "platform":
      return "platform";
  }
}

function identity(
  claims: VerifiedClaims,
  resolved: Pick<Identity, "userId" | "login" | "email" | "grantingEmail">,
): Identity {
  const { source, auth0OrgId, expiresAt } = claims;
  return { source, auth0OrgId, expiresAt, ...resolved } as Identity;
}
