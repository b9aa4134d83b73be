import { credentialOf, isRole } from "@platform-api/server/wire";
import type { PlatformClient } from "../client.ts";
import { isOrganizationIdInput } from "../options.ts";
import { Answer, answerTo } from "./answer.ts";
import {
  createTokenValidator,
  type PlatformIdentity,
  type Role,
  type TokenValidator,
} from "./token-validator.ts";

/** A client, or your own validator: to configure its cache, or to share it between guards. */
export type GuardOptions =
  | { readonly client: PlatformClient; readonly validator?: never }
  | { readonly validator: TokenValidator; readonly client?: never };

export type AdapterOptions<R> = GuardOptions & {
  /** Returns the organization of a request, instead of `X-Organization-Id`; null or undefined for the token's own. */
  readonly organizationOf?: (request: R) => string | null | undefined;
  /** Refuses delegated tokens, with which somebody else acts for the user. By default they are let in: see `identity.actor`. */
  readonly refuseDelegated?: boolean;
};

/** The organization of a request, and the user's role in it. */
export interface PlatformOrganization {
  readonly id: string;
  readonly role: Role;
}

type GuardSignal = AbortSignal | undefined;

/** A user whose token was accepted. The token stays inside the SDK. */
export interface Caller {
  readonly identity: PlatformIdentity;
  /** Checks the role in the organization that the request names, or else in the token's own. */
  admit(role: Role, signal: GuardSignal): Promise<PlatformOrganization | Answer | null>;
}

/**
 * Creates what the guard adapters (web, Fastify, Express, Hono) share: it finds the user of a request. It resolves with null
 * when the client has disconnected.
 * @param headerOf each value of a request's header, named in lower case
 * @throws {TypeError} without a client and a validator
 */
export function createRequestGuard<R>(
  options: AdapterOptions<R>,
  headerOf: (request: R, name: string) => readonly string[],
): (request: R, signal: GuardSignal) => Promise<Caller | Answer | null> {
  const { client, validator = validatorOf(client), organizationOf, refuseDelegated = false } = options;

  /** Query parsers turn input into arrays and objects. Malformed input never falls back to the token's organization. */
  function namedBy(request: R): readonly unknown[] {
    if (organizationOf === undefined) return headerOf(request, "x-organization-id");
    const found: unknown = organizationOf(request);
    return found === null || found === undefined ? [] : [found];
  }

  return async (request, signal) => {
    const token = bearerOf(headerOf(request, "authorization"));
    if (token instanceof Answer) return token;
    return answered(signal, async () => {
      const identity = await validator.validate(token, { signal });
      if (refuseDelegated && identity.actor !== null) return new Answer(403, "DELEGATION_NOT_ALLOWED");
      return {
        identity,
        async admit(role, signal) {
          const organizationId = nameOf(namedBy(request), identity);
          if (organizationId instanceof Answer) return organizationId;
          return answered(signal, async () => {
            const found = await validator.check(token, { organizationId, role }, { signal });
            if (found.role === null) return new Answer(403, "NOT_A_MEMBER");
            if (found.allowed !== true) return new Answer(403, "ROLE_REQUIRED");
            return { id: organizationId, role: found.role };
          });
        },
      };
    });
  };
}

function validatorOf(client: PlatformClient | undefined): TokenValidator {
  if (client === undefined) throw new TypeError("Pass a client (createPlatformClient) or a validator");
  return createTokenValidator({ client });
}

async function answered<T>(signal: GuardSignal, work: () => Promise<T>): Promise<T | Answer | null> {
  try {
    return await work();
  } catch (error) {
    if (signal?.aborted) return null;
    const answer = answerTo(error);
    if (answer === null) throw error;
    return answer;
  }
}

function bearerOf(authorization: readonly string[]): string | Answer {
  const credential = credentialOf(authorization);
  if ("token" in credential) return credential.token;
  const { reason, hint } = credential;
  if (reason === "TOKEN_MISSING") return new Answer(401, reason);
  return new Answer(400, reason, hint === undefined ? {} : { hint });
}

function nameOf(named: readonly unknown[], identity: PlatformIdentity): string | Answer {
  const [name = identity.organizationId] = named;
  if (name === null) {
    return new Answer(400, "INPUT_INVALID", { message: "Name the organization in X-Organization-Id" });
  }
  if (named.length > 1 || !isOrganizationIdInput(name) || /[\s,]/.test(name)) {
    return new Answer(400, "INPUT_INVALID", { message: "Name one organization, once, in X-Organization-Id" });
  }
  return name;
}

/** Each value of a header in Node's `rawHeaders`. Node's parsed headers keep only the first `Authorization`. */
export function headerValues(rawHeaders: readonly string[], name: string): string[] {
  return rawHeaders.filter((_, i) => i % 2 === 1 && rawHeaders[i - 1]?.toLowerCase() === name);
}

/** @throws {TypeError} for an unknown role: when the route is registered, not at each request */
export function assertRole(role: Role): void {
  if (!isRole(role)) throw new TypeError("requireOrganization: the role must be member, admin or owner");
}
