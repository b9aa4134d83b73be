import { credentialOf, isRole } from "@platform-api/server/wire";
import type { PlatformClient } from "../client.ts";
import { isOrganizationIdInput } from "../options.ts";
import { Answer, answerTo } from "./answer.ts";
import { type Accepted, type PlatformPrincipal, userPrincipal } from "./principal.ts";
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

export type AdapterOptions<R, A extends Accepted = Accepted> = GuardOptions & {
  /**
   * Whose tokens are accepted: users' alone (`["user"]`, the default), or those of services that an operator has listed,
   * too. With services the request has a `principal`, and no `identity`.
   */
  readonly accepts?: readonly A[];
  /** The address of the document of {@link protectedResourceMetadata}, which every answer 401 then names. */
  readonly resourceMetadata?: string;
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

/** Whose token was accepted. The token stays inside the SDK. */
export interface Caller {
  readonly principal: PlatformPrincipal;
  /** Null where services are accepted, too: only the principal is known there. */
  readonly identity: PlatformIdentity | null;
  /** Checks the role in the organization that the request names, or else in the token's own. */
  admit(role: Role, signal: GuardSignal): Promise<PlatformOrganization | Answer | null>;
}

/**
 * Creates what the guard adapters (web, Fastify, Express, Hono) share: it finds out who sent a request. It resolves with
 * null when the client has disconnected.
 * @param headerOf each value of a request's header, named in lower case
 * @throws {TypeError} without a client and a validator, and for options that cannot be
 */
export function createRequestGuard<R>(
  options: AdapterOptions<R>,
  headerOf: (request: R, name: string) => readonly string[],
): (request: R, signal: GuardSignal) => Promise<Caller | Answer | null> {
  const { client, validator = validatorOf(client), organizationOf, refuseDelegated = false } = options;
  const { accepts = ["user"], resourceMetadata } = options;
  assertAccepts(accepts);
  assertResourceMetadata(resourceMetadata);

  /** Query parsers turn input into arrays and objects. Malformed input never falls back to the token's organization. */
  function namedBy(request: R): readonly unknown[] {
    if (organizationOf === undefined) return headerOf(request, "x-organization-id");
    const found: unknown = organizationOf(request);
    return found === null || found === undefined ? [] : [found];
  }

  async function senderOf(token: string, signal: GuardSignal): Promise<Omit<Caller, "admit">> {
    if (accepts.includes("service"))
      return { principal: await validator.principal(token, { signal }), identity: null };
    const identity = await validator.validate(token, { signal });
    return { principal: userPrincipal(identity), identity };
  }

  async function roleIn(organizationId: string, role: Role, token: string, signal: GuardSignal) {
    const found = await validator.check(token, { organizationId, role }, { signal });
    if (found.role === null) return new Answer(403, "NOT_A_MEMBER");
    if (found.allowed !== true) return new Answer(403, "ROLE_REQUIRED");
    return { id: organizationId, role: found.role };
  }

  const answered = answersOf(resourceMetadata);
  return (request, signal) =>
    answered(signal, async () => {
      const token = bearerOf(headerOf(request, "authorization"));
      if (token instanceof Answer) return token;
      const sender = await senderOf(token, signal);
      const { principal } = sender;
      if (!accepts.includes(principal.kind)) return notAccepted(principal);
      if (refuseDelegated && principal.kind === "user" && principal.actor !== null)
        return new Answer(403, "DELEGATION_NOT_ALLOWED");
      return {
        ...sender,
        admit: (role, signal) =>
          answered(signal, async () => {
            if (principal.kind === "service") return notAccepted(principal);
            const organizationId = nameOf(namedBy(request), principal);
            if (organizationId instanceof Answer) return organizationId;
            return roleIn(organizationId, role, token, signal);
          }),
      };
    });
}

/** A service is a member of no organization. */
function notAccepted({ kind }: PlatformPrincipal): Answer {
  return new Answer(403, kind === "service" ? "USER_TOKEN_REQUIRED" : "CLIENT_NOT_ALLOWED");
}

function validatorOf(client: PlatformClient | undefined): TokenValidator {
  if (client === undefined) throw new TypeError("Pass a client (createPlatformClient) or a validator");
  return createTokenValidator({ client });
}

/** Turns what a client's call throws into an answer. Null: the client has disconnected. */
function answersOf(resourceMetadata: string | undefined) {
  return async <T>(signal: GuardSignal, work: () => Promise<T | Answer>): Promise<T | Answer | null> => {
    try {
      const found = await work();
      return found instanceof Answer ? found.addMetadata(resourceMetadata) : found;
    } catch (error) {
      if (signal?.aborted) return null;
      const answer = answerTo(error);
      if (answer === null) throw error;
      return answer.addMetadata(resourceMetadata);
    }
  };
}

function bearerOf(authorization: readonly string[]): string | Answer {
  const credential = credentialOf(authorization);
  if ("token" in credential) return credential.token;
  const { reason, hint } = credential;
  if (reason === "TOKEN_MISSING") return new Answer(401, reason);
  return new Answer(400, reason, hint === undefined ? {} : { hint });
}

function nameOf(
  named: readonly unknown[],
  { organizationId }: Pick<PlatformIdentity, "organizationId">,
): string | Answer {
  const [name = organizationId] = named;
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

function assertAccepts(accepts: readonly Accepted[]): void {
  const isKnown = Array.isArray(accepts) && accepts.every((kind) => kind === "user" || kind === "service");
  if (!isKnown || accepts.length === 0) throw new TypeError('accepts must name "user", "service" or both');
}

/** What a quoted string of a header can carry as it is. */
const QUOTABLE_ADDRESS = /^https?:\/\/[!#-[\]-~]+$/;

function assertResourceMetadata(address: string | undefined): void {
  if (address === undefined || (typeof address === "string" && QUOTABLE_ADDRESS.test(address))) return;
  throw new TypeError(
    "resourceMetadata must be the address of the document, such as https://api.example/.well-known/…",
  );
}
