import { type IncomingMessage, METHODS } from "node:http";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { User } from "../../answer/index.ts";
import {
  checkRole,
  type Identity,
  type MembershipPorts,
  type OrganizationId,
  parseOrganizationId,
  Refusal,
  type Role,
} from "../../domain/index.ts";
import { inputProblem, roleSchema, toTRPCError } from "../../trpc/index.ts";
import { challenge } from "../../wire/index.ts";
import type { ErrorAnswers } from "./error-answers.ts";
import type { RequestEvents } from "./request-events.ts";
import { noteInput } from "./request-names.ts";
import type { SenderOf } from "./senders.ts";

/** Its name among the procedures, for metrics. */
export const FORWARD_AUTH = "forward-auth";

/** Envoy puts this before the path and query of its client. */
const EXT_AUTHZ = "/ext-authz";
const QUERY_NAMES = { organization: "organizationId", role: "role" } as const;
const HEADER_NAMES = { organization: "x-require-organization-id", role: "x-require-role" } as const;

/** What the operator of a proxy requires of every user who gets through. */
interface Requirement {
  readonly organizationId: OrganizationId;
  readonly required: Role;
}

/** Where a requirement is written: the query parameters, or the headers, with these names. */
type Names = typeof QUERY_NAMES | typeof HEADER_NAMES;

interface ForwardAuth extends Pick<RequestEvents, "called">, Pick<ErrorAnswers, "answerError"> {
  readonly senderOf: SenderOf;
  readonly ports: MembershipPorts;
}

/**
 * Tells a proxy whose request it holds, in headers that the proxy puts on the request. Nothing here reads the path, the
 * query or the body of the proxy's client, or an identity that the client claims.
 */
export function registerForwardAuthRoutes(
  app: FastifyInstance,
  { senderOf, ports, called, answerError }: ForwardAuth,
): void {
  const answerWith = (read: (request: FastifyRequest) => Requirement | null) => ({
    exposeHeadRoute: false,
    config: { procedure: FORWARD_AUTH },
    errorHandler(error: unknown, request: FastifyRequest, reply: FastifyReply) {
      // nginx passes no other refusal of a token on.
      const isConflict = error instanceof Refusal && error.reason === "CREDENTIALS_CONFLICT";
      if (isConflict) {
        void reply.header("www-authenticate", challenge(error.reason, toTRPCError(error).message));
      }
      answerError(error, request, reply, isConflict ? 401 : undefined);
    },
    // A hook, because a request may have a body of any type, which must not be read.
    onRequest: async (request: FastifyRequest, reply: FastifyReply) => {
      // Before the token, so that the operator sees a mistake with the first request, even without a token.
      const requirement = read(request);
      const user = await requireUser(request.raw, requirement, { senderOf, ports });
      const headers = identityHeaders(user);
      called(FORWARD_AUTH, "OK");
      return reply.code(200).headers(headers).send(); // Envoy takes another 2xx as a refusal
    },
    handler: () => {},
  });
  app.route({ method: "GET", url: "/forward-auth", ...answerWith(requirementInQuery) });
  // Otherwise answered as a preflight, with a status that a proxy may take as a yes.
  app.route({
    method: "OPTIONS",
    url: "/forward-auth",
    onRequest: (_request, reply) => reply.callNotFound(),
    handler: () => {},
  });

  const methods = METHODS.filter((method) => method !== "CONNECT"); // Node hands it to no route
  for (const method of methods) {
    if (!app.supportedMethods.includes(method)) app.addHttpMethod(method);
  }
  app.route({ method: methods, url: EXT_AUTHZ, ...answerWith(requirementInHeaders) });
}

/** For Fastify's `rewriteUrl`. Envoy's client may have sent a path that Fastify refuses. */
export function withoutClientsPath({ url = "" }: IncomingMessage): string {
  if (!url.startsWith(EXT_AUTHZ)) return url;
  return [undefined, "/", "?"].includes(url[EXT_AUTHZ.length]) ? EXT_AUTHZ : url;
}

/** What the proxy puts on the request. Empty values, because Caddy would send the name of a missing one. */
export function identityHeaders({ identity, organization }: ForwardedUser): Record<string, string> {
  return {
    "x-user-id": identity.userId,
    "x-organization-id": organization?.id ?? "",
    "x-organization-role": organization?.role ?? "",
    "x-actor-client": actorClientOf(identity),
  };
}

/** A delegated token never looks like the user's own, also where it names no application, or one of spaces alone. */
function actorClientOf({ actor }: Identity): string {
  return actor === null ? "" : actor.clientId?.trim() || "unknown";
}

type ForwardedUser = Pick<User, "identity" | "organization">;

/** @throws {Refusal} as every procedure; NOT_A_MEMBER or ROLE_REQUIRED if the requirement is not met */
async function requireUser(
  request: IncomingMessage,
  requirement: Requirement | null,
  { senderOf, ports }: Pick<ForwardAuth, "senderOf" | "ports">,
): Promise<ForwardedUser> {
  const sender = senderOf(request);
  const user = await sender.counted(sender.user());
  if (requirement === null) return user;
  noteInput(request, requirement);
  const { organizationId: id, required } = requirement;
  const { allowed, role } = await sender.traced(() =>
    checkRole(user.identity, requirement, ports, sender.signal),
  );
  if (role === null)
    throw new Refusal("NOT_A_MEMBER", "not a member of the organization that the proxy requires");
  if (!allowed) throw new Refusal("ROLE_REQUIRED", `${role} of ${id}, where the proxy requires ${required}`);
  return { ...user, organization: { id, role } };
}

/** @throws {TRPCError} BAD_REQUEST, also for a parameter that is not one of ours */
function requirementInQuery({ raw: { url = "" } }: FastifyRequest): Requirement | null {
  const query = new URLSearchParams(url.replace(/^[^?]*/, ""));
  const known = new Set<string>(Object.values(QUERY_NAMES));
  if ([...query.keys()].some((name) => !known.has(name))) {
    throw inputProblem(
      "the query has an unknown parameter. Only organizationId and role may follow `/forward-auth?`, and the proxy must not append the query of its client",
    );
  }
  return requirementOf((name) => query.getAll(name), QUERY_NAMES);
}

/** @throws {TRPCError} BAD_REQUEST */
function requirementInHeaders({ raw: { headersDistinct } }: FastifyRequest): Requirement | null {
  return requirementOf((name) => headersDistinct[name] ?? [], HEADER_NAMES);
}

function requirementOf(valuesOf: (name: string) => readonly string[], names: Names): Requirement | null {
  const organization = onlyValue(names.organization, valuesOf(names.organization));
  const role = onlyValue(names.role, valuesOf(names.role));
  if (organization === null) {
    if (role === null) return null;
    throw inputProblem(`${names.role} needs ${names.organization}: name the organization of the role`);
  }
  const organizationId = parseOrganizationId(organization);
  if (organizationId === null) {
    throw inputProblem(`${names.organization} is not an organization id: use an id that \`org list\` prints`);
  }
  const required = roleSchema.safeParse(role ?? "member");
  if (!required.success) {
    throw inputProblem(`${names.role} is unknown: use one of ${roleSchema.options.join(", ")}`);
  }
  return { organizationId, required: required.data };
}

function onlyValue(name: string, values: readonly string[]): string | null {
  if (values.length > 1) throw inputProblem(`${name} is given more than once: give it once`);
  return values[0] ?? null;
}
