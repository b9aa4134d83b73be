import type { Request, RequestHandler, Response } from "express";
import { Answer } from "./answer.ts";
import { hangUpSignal } from "./hang-up.ts";
import {
  assertRole,
  type Caller,
  createRequestGuard,
  type GuardOptions,
  headerValues,
  namesOf,
  type PlatformOrganization,
  type RequestGuard,
} from "./request-guard.ts";
import type { PlatformIdentity, Role } from "./token-validator.ts";

declare global {
  namespace Express {
    interface Request {
      /** Who asks; there in every route behind `platformAuth`. */
      identity: PlatformIdentity;
      /** What for; there in a route with `requireOrganization`. */
      organization: PlatformOrganization;
    }
  }
}

export type PlatformAuthOptions = GuardOptions & {
  /** Where a request names its organization, in place of `X-Organization-Id`; nothing is the token's own. */
  readonly organizationOf?: (request: Request) => string | null | undefined;
};

interface Guarded {
  readonly guard: RequestGuard;
  readonly caller: Caller;
  readonly named: (request: Request) => readonly unknown[];
}

/** By request, and not on it: nothing that prints a request prints its token. */
const guarded = new WeakMap<Request, Guarded>();

/**
 * Guards whatever comes after it: `request.identity` is there, or the request has been answered. What is public
 * comes before it.
 */
export function platformAuth(options: PlatformAuthOptions): RequestHandler {
  const guard = createRequestGuard(options);
  const named = namesOf(options.organizationOf, organizationHeader);
  return async (request, response, next) => {
    const authorization = headerValues(request.rawHeaders, "authorization");
    const caller = await guard.identify(authorization, hangUpSignal(response));
    if (caller === null || caller instanceof Answer) return send(response, caller);
    request.identity = caller.identity;
    guarded.set(request, { guard, caller, named });
    next();
  };
}

/**
 * Lets in who has the role, `member` unless said, in the organization that the request names in
 * `X-Organization-Id`, or else the token's own; `request.organization` says which, and the role there.
 * @throws {TypeError} for what is no role
 */
export function requireOrganization(role: Role = "member"): RequestHandler {
  assertRole(role);
  return async (request, response, next) => {
    const entry = guarded.get(request);
    if (entry === undefined) throw new Error("requireOrganization: put platformAuth before the route");
    const { guard, caller, named } = entry;
    const organization = await guard.admit(caller, { named: named(request), role }, hangUpSignal(response));
    if (organization === null || organization instanceof Answer) return send(response, organization);
    request.organization = organization;
    next();
  };
}

function organizationHeader({ rawHeaders }: Request): string[] {
  return headerValues(rawHeaders, "x-organization-id");
}

function send(response: Response, answer: Answer | null): void {
  if (answer === null) return; // nobody is there to answer
  response.status(answer.status).set(answer.headers).json(answer.body);
}
