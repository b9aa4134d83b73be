import { TRPCError } from "@trpc/server";
import { type FastifyHandlerOptions, fastifyRequestHandler } from "@trpc/server/adapters/fastify";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import {
  type AppRouter,
  appRouter,
  createContext,
  headersFor,
  reasonOf,
  type Services,
} from "../trpc/index.ts";
import { logged } from "./error-answers.ts";
import { isTooDeep } from "./json-body.ts";

const MAX_BATCH_SIZE = 10;

/** Mounts the router. A batch is refused whole when it is too long: each empty item would cost an answer. */
export function registerTrpcRoute(app: FastifyInstance, services: Services): void {
  const options: FastifyHandlerOptions<AppRouter, FastifyRequest, FastifyReply> = {
    router: appRouter,
    maxBatchSize: MAX_BATCH_SIZE,
    createContext: ({ req }) => createContext(services, req.raw.rawHeaders),
    responseMeta: ({ errors }) => ({ headers: headersFor(errors) }),
    onError: ({ error, req, path }) => {
      const reason = reasonOf(error);
      const procedure = path !== undefined && path in appRouter._def.procedures ? path : undefined;
      const level = reason === "INTERNAL" ? "error" : "info";
      req.log[level]({ reason, procedure, err: logged(error) }, "procedure refused");
    },
  };

  app.route<{ Params: { "*": string }; Querystring: { input?: unknown } }>({
    method: ["GET", "POST"],
    url: "/trpc/*",
    handler: async (request, reply) => {
      const { input } = request.query;
      if (typeof input === "string" && isTooDeep(input)) throw new TRPCError({ code: "BAD_REQUEST" });
      await fastifyRequestHandler({ ...options, req: request, res: reply, path: request.params["*"] });
    },
  });
}
