import { type ParsedUrlQuery, parse as parseQuery } from "node:querystring";
import { callTRPCProcedure, TRPCError } from "@trpc/server";
import type { FastifyInstance, FastifyRequest } from "fastify";
import { isTooDeep } from "../../json-depth.ts";
import { once } from "../../once.ts";
import { appRouter, contractOf, headersFor, inputProblem, statusOf } from "../../trpc/index.ts";
import { isAlsoByPost } from "../../wire/index.ts";
import type { ContextOf } from "./contexts.ts";
import { asTRPCError, type ErrorAnswers, trpcErrorShape } from "./error-answers.ts";
import { TOO_DEEP } from "./json-body.ts";
import type { RequestEvents } from "./request-events.ts";

const MAX_BATCH_SIZE = 10;
const NO_STREAM = "httpBatchStreamLink is not supported, use httpBatchLink or httpLink";
export const STREAM = "application/jsonl";
const METHODS = { query: "GET", mutation: "POST" } as const;

interface Failure {
  readonly error: TRPCError;
  readonly path: string;
}

type Outcome = { readonly data: unknown } | Failure;

/** The type of each procedure by its path. */
const TYPES = new Map(Object.keys(appRouter._def.procedures).map((path) => [path, contractOf(path).type]));

/**
 * Mounts the router by tRPC's HTTP protocol, without its streams and subscriptions. tRPC's own adapters build a web
 * request and a streamed response for each call, which costs ten times the call.
 */
export function registerTrpcRoute(
  app: FastifyInstance,
  contextOf: ContextOf,
  { called, refusalSeen }: Pick<RequestEvents, "called"> & Pick<ErrorAnswers, "refusalSeen">,
): void {
  app.route<Route>({
    method: ["GET", "POST"],
    url: "/trpc/*",
    exposeHeadRoute: false, // Fastify would answer HEAD as if it were GET
    handler: async (request, reply) => {
      const { paths, isBatch, inputs } = callsOf(request);
      const context = contextOf(request.raw);
      const outcomeOf = async (path: string, index: number): Promise<Outcome> => {
        try {
          const data = await callTRPCProcedure({
            router: appRouter,
            ctx: context,
            path,
            type: typeOf(path, request.method),
            getRawInput: async () => {
              const input = isBatch ? inputs()[index] : inputs();
              if (request.method === "GET" && isAlsoByPost(path)) refuseAddress(input);
              return input;
            },
            signal: undefined,
            batchIndex: index,
          });
          called(path, "OK");
          return { data };
        } catch (cause) {
          const error = asTRPCError(cause);
          // The path of an unknown procedure is the caller's text, so it is not logged.
          refusalSeen(error, request, { procedure: TYPES.has(path) ? path : undefined });
          return { error, path };
        }
      };
      const [path = ""] = paths;
      const outcomes = isBatch ? await Promise.all(paths.map(outcomeOf)) : [await outcomeOf(path, 0)];
      const failures = outcomes.filter((outcome) => "error" in outcome);
      if (failures.length > 0) void reply.code(statusFor(outcomes)).headers(headersOf(failures));
      const answers = outcomes.map(answerOf);
      return reply.send(isBatch ? answers : answers[0]);
    },
  });
}

interface Route {
  Params: { "*": string };
  Querystring: ReturnType<typeof queryOf>;
}

/**
 * The calls of a request.
 * @throws {TRPCError} for a request that is refused as a whole. A batch that is too long is one, because even an empty
 * item costs an answer
 */
function callsOf({ params, query, method, headers, body }: FastifyRequest<Route>) {
  const path = params["*"];
  if (path.includes("%")) throw new TRPCError({ code: "NOT_FOUND" }); // no procedure is named so
  const { input = null, batch } = query;
  if (Array.isArray(input)) throw inputProblem("input is given more than once");
  if (input !== null && isTooDeep(input)) throw inputProblem(TOO_DEEP);
  const items = path.split(",", MAX_BATCH_SIZE + 1);
  if (items.length > MAX_BATCH_SIZE) throw inputProblem(`at most ${MAX_BATCH_SIZE} calls in a batch`);
  // A stream starts with status 200, before a refusal could set its status and headers.
  if (headers.accept === STREAM || headers["trpc-accept"] === STREAM) throw inputProblem(NO_STREAM);
  const isGet = method === "GET";
  if (!isGet && headers["content-type"] === undefined)
    throw new TRPCError({ code: "UNSUPPORTED_MEDIA_TYPE" });
  const isBatch = (Array.isArray(batch) ? batch[0] : batch) === "1";
  const paths = isBatch ? items : [path];
  if (isBatch && new Set(paths.flatMap((each) => TYPES.get(each) ?? [])).size > 1) {
    throw new TRPCError({ code: "BAD_REQUEST" }); // queries beside mutations
  }
  const text = isGet ? input : body;
  // Read lazily, so that a bad token is refused before a bad input.
  return { paths, isBatch, inputs: once(() => parseInputs(text, isBatch)) };
}

/** The text behind the `?` of a URL, which is ASCII, decoded as `URLSearchParams` does, in a third of its time. */
export function queryOf(text: string): ParsedUrlQuery {
  return parseQuery(text.startsWith("?") ? text.slice(1) : text, "&", "=", { maxKeys: 0 });
}

/** @throws {TRPCError} METHOD_NOT_SUPPORTED or NOT_FOUND */
function typeOf(path: string, method: string): keyof typeof METHODS {
  const type = TYPES.get(path);
  if (type === undefined) throw new TRPCError({ code: "NOT_FOUND" });
  if (METHODS[type] !== method && !(method === "POST" && isAlsoByPost(path))) {
    throw new TRPCError({ code: "METHOD_NOT_SUPPORTED" });
  }
  return type;
}

/** @throws {TRPCError} BAD_REQUEST for an input in a URL that may contain an address, as cursors do */
function refuseAddress(input: unknown): void {
  if (typeof input !== "object" || input === null) return;
  const field = ["query", "cursor"].find((name) => name in input);
  if (field === undefined) return;
  throw inputProblem(`${field}: send the call as POST, because an address must not be in a URL`);
}

/** The input of a call, or those of a batch by the index of each call. @throws {TRPCError} BAD_REQUEST */
function parseInputs(text: unknown, isBatch: boolean) {
  const inputs = typeof text === "string" && text !== "" ? parse(text) : undefined;
  if (!isBatch) return inputs;
  if (inputs === undefined) return {};
  if (typeof inputs === "object" && inputs !== null && !Array.isArray(inputs)) return inputs;
  throw new TRPCError({ code: "BAD_REQUEST" });
}

function parse(text: string) {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new TRPCError({ code: "BAD_REQUEST", cause });
  }
}

function answerOf(outcome: Outcome) {
  if ("data" in outcome) return { result: { data: outcome.data } };
  return { error: trpcErrorShape(outcome.error, outcome.path) };
}

/** 207 if the calls of a batch differ. */
function statusFor(outcomes: readonly Outcome[]): number {
  const statuses = new Set(outcomes.map((each) => ("error" in each ? statusOf(each.error) : 200)));
  const [status = 200] = statuses;
  return statuses.size > 1 ? 207 : status;
}

function headersOf(failures: readonly Failure[]): Record<string, string> {
  const wrong = failures.findLast(({ error }) => error.code === "METHOD_NOT_SUPPORTED");
  const type = wrong === undefined ? undefined : TYPES.get(wrong.path);
  return {
    ...headersFor(failures.map(({ error }) => error)),
    ...(type !== undefined && { allow: METHODS[type] }),
  };
}
