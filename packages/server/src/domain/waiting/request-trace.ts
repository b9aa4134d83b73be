import { workLocal } from "./work-local.ts";

/** The part of W3C Trace Context that a request carries on. All are lower-case hex. */
export interface TraceParent {
  readonly traceId: string;
  /** This server's own span. */
  readonly spanId: string;
  /** The span of the client; absent where the trace begins here. */
  readonly callerSpanId?: string;
  readonly flags: string;
}

/** What ties the log lines of several services to one request. */
export interface RequestTrace {
  readonly requestId: string;
  /** Null if the client sent no valid `traceparent`, and this server begins no trace. */
  readonly parent: TraceParent | null;
}

const current = workLocal<RequestTrace>();

/** Runs work on behalf of a request. */
export function traceRequest<T>(trace: RequestTrace, work: () => T): T {
  return current.run(trace, work);
}

/** The request that the running work belongs to. Shared work belongs to the request that started it. */
export function currentTrace(): RequestTrace | null {
  return current.getStore() ?? null;
}

/** The headers by which an upstream learns of the request. */
export function traceHeaders({ requestId, parent }: RequestTrace): Record<string, string> {
  if (parent === null) return { "x-request-id": requestId };
  const { traceId, spanId, flags } = parent;
  return { "x-request-id": requestId, traceparent: `00-${traceId}-${spanId}-${flags}` };
}

/** The fields by which a log line tells its request. */
export function traceFields({ requestId, parent }: RequestTrace): Record<string, string> {
  if (parent === null) return { request_id: requestId };
  return { request_id: requestId, trace_id: parent.traceId, span_id: parent.spanId };
}
