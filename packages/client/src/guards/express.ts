import type { Request, RequestHandler, Response } from "express";
import { hangUpSignal } from "../waiting.ts";
import { Answer } from "./answer.ts";
import { GuardedRequests, introduce } from "./guarded-requests.ts";
import type { PlatformPrincipal } from "./principal.ts";
import {
  type AdapterOptions,
  type Caller,
  headerValues,
  type PlatformOrganization,
} from "./request-guard.ts";
import type { PlatformIdentity, Role } from "./token-validator.ts";

export {
  type ProtectedResource,
  type ProtectedResourceMetadata,
  protectedResourceMetadata,
} from "./resource-metadata.ts";

declare global {
  namespace Express {
    interface Request {
      /** The user who sent the request; set in every route after `platformAuth`, unless it accepts services. */
      identity: PlatformIdentity;
      /** The user or the service that sent the request; set in every route after `platformAuth`. */
      principal: PlatformPrincipal;
      /** The organization of the request; set in a route with `requireOrganization`. */
      organization: PlatformOrganization;
    }
  }
}

export type PlatformAuthOptions = AdapterOptions<Request>;

const guarded = new GuardedRequests<Request>(
  ({ rawHeaders }, name) => headerValues(rawHeaders, name),
  "before the route",
);

/**
 * Guards every route registered after it: either `request.principal` is set, and `request.identity` if it accepts users
 * alone, or the request has been answered. Register public routes before it.
 */
export function platformAuth(options: PlatformAuthOptions): RequestHandler {
  const identify = guarded.platformAuth(options);
  return (request, response, next) => {
    const letIn = (caller: Caller) => {
      introduce(request, caller);
      next();
    };
    // Express 4 does not handle a rejection, of the guard or of the answer.
    identify(request, hangUpSignal(response)).then(orSend(response, letIn)).catch(next);
  };
}

/**
 * Lets a request through if its user has the role (default `member`) in the organization that `X-Organization-Id` names,
 * or else in the token's own. `request.organization` is then that organization, with the user's role in it.
 * @throws {TypeError} for an unknown role
 */
export function requireOrganization(role: Role = "member"): RequestHandler {
  const admit = guarded.requireOrganization(role);
  return (request, response, next) => {
    const letIn = (organization: PlatformOrganization) => {
      request.organization = organization;
      next();
    };
    admit(request, hangUpSignal(response)).then(orSend(response, letIn)).catch(next);
  };
}

function orSend<T>(response: Response, letIn: (found: T) => void): (found: T | Answer | null) => void {
  return (found) => {
    if (found === null) return; // the client has disconnected
    if (found instanceof Answer) response.status(found.status).set(found.headers).json(found.body);
    else letIn(found);
  };
}
