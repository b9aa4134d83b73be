import { randomBytes, randomUUID } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";
import type { RequestTrace, TraceParent } from "../../domain/index.ts";

const REQUEST_ID = /^[\w.-]{1,64}$/;
/** Version 00 of https://www.w3.org/TR/trace-context/#traceparent-header. An id of zeros is not valid. */
const TRACE_PARENT = /^00-(?!0{32})([0-9a-f]{32})-((?!0{16})[0-9a-f]{16})-([0-9a-f]{2})$/;

/**
 * A request's own id, or a new one, and its trace. Node joins repeated headers, so that they match neither pattern.
 * @param begins whether a request without a trace begins one, which is sampled
 */
export function traceOf(headers: IncomingHttpHeaders, begins = false): RequestTrace {
  const { "x-request-id": sent, traceparent } = headers;
  const requestId = typeof sent === "string" && REQUEST_ID.test(sent) ? sent : newId();
  const parent = typeof traceparent === "string" ? parentOf(traceparent) : null;
  return { requestId, parent: parent ?? (begins ? newTrace() : null) };
}

/** A UUID whose beginning is random once per process, and whose end counts, which takes a tenth of the time. Nothing depends on guessing it. */
function newId(): string {
  count += 1;
  return `${PROCESS}${count.toString(16).padStart(12, "0")}`;
}

const PROCESS = randomUUID().slice(0, "xxxxxxxx-xxxx-4xxx-yxxx-".length);
let count = 0;

function parentOf(traceparent: string): TraceParent | null {
  const [, traceId, callerSpanId, flags] = TRACE_PARENT.exec(traceparent) ?? [];
  if (traceId === undefined || callerSpanId === undefined || flags === undefined) return null;
  return { traceId, spanId: randomHex(8), callerSpanId, flags };
}

function newTrace(): TraceParent {
  return { traceId: randomHex(16), spanId: randomHex(8), flags: "01" };
}

function randomHex(bytes: number): string {
  return randomBytes(bytes).toString("hex");
}
