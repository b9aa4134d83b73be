import { type AddressRefusal, type AddressTrust, judgeAddress, type TrustMode } from "./address-trust.ts";
import type { Source, VerifiedClaims } from "./claims.ts";
import { type CanonicalEmail, type DomainName, domainOf } from "./email.ts";
import { createFirstLink, type FirstLinkOptions, refuseBlocked } from "./first-link.ts";
import { conflict } from "./identity-conflict.ts";
import type { IdentityLink } from "./identity-link.ts";
import { connectionNameOf, type Login, loginOf } from "./login.ts";
import type { Organizations } from "./organization.ts";
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

export interface IdentityResolverOptions extends FirstLinkOptions {
  readonly organizations: Organizations;
  /** Strategies of subjects that are no SSO: `auth0`, `email`, `google-oauth2` … */
  readonly otherStrategies: ReadonlySet<string>;
  readonly trustMode: TrustMode;
  /** Told of everything that report mode lets through. */
  readonly wouldRefuse: (refusal: { reason: AddressRefusal; connection: string; domain: DomainName }) => void;
}

/**
 * @throws {Refusal} why this person is nobody here; DIRECTORY_UNAVAILABLE, STORE_UNAVAILABLE or OVERLOADED when
 * that could not be found out before `signal` aborts
 */
export type ResolveIdentity = (claims: VerifiedClaims, signal: AbortSignal) => Promise<Identity>;

/** The one resolver of every procedure: verified claims in, the company's own UUID out, never the subject. */
export function createIdentityResolver(options: IdentityResolverOptions): ResolveIdentity {
  const { organizations, links } = options;
  const firstLink = createFirstLink(options);
  const flights = new SingleFlight<IdentityLink>();

  return async (claims, signal) => {
    if (claims.isMachine) throw new Refusal("USER_TOKEN_REQUIRED", "the token is a machine's");
    if (claims.source === "platform") return platformIdentity(claims, signal);
    const login = await loginOf(claims, options, signal);
    const trust = await trustOf(claims, login, signal);
    const link = await linkOf(claims, login, trust, signal);
    await refuseBlocked(link.userId, links, signal);
    await refuseConflict(claims, link, signal);
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
    await refuseBlocked(userId, links, signal);
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

  /** The flight's key is all that a first link is decided by, so that nobody gets another token's refusal. */
  async function linkOf(
    claims: VerifiedClaims,
    login: Login,
    trust: AddressTrust,
    signal: AbortSignal,
  ): Promise<IdentityLink> {
    const { tenant, subject, userId } = claims;
    const key = JSON.stringify([tenant, subject, userId, connectionNameOf(login), trust]);
    const work = async () =>
      (await links.find({ tenant, subject }, signal)) ?? firstLink({ claims, login, trust }, signal);
    try {
      return await flights.join(key, work, signal);
    } catch (cause) {
      if (!signal.aborted || cause !== signal.reason) throw cause;
      // Which upstream it waited for is not known here; the directory may take longest.
      throw new Refusal("DIRECTORY_UNAVAILABLE", "the request ended before the first login that it joined", {
        cause,
      });
    }
  }

  async function refuseConflict(
    claims: VerifiedClaims,
    link: IdentityLink,
    signal: AbortSignal,
  ): Promise<void> {
    if (claims.userId !== null && claims.userId !== link.userId) {
      throw await conflict("signed-user-id", link, options, signal);
    }
    if (link.organizationId === null) return;
    const connection = await organizations.findConnection(link.connection, signal);
    if (connection !== null && connection.organizationId !== link.organizationId) {
      throw await conflict("moved-connection", link, options, signal);
    }
  }
}

function identity(
  claims: VerifiedClaims,
  resolved: Pick<Identity, "userId" | "login" | "email" | "grantingEmail">,
): Identity {
  const { source, auth0OrgId, expiresAt } = claims;
  return { source, auth0OrgId, expiresAt, ...resolved } as Identity;
}
