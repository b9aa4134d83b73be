import type { FastifyInstance, FastifyRequest } from "fastify";
import { type CountCall, introspect, limitCalls, type Sender } from "../../answer/index.ts";
import {
  type CheckCredentials,
  clientCredentialsOf,
  Refusal,
  requirePermission,
  type Service,
} from "../../domain/index.ts";
import { inputProblem, toTRPCError } from "../../trpc/index.ts";
import type { ErrorAnswers } from "./error-answers.ts";
import { FORM_TYPE, onlyField, readFormAsText } from "./form-body.ts";
import type { RequestEvents } from "./request-events.ts";
import type { SenderOf } from "./senders.ts";

/** Its name among the procedures, for metrics. */
export const INTROSPECT = "introspect";

/** Room for the longest token, and for the parameters that a client may add. */
const MAX_FORM_BYTES = 16_384;
const BASIC_CHALLENGE = 'Basic realm="platform-api", charset="UTF-8"';

interface IntrospectOptions extends Pick<RequestEvents, "called">, Pick<ErrorAnswers, "refusalSeen"> {
  readonly senderOf: SenderOf;
  readonly checkCredentials: CheckCredentials;
  /** By client address; invalid tokens that a service asks about, by permission and client id. */
  readonly rateLimits: Readonly<Record<"failedTokens" | "services", CountCall>>;
}

/**
 * Tells a service with the permission `introspect` whether a token is good, and whose it is (RFC 7662): for proxies and
 * frameworks that need no code then. Why a token is not good is logged, and never answered.
 */
export function registerIntrospectRoute(app: FastifyInstance, options: IntrospectOptions): void {
  const { senderOf, called, refusalSeen, rateLimits } = options;
  void app.register(async (scope) => {
    readFormAsText(scope, MAX_FORM_BYTES);
    // RFC 6749 §5.2: the challenge names the scheme that the client has used.
    scope.addHook("onSend", async (_request, reply) => {
      const bearer = reply.getHeader("www-authenticate");
      if (reply.statusCode === 401) void reply.header("www-authenticate", [String(bearer), BASIC_CHALLENGE]);
    });
    scope.post("/introspect", {
      config: { procedure: INTROSPECT },
      async handler(request) {
        const sender = senderOf(request.raw);
        const service = await callerOf(request, sender, options);
        requirePermission(service, "introspect");
        const token = onlyField(request.body, "token");
        if (token === null || token === "")
          throw inputProblem(`token: send it once, in a body of type ${FORM_TYPE}`);
        const { answer, refusal } = await introspect(sender.ofToken(token));
        // As everywhere, a valid token is not counted: a proxy asks about each request.
        if (refusal?.reason === "TOKEN_INVALID")
          limitCalls(rateLimits.services, `introspect ${service.clientId}`, "calls of one service");
        if (refusal === null) called(INTROSPECT, "OK");
        else refusalSeen(toTRPCError(refusal), request);
        return answer;
      },
    });
  });
}

/** @throws {Refusal} as {@link Sender.service} and {@link CheckCredentials} */
async function callerOf(
  { raw }: FastifyRequest,
  sender: Sender,
  { checkCredentials, rateLimits }: IntrospectOptions,
): Promise<Service> {
  const credentials = clientCredentialsOf(raw.rawHeaders);
  if (credentials === null) return sender.counted(sender.service("introspect")).catch(sayWhoAsks);
  const address = sender.caller.address();
  const count = () =>
    limitCalls(
      rateLimits.failedTokens,
      `credentials of ${address}`,
      "unknown client credentials from one address",
    );
  return checkCredentials(credentials, { address, count }, sender.signal);
}

/** The usual message asks for a user's token, and here a service has sent none of its own. */
function sayWhoAsks(error: unknown): never {
  if (!(error instanceof Refusal && error.reason === "TOKEN_MISSING")) throw error;
  const hint = "here that of the service which asks, or its client id and secret as Authorization: Basic";
  throw new Refusal(error.reason, error.message, { hint });
}
