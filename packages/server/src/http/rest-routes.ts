import { callTRPCProcedure } from "@trpc/server";
import type { FastifyInstance, FastifyRequest } from "fastify";
import { appRouter, createContext, type Services } from "../trpc/index.ts";
import { parseJsonBody } from "./json-body.ts";

/** The procedures under paths, for callers that do not speak tRPC. The body is the procedure's data. */
export function registerRestRoutes(app: FastifyInstance, services: Services): void {
  const call = (request: FastifyRequest, type: "query" | "mutation", path: string, input?: unknown) =>
    callTRPCProcedure({
      router: appRouter,
      ctx: createContext(services, request.raw.rawHeaders),
      type,
      path,
      getRawInput: async () => input,
      signal: undefined,
      batchIndex: 0,
    });

  app.route({
    method: ["GET", "POST"],
    url: "/validate",
    handler: (request) => call(request, "query", "auth.validate"),
  });
  app.get("/check", (request) => call(request, "query", "auth.check", request.query));
  app.get("/organizations/me", (request) => call(request, "query", "org.me"));
  app.post("/public/auth/discover", (request) =>
    call(request, "mutation", "discover.byEmail", parseJsonBody(request.body)),
  );
}
