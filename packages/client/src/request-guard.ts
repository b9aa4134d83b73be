import { Answer, answerTo } from "./answer.ts";
import type { PlatformClient } from "./client.ts";
import { isOrganizationName } from "./organization-name.ts";
import {
  createTokenValidator,
  type PlatformIdentity,
  type Role,
  type TokenValidator,
} from "./token-validator.ts";

/** A client, or a validator of one's own: to set what it remembers, or to share it between guards. */
export type GuardOptions =
  | { readonly client: PlatformClient; readonly validator?: never }
  | { readonly validator: TokenValidator; readonly client?: never };

/** The organization a request is for, and what the person is there. */
export interface PlatformOrganization {
  readonly id: string;
  readonly role: Role;
}

/** Somebody whose token has been accepted; `token` stays inside the SDK. */
export interface Caller {
  readonly identity: PlatformIdentity;
  readonly token: string;
}

/** What the web, Fastify and Express faces share. Null where nobody waits any more: the caller has gone. */
export interface RequestGuard {
  /** `authorization`: each value of that header. */
  identify(
    authorization: readonly string[],
    signal: AbortSignal | undefined,
  ): Promise<Caller | Answer | null>;
  /** `named`: each organization the request names, in whatever form; none is the token's own. */
  admit(
    caller: Caller,
    question: { named: readonly unknown[]; role: Role },
    signal: AbortSignal | undefined,
  ): Promise<PlatformOrganization | Answer | null>;
}

/** @throws {TypeError} without a client and a validator */
export function createRequestGuard({ client, validator = validatorOf(client) }: GuardOptions): RequestGuard {
  return {
    async identify(authorization, signal) {
      const token = bearerOf(authorization);
      if (token instanceof Answer) return token;
      return answered(signal, async () => ({ token, identity: await validator.validate(token, { signal }) }));
    },
    async admit({ identity, token }, { named, role }, signal) {
      const organizationId = nameOf(named, identity);
      if (organizationId instanceof Answer) return organizationId;
      return answered(signal, async () => {
        const found = await validator.check(token, { organizationId, role }, { signal });
        if (found.role === null) return new Answer(403, "NOT_A_MEMBER");
        if (found.allowed !== true) return new Answer(403, "ROLE_REQUIRED");
        return { id: organizationId, role: found.role };
      });
    },
  };
}

function validatorOf(client: PlatformClient | undefined): TokenValidator {
  if (client === undefined) throw new TypeError("Give a client (createPlatformClient) or a validator");
  return createTokenValidator({ client });
}

async function answered<T>(
  signal: AbortSignal | undefined,
  ask: () => Promise<T>,
): Promise<T | Answer | null> {
  try {
    return await ask();
  } catch (error) {
    if (signal?.aborted) return null;
    const answer = answerTo(error);
    if (answer === null) throw error;
    return answer;
  }
}

/**
 * The one token of `Authorization: Bearer`. Whatever a proxy and this server could read differently is refused: a
 * repeated header (a web `Headers` joins it with a comma), another scheme, none or several tokens (RFC 6750 §2).
 */
function bearerOf(authorization: readonly string[]): string | Answer {
  const [value] = authorization;
  if (value === undefined) return new Answer(401, "TOKEN_MISSING");
  const [, token = ""] = /^bearer +(.*)$/i.exec(value) ?? [];
  if (authorization.length > 1 || !/^[^\s,]+$/.test(token)) return new Answer(400, "CREDENTIALS_CONFLICT");
  return token;
}

function nameOf(named: readonly unknown[], identity: PlatformIdentity): string | Answer {
  const [name = identity.organizationId] = named;
  if (name === null) {
    return new Answer(400, "INPUT_INVALID", { message: "Name the organization in X-Organization-Id" });
  }
  if (named.length > 1 || !isOrganizationName(name) || /[\s,]/.test(name)) {
    return new Answer(400, "INPUT_INVALID", { message: "Name one organization, once, in X-Organization-Id" });
  }
  return name;
}

/**
 * How a face tells the organizations that a request names. Query parsers make arrays and objects of what a caller
 * wrote; only what is not there is none, so that nobody falls back on the token's own organization unawares.
 */
export function namesOf<R>(
  organizationOf: ((request: R) => unknown) | undefined,
  header: (request: R) => readonly string[],
): (request: R) => readonly unknown[] {
  if (organizationOf === undefined) return header;
  return (request) => {
    const found = organizationOf(request);
    return found === null || found === undefined ? [] : [found];
  };
}

/** Each value of a header in Node's `rawHeaders`; its parsed headers keep the first of two `Authorization`. */
export function headerValues(rawHeaders: readonly string[], name: string): string[] {
  return rawHeaders.filter((_, i) => i % 2 === 1 && rawHeaders[i - 1]?.toLowerCase() === name);
}

const ROLES: ReadonlySet<unknown> = new Set<Role>(["member", "admin", "owner"]);

/** @throws {TypeError} for what is no role; at start, not at each request */
export function assertRole(role: Role): void {
  if (!ROLES.has(role)) throw new TypeError("requireOrganization: the role must be member, admin or owner");
}
