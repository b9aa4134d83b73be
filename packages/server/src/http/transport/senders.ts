import type { IncomingMessage } from "node:http";
import { Sender, type SenderPorts } from "../../answer/index.ts";
import type { RequestTrace } from "../../domain/index.ts";
import { clientAddress } from "./client-address.ts";
import { traceOf } from "./request-trace.ts";

/** A request that was begun before Fastify saw it. */
interface Begun {
  readonly sender: Sender;
  /** How long its caller had already waited when Fastify got it. */
  readonly waitedMs: number;
}

const BEGUN = Symbol("begun");
const TRACE = Symbol("trace");

/** What is known of a request. A property is faster than a `WeakMap`. */
interface Known extends IncomingMessage {
  [BEGUN]?: Begun;
  [TRACE]?: RequestTrace;
}

/** Hands what is known of a request on to Fastify's hooks and handlers, so that nothing is asked twice. */
export function handOn(request: Known, begunThere: Begun): void {
  request[BEGUN] = begunThere;
}

/** Null for a request that Fastify was the first to see. */
export function begunOf(request: Known): Begun | null {
  return request[BEGUN] ?? null;
}

/** Begins the trace of a request whose client has sent none. Called before anything asks for it. */
export function beginTrace(request: Known): void {
  request[TRACE] = traceOf(request.headers, true);
}

/** The id and the trace of a request, the same each time. */
export function requestTrace(request: Known): RequestTrace {
  request[TRACE] ??= traceOf(request.headers);
  return request[TRACE];
}

/** Who sends a request, as handed on or a new one. */
export type SenderOf = (request: IncomingMessage) => Sender;

/** @param trustedHops how many proxies stand in front of this server */
export function sendersFor(ports: SenderPorts, trustedHops: number): SenderOf {
  return (request) =>
    begunOf(request)?.sender ??
    new Sender(ports, {
      rawHeaders: request.rawHeaders,
      trace: requestTrace(request),
      address: () => clientAddress(request, trustedHops),
    });
}
