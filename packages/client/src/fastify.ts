import type { FastifyInstance, FastifyReply, FastifyRequest, preHandlerAsyncHookHandler } from "fastify";
import fastifyPlugin from "fastify-plugin";
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

declare module "fastify" {
  interface FastifyRequest {
    /** Who asks; there in every route that {@link platformAuth} guards. */
    identity: PlatformIdentity;
    /** What for; there in a route with {@link requireOrganization}. */
    organization: PlatformOrganization;
  }
}

export type PlatformAuthOptions = GuardOptions & {
  /** Where a request names its organization, in place of `X-Organization-Id`; nothing is the token's own. */
  readonly organizationOf?: (request: FastifyRequest) => string | null | undefined;
};

interface Guarded {
  readonly guard: RequestGuard;
  readonly caller: Caller;
  readonly named: (request: FastifyRequest) => readonly unknown[];
}

/** By request, and not on it: nothing that prints a request prints its token. */
const guarded = new WeakMap<FastifyRequest, Guarded>();

/**
 * Guards every route of its scope: `request.identity` is there, or the request has been answered. What is public is
 * registered outside of the scope. Unknown paths belong to the root scope, whatever their prefix, or to one that sets
 * a not-found handler of its own.
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
 * Lets in who has the role, `member` unless said, in the organization that the request names in
 * `X-Organization-Id`, or else the token's own; `request.organization` says which, and the role there.
 * @throws {TypeError} for what is no role
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
  if (answer === null) return reply.hijack(); // nobody is there to answer, and nothing went wrong
  const { reason } = answer.body.error;
  if (answer.trouble !== null) reply.log.warn({ reason, trouble: answer.trouble }, "platform-api cannot say");
  return reply.code(answer.status).headers(answer.headers).send(answer.body);
}
