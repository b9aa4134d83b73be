import type { FastifyReply, FastifyRequest } from "fastify";
import type { RequestTrace } from "../../domain/index.ts";
import { namesOf, type RequestNames } from "./request-names.ts";
import { begunOf, requestTrace } from "./senders.ts";

/** Logs one line per answer. */
export interface AccessLog {
  /**
   * @param route the route's pattern; null without a route. Never the URL, because it may contain a token
   * @param ms how long the answer took, logged in whole milliseconds
   */
  answered(
    method: string,
    route: string | null,
    status: number,
    ms: number,
    trace: RequestTrace,
    names: RequestNames,
  ): void;
}

/** Reports an answer of Fastify's. */
export function logAnswer(
  { method, routeOptions, raw }: FastifyRequest,
  { statusCode, elapsedTime }: FastifyReply,
  answered: AccessLog["answered"],
): void {
  const ms = elapsedTime + (begunOf(raw)?.waitedMs ?? 0);
  const names = namesOf(raw, routeOptions.config.procedure);
  answered(method, routeOptions.url ?? null, statusCode, ms, requestTrace(raw), names);
}

export interface AccessLogOptions {
  readonly service: string;
  /** `refused` logs only answers with status 400 or higher. */
  readonly answers: "all" | "refused";
  /** Receives whole lines, each with its line break. Must be synchronous, and must not throw. */
  readonly write: (lines: string) => void;
}

/** An access log that holds lines back. */
export interface BufferedAccessLog extends AccessLog {
  /** Writes all lines so far. */
  flush(): void;
  /** Writes all lines so far, and every later one immediately. */
  close(): void;
}

/** Half of what a pipe holds on Linux, so that a write need not wait until the log is read. */
const MAX_BUFFERED = 32_768;
const MAX_DELAY_MS = 200;

/**
 * Writes the bytes that pino would write, without its 2 µs per line. Writes them together: at 32 KiB, or 200 ms after
 * the first one. The owner calls `flush` when the process exits.
 */
export function createAccessLog({ service, answers, write }: AccessLogOptions): BufferedAccessLog {
  const beginOf = rememberedBegins();
  const afterTime = `","service":${JSON.stringify(service)},`;
  let buffered = "";
  let timer: NodeJS.Timeout | undefined;
  let closed = false;
  let timeMs = Number.NaN;
  let beforeService = "";
  function flush(): void {
    clearTimeout(timer);
    timer = undefined;
    if (buffered === "") return;
    const lines = buffered;
    buffered = "";
    write(lines);
  }

  return {
    answered(method, route, status, ms, trace, names) {
      if (answers === "refused" && status < 400) return;
      const nowMs = Date.now();
      if (nowMs !== timeMs) {
        timeMs = nowMs;
        beforeService = `{"level":"info","time":"${new Date(nowMs).toISOString()}${afterTime}`;
      }
      const end = `"status":${status},"ms":${Math.round(ms)},"msg":"answered"}\n`;
      const line = `${beforeService}${traceText(trace)}${beginOf(method, route)}${namesText(names)}${end}`;
      if (buffered.length + line.length > MAX_BUFFERED) flush();
      buffered += line;
      if (closed) flush();
      else timer ??= setTimeout(flush, MAX_DELAY_MS).unref();
    },
    flush,
    close() {
      closed = true;
      flush();
    },
  };
}

/** Its values need no escapes. */
function traceText({ requestId, parent }: RequestTrace): string {
  if (parent === null) return `"request_id":"${requestId}",`;
  return `"request_id":"${requestId}","trace_id":"${parent.traceId}","span_id":"${parent.spanId}",`;
}

/** Its values need no escapes. */
function namesText({ procedure, organization }: RequestNames): string {
  const text = procedure === null ? "" : `"procedure":"${procedure}",`;
  return organization === null ? text : `${text}"organization":"${organization}",`;
}

/** Remembers the text of `method` and `route`. Routes are ours, and Node's parser knows about 40 methods. */
function rememberedBegins(): (method: string, route: string | null) => string {
  const begins = new Map<string | null, Map<string, string>>();
  return (method, route) => {
    const known = begins.get(route)?.get(method);
    if (known !== undefined) return known;
    const begin = `"method":${JSON.stringify(method)},"route":${JSON.stringify(route)},`;
    begins.set(route, (begins.get(route) ?? new Map()).set(method, begin));
    return begin;
  };
}
