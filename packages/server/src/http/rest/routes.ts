import { callTRPCProcedure } from "@trpc/server";
import type { FastifyInstance, FastifyRequest } from "fastify";
import { contractOf, inputProblem } from "../../trpc/index.ts";
import type { ContextOf } from "../transport/contexts.ts";
import { parseJsonBody } from "../transport/json-body.ts";
import type { RequestEvents } from "../transport/request-events.ts";
import { noteInput } from "../transport/request-names.ts";
import { inputSchema } from "./input-schema.ts";
import { checkRestOperation, type Fields, type RestOperation } from "./operation.ts";
import { REST_API } from "./operations.ts";

/**
 * The procedures under paths, for callers that do not speak tRPC. The body is the procedure's data.
 * @throws {Error} naming the row that is wrong
 */
export function registerRestRoutes(
  app: FastifyInstance,
  contextOf: ContextOf,
  called: RequestEvents["called"],
  { router, operations } = REST_API,
): void {
  for (const operation of operations) {
    const { method, path, procedure } = operation;
    const contract = contractOf(procedure, router);
    checkRestOperation(operation, inputSchema(contract));
    app.route<{ Params: Fields }>({
      method,
      url: path.replaceAll(/\{(\w+)\}/g, ":$1"),
      config: { procedure },
      handler: async (request) => {
        const data = await callTRPCProcedure({
          router,
          ctx: contextOf(request.raw),
          type: contract.type,
          path: procedure,
          // Read lazily, so that a bad token is refused before a bad input.
          getRawInput: async () => {
            const input = inputOf(request, operation);
            noteInput(request.raw, input);
            return input;
          },
          signal: undefined,
          batchIndex: 0,
        });
        called(procedure, "OK");
        return data;
      },
    });
  }
}

/** @throws {TRPCError} PARSE_ERROR, or BAD_REQUEST where the body or the query repeats a path parameter */
function inputOf(
  { params, query, body }: FastifyRequest<{ Params: Fields }>,
  { input }: RestOperation,
): unknown {
  if (input === undefined) return undefined;
  const sent = input.query === undefined ? parseJsonBody(body) : query;
  if (input.path === undefined) return sent;
  if (sent !== undefined && !isObject(sent)) throw inputProblem("the body must be a JSON object");
  for (const name of Object.keys(input.path)) {
    if (sent !== undefined && Object.hasOwn(sent, name)) throw inputProblem(`${name} is given in the path`);
  }
  return { ...sent, ...params };
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
