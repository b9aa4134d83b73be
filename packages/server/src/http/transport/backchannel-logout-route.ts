import type { FastifyInstance } from "fastify";
import {
  type Logout,
  Refusal,
  type RevocationPorts,
  recordLogout,
  type VerifyLogout,
} from "../../domain/index.ts";
import { toTRPCError } from "../../trpc/index.ts";
import type { ErrorAnswers } from "./error-answers.ts";
import { FORM_TYPE, onlyField, readFormAsText } from "./form-body.ts";
import type { RequestEvents } from "./request-events.ts";
import type { SenderOf } from "./senders.ts";

/** Its name among the procedures, for metrics. */
export const BACKCHANNEL_LOGOUT = "backchannel-logout";

const MAX_FORM_BYTES = 8_192;

interface BackchannelLogout extends Pick<RequestEvents, "called">, Pick<ErrorAnswers, "refusalSeen"> {
  readonly senderOf: SenderOf;
  readonly ports: RevocationPorts;
  readonly verifyLogout: VerifyLogout;
}

/**
 * Where the identity provider tells of a logout (OpenID Connect Back-Channel Logout 1.0 §2.5–2.8): 200 once it is stored,
 * 400 for a bad token. Bad tokens are limited by address, as on any path.
 */
export function registerBackchannelLogoutRoute(app: FastifyInstance, options: BackchannelLogout): void {
  const { senderOf, ports, verifyLogout, called, refusalSeen } = options;
  const verifyForm = async (form: unknown, signal: AbortSignal): Promise<Logout> =>
    verifyLogout(tokenOf(form), signal);
  void app.register(async (scope) => {
    readFormAsText(scope, MAX_FORM_BYTES);
    scope.post("/backchannel-logout", {
      config: { procedure: BACKCHANNEL_LOGOUT },
      handler: async (request, reply) => {
        const sender = senderOf(request.raw);
        try {
          const logout = await sender.counted(verifyForm(request.body, sender.signal));
          const { tenant, subject, sid, at, maxTokenLifetimeSeconds } = logout;
          await sender.traced(() =>
            recordLogout({ tenant, subject, sid }, at, { ...ports, maxTokenLifetimeSeconds }, sender.signal),
          );
        } catch (error) {
          if (!(error instanceof Refusal) || error.reason !== "TOKEN_INVALID") throw error;
          refusalSeen(toTRPCError(error), request);
          return reply.code(400).send({ error: "invalid_request", error_description: error.message });
        }
        called(BACKCHANNEL_LOGOUT, "OK");
        return reply.code(200).send();
      },
    });
  });
}

/** @throws {Refusal} TOKEN_INVALID */
function tokenOf(form: unknown): string {
  const token = onlyField(form, "logout_token");
  if (token !== null) return token;
  throw new Refusal("TOKEN_INVALID", `logout_token: send it once, in a body of type ${FORM_TYPE}`);
}
