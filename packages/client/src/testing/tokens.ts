import {
  parseUserId,
  Refusal,
  type tokenTrial,
  type UserId,
  type VerifiedClaims,
  verifiedClaims,
} from "@platform-api/server/memory";
import type { PlatformIdentity } from "../guards/token-validator.ts";
import type { User } from "./scenario.ts";

/** What a token says beside its user. */
export interface TestTokenOptions {
  /** The application. `console`, the default, is the only one that may administer organizations; null: it does not say. */
  readonly clientId?: PlatformIdentity["clientId"];
  /** Who acts for the user, as `auth.validate` answers it. Default: null, for the user's own token. */
  readonly actor?: PlatformIdentity["actor"];
}

interface Issued {
  readonly claims: VerifiedClaims;
  /** In seconds since 1970. */
  readonly issuedAt: number;
}

/** The alias of the issuer, under which links are stored. */
export const TENANT = "mocks";
const ISSUER = "urn:platform-api:mocks";

const LIFETIME_SECONDS = 3_600;
/** The server's clock tolerance. */
const CLOCK_TOLERANCE_MS = 30_000;

/** The tokens of one set of handlers, and their verifier. They are not JWTs, so that every real server refuses them. */
export class Tokens {
  readonly #issued = new Map<string, Issued>();
  /** The users who act for others. */
  readonly actors = new Set<UserId>();

  issue(user: User, { clientId = "console", actor = null }: TestTokenOptions): string {
    const acting = parseUserId(actor?.userId);
    if (acting !== null) this.actors.add(acting);
    const issuedAt = Math.floor(Date.now() / 1_000);
    const expiresAt = issuedAt + LIFETIME_SECONDS;
    const visible = { sub: user.userId, exp: expiresAt, ...(actor !== null && { act: actor }) };
    return this.#keep(visible, claimsOf(user, { clientId, actor, issuedAt, expiresAt }));
  }

  /** A token that the machine itself got, with its client credentials. */
  issueMachine(clientId: string): string {
    const issuedAt = Math.floor(Date.now() / 1_000);
    const expiresAt = issuedAt + LIFETIME_SECONDS;
    return this.#keep(
      { sub: `${clientId}@clients`, exp: expiresAt },
      machineClaims(clientId, { issuedAt, expiresAt }),
    );
  }

  #keep(visible: object, claims: VerifiedClaims): string {
    const inside = base64url(JSON.stringify({ iss: ISSUER, ...visible }));
    const token = `test-token.${inside}.${crypto.randomUUID()}`;
    this.#issued.set(token, { issuedAt: claims.issuedAt, claims });
    return token;
  }

  /** Expires one token, or all tokens issued so far. */
  expire(token?: string): void {
    for (const [each, { claims, issuedAt }] of this.#issued) {
      if (token !== undefined && token !== each) continue;
      this.#issued.set(each, { issuedAt, claims: { ...claims, expiresAt: 0 } });
    }
  }

  recall(): null {
    return null;
  }

  remember(): void {}

  async verify(token: string): Promise<VerifiedClaims> {
    const issued = this.#find(token);
    refuseExpired(issued);
    return issued.claims;
  }

  /** The same in the steps that the test of a connection shows. */
  async verifyAfresh(token: string, _: AbortSignal, trace: Steps): Promise<VerifiedClaims> {
    const issued = trace.rule("issuer", NO_FACTS, () => this.#find(token));
    const facts = { claims: { iat: issued.issuedAt } } as never;
    trace.rule("lifetime", facts, () => refuseExpired(issued));
    return issued.claims;
  }

  #find(token: string): Issued {
    const issued = this.#issued.get(token);
    if (issued === undefined) throw new Refusal("TOKEN_INVALID", "it was not issued here");
    return issued;
  }
}

type Steps = Parameters<Parameters<typeof tokenTrial>[0]["verifier"]["verifyAfresh"]>[2];
/** The texts of the two steps rely on the time of issue alone. */
const NO_FACTS = {} as never;

function refuseExpired({ claims }: Issued): void {
  if (Date.now() >= claims.expiresAt * 1_000 + CLOCK_TOLERANCE_MS)
    throw new Refusal("TOKEN_EXPIRED", "it has expired");
}

type Times = Pick<VerifiedClaims, "issuedAt" | "expiresAt">;

function machineClaims(clientId: string, times: Times): VerifiedClaims {
  return verifiedClaims({
    source: "auth0",
    issuer: ISSUER,
    tenant: TENANT,
    subject: `${clientId}@clients`,
    machine: "its sub ends in @clients",
    clientId,
    actor: null,
    email: { absent: "EMAIL_MISSING" },
    emailVerified: false,
    name: null,
    connection: null,
    auth0OrgId: null,
    userId: null,
    sid: null,
    ...times,
  });
}

function claimsOf(
  { userId, email, name, emailVerified, connection, organizationId }: User,
  { clientId, actor, ...times }: Required<TestTokenOptions> & Times,
): VerifiedClaims {
  return verifiedClaims({
    source: "auth0",
    issuer: ISSUER,
    tenant: TENANT,
    subject: subjectOf(userId, connection?.strategy),
    machine: null,
    clientId,
    actor: actor && { clientId: actor.clientId, subject: actor.userId && actingSubjectOf(actor.userId) },
    email: { canonical: email },
    emailVerified: connection === null && emailVerified,
    name,
    connection: connection?.name ?? null,
    auth0OrgId: organizationId,
    userId: null,
    sid: crypto.randomUUID(),
    ...times,
  });
}

export function subjectOf(userId: UserId, strategy = "auth0"): string {
  return `${strategy}|${userId}`;
}

/** The subject of a user who acts for another. */
export function actingSubjectOf(userId: string): string {
  return `acting|${userId}`;
}

/** Expects ASCII. */
function base64url(text: string): string {
  return btoa(text).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}
