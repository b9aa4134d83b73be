import { callTRPCProcedure, getTRPCErrorShape, TRPCError } from "@trpc/server";
import { isTooDeep, MAX_JSON_DEPTH } from "../json-depth.ts";
import { once } from "../once.ts";
import { isAlsoByPost } from "../wire/index.ts";
import { headersFor, inputProblem, statusOf, toTRPCError } from "./answers.ts";
import { appRouter } from "./app-router.ts";
import type { Context } from "./context.ts";
import { contractOf } from "./procedure-contract.ts";

const MAX_BATCH_SIZE = 10;
const NO_STREAM = "httpBatchStreamLink is not supported, use httpBatchLink or httpLink";
export const STREAM = "application/jsonl";
export const TOO_DEEP = `arrays and objects nest deeper than ${MAX_JSON_DEPTH} levels`;
const METHODS = { query: "GET", mutation: "POST" } as const;

/** The type of each procedure by its path. */
const TYPES = new Map(Object.keys(appRouter._def.procedures).map((path) => [path, contractOf(path).type]));

export function isProcedure(path: string): boolean {
  return TYPES.has(path);
}

type Values = Readonly<Record<string, string | string[] | undefined>>;

/** A request by tRPC's HTTP protocol, whatever carried it. */
export interface TrpcRequest {
  /** What follows `/trpc/`, decoded. */
  readonly path: string;
  readonly method: string;
  readonly query: Values;
  readonly headers: Values;
  /** JSON; not a string if the request has no body. */
  readonly body: unknown;
}

export interface TrpcAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: unknown;
}

/** @param usual makes the call as the router does, or throws at once. @throws what is answered in its place */
export type MakeCall = (path: string, usual: () => Promise<unknown>) => Promise<unknown>;

interface Failure {
  readonly error: TRPCError;
  readonly path: string;
}

type Outcome = { readonly data: unknown } | Failure;

/**
 * Answers a request by tRPC's HTTP protocol, without its streams and subscriptions.
 * @param onInput receives each input that a procedure reads. Must not throw
 * @throws {TRPCError} for a request that is refused as a whole
 */
export async function answerCalls(
  request: TrpcRequest,
  ctx: Context,
  makeCall: MakeCall,
  onInput: (input: unknown) => void = () => {},
): Promise<TrpcAnswer> {
  const { method } = request;
  const { paths, isBatch, inputs } = callsOf(request);
  const outcomeOf = async (path: string, batchIndex: number): Promise<Outcome> => {
    const getRawInput = async () => {
      const input = isBatch ? inputs()[batchIndex] : inputs();
      if (method === "GET" && isAlsoByPost(path)) refuseAddress(input);
      onInput(input);
      return input;
    };
    try {
      const data = await makeCall(path, () =>
        callTRPCProcedure({
          router: appRouter,
          ctx,
          path,
          type: typeOf(path, method),
          getRawInput,
          signal: undefined,
          batchIndex,
        }),
      );
      return { data };
    } catch (error) {
      return { error: toTRPCError(error), path };
    }
  };
  const [path = ""] = paths;
  const outcomes = isBatch ? await Promise.all(paths.map(outcomeOf)) : [await outcomeOf(path, 0)];
  const failures = outcomes.filter((outcome) => "error" in outcome);
  const answers = outcomes.map(answerOf);
  const body = isBatch ? answers : answers[0];
  if (failures.length === 0) return { status: 200, headers: {}, body };
  return { status: statusFor(outcomes), headers: headersOf(failures), body };
}

/**
 * The calls of a request.
 * @throws {TRPCError} for a request that is refused as a whole. A batch that is too long is one, because even an empty
 * item costs an answer
 */
function callsOf({ path, query, method, headers, body }: TrpcRequest) {
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

/** The error as tRPC sends it. @param path the procedure that was called; undefined for a whole request */
export function trpcErrorShape(error: TRPCError, path?: string) {
  const { _config: config } = appRouter._def;
  return getTRPCErrorShape({
    config,
    error,
    type: "unknown",
    path,
    input: undefined,
    ctx: undefined,
  });
}
