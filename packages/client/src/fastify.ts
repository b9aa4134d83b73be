import type { FastifyInstance, FastifyReply, FastifyRequest, preHandlerAsyncHookHandler } from "fastify";
import fastifyPlugin from "fastify-plugin";
import { Answer } from "./answer.ts";
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
import { hangUpSignal } from "./waiting.ts";

declare module "fastify" {
  interface FastifyRequest {
    /** The user who sent the request; set in every route that {@link platformAuth} guards. */
    identity: PlatformIdentity;
    /** The organization of the request; set in a route with {@link requireOrganization}. */
    organization: PlatformOrganization;
  }
}

export type PlatformAuthOptions = GuardOptions & {
  /** Returns the organization of a request, instead of `X-Organization-Id`; null or undefined for the token's own. */
  readonly organizationOf?: (request: FastifyRequest) => string | null | undefined;
};

interface Guarded {
  readonly guard: RequestGuard;
  readonly caller: Caller;
  readonly named: (request: FastifyRequest) => readonly unknown[];
}

/** Beside the request, not on it: code that prints a request must not print its token. */
const guarded = new WeakMap<FastifyRequest, Guarded>();

/**
 * Guards every route of its scope: either `request.identity` is set, or the request has been answered. Register public
 * routes outside the scope. Unknown paths belong to the root scope, whatever their prefix, unless another scope sets its
 * own not-found handler.
 */
export const platformAuth = fastifyPlugin(guardRequests, { name: "@platform-api/client", fastify: "5.x" });

async function guardRequests(app: FastifyInstance, options: PlatformAuthOptions): Promise<void> {
  const guard = createRequestGuard(options);
  const named = namesOf(options.organizationOf, organizationHeader);
  for (const property of ["identity", "organization"]) {
    if (!app.hasRequestDecorator(property)) app.decorateRequest(property);
  }
  app.addHook("onRequest", async (request, reply) => {
    const authorization = headerValues(request.raw.rawHeaders, "authorization");
    const caller = await guard.identify(authorization, hangUpSignal(reply.raw));
    if (caller === null || caller instanceof Answer) return send(reply, caller);
    request.identity = caller.identity;
    guarded.set(request, { guard, caller, named });
  });
}

/**
 * Lets a request through if its user has the role (default `member`) in the organization that `X-Organization-Id` names,
 * or else in the token's own. `request.organization` is then that organization, with the user's role in it.
 * @throws {TypeError} for an unknown role
 */
export function requireOrganization(role: Role = "member"): preHandlerAsyncHookHandler {
  assertRole(role);
  return async (request, reply) => {
    const entry = guarded.get(request);
    if (entry === undefined)
      throw new Error("requireOrganization: register platformAuth in the route's scope");
    const { guard, caller, named } = entry;
    const organization = await guard.admit(caller, { named: named(request), role }, hangUpSignal(reply.raw));
    if (organization === null || organization instanceof Answer) return send(reply, organization);
    request.organization = organization;
  };
}

function organizationHeader({ raw }: FastifyRequest): string[] {
  return headerValues(raw.rawHeaders, "x-organization-id");
}

function send(reply: FastifyReply, answer: Answer | null): FastifyReply {
  if (answer === null) return reply.hijack(); // the client has disconnected: there is nothing to send and nothing to log
  const { reason } = answer.body.error;
  if (answer.trouble !== null)
    reply.log.warn({ reason, trouble: answer.trouble }, "platform-api could not check the sign-in");
  return reply.code(answer.status).headers(answer.headers).send(answer.body);
}
