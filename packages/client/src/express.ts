import type { Request, RequestHandler, Response } from "express";
import { Answer } from "./answer.ts";
import {
  assertRole,
  type Caller,
  createRequestGuard,
  type GuardOptions,
  headerValues,
  type PlatformOrganization,
} from "./request-guard.ts";
import type { PlatformIdentity, Role } from "./token-validator.ts";
import { hangUpSignal } from "./waiting.ts";

declare global {
  namespace Express {
    interface Request {
      /** The user who sent the request; set in every route after `platformAuth`. */
      identity: PlatformIdentity;
      /** The organization of the request; set in a route with `requireOrganization`. */
      organization: PlatformOrganization;
    }
  }
}

export type PlatformAuthOptions = GuardOptions & {
  /** Returns the organization of a request, instead of `X-Organization-Id`; null or undefined for the token's own. */
  readonly organizationOf?: (request: Request) => string | null | undefined;
};

/** Beside the request, not on it: code that prints a request must not print its token. */
const guarded = new WeakMap<Request, Caller>();

/**
 * Guards every route registered after it: either `request.identity` is set, or the request has been answered. Register
 * public routes before it.
 */
export function platformAuth(options: PlatformAuthOptions): RequestHandler {
  const identify = createRequestGuard(options, ({ rawHeaders }: Request, name) =>
    headerValues(rawHeaders, name),
  );
  return async (request, response, next) => {
    const caller = await identify(request, hangUpSignal(response));
    if (caller === null || caller instanceof Answer) return send(response, caller);
    request.identity = caller.identity;
    guarded.set(request, caller);
    next();
  };
}

/**
 * Lets a request through if its user has the role (default `member`) in the organization that `X-Organization-Id` names,
 * or else in the token's own. `request.organization` is then that organization, with the user's role in it.
 * @throws {TypeError} for an unknown role
 */
export function requireOrganization(role: Role = "member"): RequestHandler {
  assertRole(role);
  return async (request, response, next) => {
    const caller = guarded.get(request);
    if (caller === undefined) throw new Error("requireOrganization: register platformAuth before the route");
    const organization = await caller.admit(role, hangUpSignal(response));
    if (organization === null || organization instanceof Answer) return send(response, organization);
    request.organization = organization;
    next();
  };
}

function send(response: Response, answer: Answer | null): void {
  if (answer === null) return; // the client has disconnected
  response.status(answer.status).set(answer.headers).json(answer.body);
}
