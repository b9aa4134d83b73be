import type {
  FastifyInstance,
  FastifyPluginAsync,
  FastifyReply,
  FastifyRequest,
  preHandlerAsyncHookHandler,
} from "fastify";
import { hangUpSignal } from "../waiting.ts";
import { Answer } from "./answer.ts";
import { GuardedRequests, introduce } from "./guarded-requests.ts";
import type { PlatformPrincipal } from "./principal.ts";
import { type AdapterOptions, headerValues, type PlatformOrganization } from "./request-guard.ts";
import type { PlatformIdentity, Role } from "./token-validator.ts";

export {
  type ProtectedResource,
  type ProtectedResourceMetadata,
  protectedResourceMetadata,
} from "./resource-metadata.ts";

declare module "fastify" {
  interface FastifyRequest {
    /** The user who sent the request; set in every route that {@link platformAuth} guards, unless it accepts services. */
    identity: PlatformIdentity;
    /** The user or the service that sent the request; set in every route that {@link platformAuth} guards. */
    principal: PlatformPrincipal;
    /** The organization of the request; set in a route with {@link requireOrganization}. */
    organization: PlatformOrganization;
  }
}

export type PlatformAuthOptions = AdapterOptions<FastifyRequest>;

const guarded = new GuardedRequests<FastifyRequest>(
  ({ raw }, name) => headerValues(raw.rawHeaders, name),
  "in the route's scope",
);

/**
 * Guards every route of its scope: either `request.principal` is set, and `request.identity` if it accepts users alone,
 * or the request has been answered. Register public routes outside the scope. Unknown paths belong to the root scope,
 * whatever their prefix, unless another scope sets its own not-found handler.
 */
export const platformAuth: FastifyPluginAsync<PlatformAuthOptions> = Object.assign(guardRequests, {
  // What fastify-plugin sets: the hooks and decorators are for the scope that registers the plugin.
  [Symbol.for("skip-override")]: true,
  [Symbol.for("fastify.display-name")]: "@platform-api/client",
  [Symbol.for("plugin-meta")]: { name: "@platform-api/client", fastify: "5.x" },
});

async function guardRequests(app: FastifyInstance, options: PlatformAuthOptions): Promise<void> {
  const identify = guarded.platformAuth(options);
  for (const property of ["identity", "principal", "organization"]) {
    if (!app.hasRequestDecorator(property)) app.decorateRequest(property);
  }
  app.addHook("onRequest", async (request, reply) => {
    const caller = await identify(request, hangUpSignal(reply.raw));
    if (caller === null || caller instanceof Answer) return send(reply, caller);
    introduce(request, caller);
  });
}

/**
 * Lets a request through if its user has the role (default `member`) in the organization that `X-Organization-Id` names,
 * or else in the token's own. `request.organization` is then that organization, with the user's role in it.
 * @throws {TypeError} for an unknown role
 */
export function requireOrganization(role: Role = "member"): preHandlerAsyncHookHandler {
  const admit = guarded.requireOrganization(role);
  return async (request, reply) => {
    const organization = await admit(request, hangUpSignal(reply.raw));
    if (organization === null || organization instanceof Answer) return send(reply, organization);
    request.organization = organization;
  };
}

function send(reply: FastifyReply, answer: Answer | null): FastifyReply {
  if (answer === null) return reply.hijack(); // the client has disconnected: there is nothing to send and nothing to log
  const { reason } = answer.body.error;
  const { trouble, address } = answer;
  if (trouble !== null)
    reply.log.warn({ reason, trouble, address }, "platform-api could not check the sign-in");
  return reply.code(answer.status).headers(answer.headers).send(answer.body);
}
