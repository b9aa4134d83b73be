import { callTRPCProcedure } from "@trpc/server";
import type { FastifyInstance, FastifyRequest } from "fastify";
import { appRouter, contractOf, createContext, type Services } from "../trpc/index.ts";
import { parseJsonBody } from "./json-body.ts";
import { REST_OPERATIONS, type RestOperation } from "./rest-operations.ts";

/** The procedures under paths, for callers that do not speak tRPC. The body is the procedure's data. */
export function registerRestRoutes(app: FastifyInstance, services: Services): void {
  for (const { method, path: url, procedure: path, inputFrom } of REST_OPERATIONS) {
    const { type } = contractOf(path);
    app.route({
      method,
      url,
      handler: (request) => {
        const input = inputOf(request, inputFrom);
        return callTRPCProcedure({
          router: appRouter,
          ctx: createContext(services, request.raw.rawHeaders),
          type,
          path,
          getRawInput: async () => input,
          signal: undefined,
          batchIndex: 0,
        });
      },
    });
  }
}

/** @throws {TRPCError} PARSE_ERROR */
function inputOf(request: FastifyRequest, inputFrom: RestOperation["inputFrom"]): unknown {
  switch (inputFrom) {
    case "nothing":
      return undefined;
    case "query":
      return request.query;
    case "body":
      return parseJsonBody(request.body);
  }
}
