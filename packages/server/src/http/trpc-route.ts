import { TRPCError } from "@trpc/server";
import { type FastifyHandlerOptions, fastifyRequestHandler } from "@trpc/server/adapters/fastify";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import {
  type AppRouter,
  appRouter,
  createContext,
  headersFor,
  inputProblem,
  reasonOf,
  type Services,
} from "../trpc/index.ts";
import { levelOf, logged } from "./error-answers.ts";
import { isTooDeep, TOO_DEEP } from "./json-body.ts";

const MAX_BATCH_SIZE = 10;

/** Mounts the router. A batch is refused whole when it is too long: each empty item would cost an answer. */
export function registerTrpcRoute(app: FastifyInstance, services: Services): void {
  const options: FastifyHandlerOptions<AppRouter, FastifyRequest, FastifyReply> = {
    router: appRouter,
    createContext: ({ req }) => createContext(services, req.raw.rawHeaders),
    // What tRPC cannot even begin on it would answer as plain text; by its own `Vary` it forgets CORS.
    responseMeta: ({ errors }) => ({
      headers: { ...headersFor(errors), "content-type": "application/json", vary: "origin" },
    }),
    onError: ({ error, req, path }) => {
      const reason = reasonOf(error);
      const procedure = path !== undefined && path in appRouter._def.procedures ? path : undefined;
      req.log[levelOf(reason)]({ reason, procedure, err: logged(error) }, "procedure refused");
    },
  };

  app.route<{ Params: { "*": string }; Querystring: { input?: unknown } }>({
    method: ["GET", "POST"],
    url: "/trpc/*",
    exposeHeadRoute: false, // tRPC answers HEAD without a body, which Fastify's own HEAD takes for a fault
    handler: async (request, reply) => {
      const { input } = request.query;
      const path = request.params["*"];
      // tRPC decodes the path once more: a comma that is still encoded would make a longer batch than was counted.
      if (path.includes("%")) throw new TRPCError({ code: "NOT_FOUND" });
      if (Array.isArray(input)) throw inputProblem("input is given more than once");
      if (typeof input === "string" && isTooDeep(input)) throw inputProblem(TOO_DEEP);
      if (path.split(",", MAX_BATCH_SIZE + 1).length > MAX_BATCH_SIZE) {
        throw inputProblem(`at most ${MAX_BATCH_SIZE} calls in a batch`);
      }
      // A stream (application/jsonl) is a 200 before anything is known, without any of the headers of a refusal.
      request.raw.headers["trpc-accept"] = "application/json";
      if (request.method === "GET") delete request.raw.headers["content-type"]; // by it tRPC would look for a body
      await fastifyRequestHandler({ ...options, req: request, res: reply, path });
    },
  });
}
