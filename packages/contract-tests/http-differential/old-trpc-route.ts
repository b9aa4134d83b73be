import { TRPCError } from "@trpc/server";
import { type FastifyHandlerOptions, fastifyRequestHandler } from "@trpc/server/adapters/fastify";
import type { FastifyReply, FastifyRequest } from "fastify";
import { isTooDeep } from "../../server/src/json-depth.ts";
import {
  type AppRouter,
  appRouter,
  headersFor,
  inputProblem,
  TOO_DEEP,
} from "../../server/src/trpc/index.ts";
import type { MountTrpc } from "./one-server.ts";

const MAX_BATCH_SIZE = 10;
const NO_STREAM = "httpBatchStreamLink is not supported, use httpBatchLink or httpLink";

/** Mounts the router as before the server had its own adapter: through tRPC's fetch adapter. A batch that is too long is refused whole, because even an empty item costs an answer. */
export const registerOldTrpcRoute: MountTrpc = (app, contextOf, { refusalSeen }) => {
  const options: FastifyHandlerOptions<AppRouter, FastifyRequest, FastifyReply> = {
    router: appRouter,
    createContext: ({ req }) => contextOf(req.raw),
    // tRPC answers some malformed requests as plain text, and its own `Vary` would replace the one of CORS.
    responseMeta: ({ errors }) => ({
      headers: { ...headersFor(errors), "content-type": "application/json", vary: "origin" },
    }),
    onError: ({ error, req, path }) => {
      // The path of an unknown procedure is the caller's text, so it is not logged.
      const procedure = path !== undefined && path in appRouter._def.procedures ? path : undefined;
      refusalSeen(error, req, { procedure });
    },
  };

  app.route<{ Params: { "*": string }; Querystring: { input?: unknown } }>({
    method: ["GET", "POST"],
    url: "/trpc/*",
    exposeHeadRoute: false, // tRPC answers HEAD without a body, which Fastify's HEAD route treats as an error
    handler: async (request, reply) => {
      const { input } = request.query;
      const path = request.params["*"];
      // tRPC decodes the path again, so an encoded comma would make the batch longer than the count below.
      if (path.includes("%")) throw new TRPCError({ code: "NOT_FOUND" });
      if (Array.isArray(input)) throw inputProblem("input is given more than once");
      if (typeof input === "string" && isTooDeep(input)) throw inputProblem(TOO_DEEP);
      if (path.split(",", MAX_BATCH_SIZE + 1).length > MAX_BATCH_SIZE) {
        throw inputProblem(`at most ${MAX_BATCH_SIZE} calls in a batch`);
      }
      const { accept, "trpc-accept": trpcAccept } = request.headers;
      if ([accept, trpcAccept].includes("application/jsonl")) throw inputProblem(NO_STREAM);
      // A stream starts with status 200, before a refusal could set its status and headers.
      request.raw.headers["trpc-accept"] = "application/json";
      request.raw.headers.host = "x"; // a difference of decision 21: it is not read any more
      if (request.method === "GET") delete request.raw.headers["content-type"]; // with it, tRPC would read a body
      await fastifyRequestHandler({ ...options, req: request, res: reply, path });
    },
  });
};
