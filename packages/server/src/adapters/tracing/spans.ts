import { randomBytes } from "node:crypto";
import type { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-http";
import { currentTrace, type RequestTrace, type TraceParent } from "../../domain/index.ts";
import { once } from "../../once.ts";
import type { OnAnyUpstream } from "../metrics/upstream-metrics.ts";

/** How many spans wait for their export at most, at about 1 KiB each. */
const MAX_WAITING = 4_096;
const MAX_BATCH = 512;
const PAUSE_MS = 1_000;
/** For one export, with its retries. */
const EXPORT_MS = 3_000;
const REPORT_EVERY_MS = 60_000;

/** As OpenTelemetry's API numbers them. */
const [SERVER, CLIENT] = [1, 2];
const STATUS = { unset: 0, error: 2 };
const SAMPLED = 1;

type Span = Parameters<OTLPTraceExporter["export"]>[0][number];

export interface SpansOptions {
  /** `/v1/traces` is put behind it. Without a trailing slash. */
  readonly endpoint: string;
  readonly service: string;
  readonly version: string;
  /** Called at most once a minute. @param lost spans since the start */
  readonly onFailure: (problem: unknown, lost: number) => void;
}

/** One request as it was answered. */
interface Answered {
  readonly procedure: string | null;
  readonly organization: string | null;
  /** `OK` by default. */
  readonly reason?: string | undefined;
}

/**
 * Exports the spans of sampled requests by OTLP, as JSON over HTTP: one of the server for each request, with the span id that
 * is logged, and one below it for each request to an upstream. Each is made when it has ended, so that nothing is kept of
 * work in progress. The library is loaded with the first export.
 */
export class Spans {
  readonly #options: SpansOptions;
  readonly #exporter: () => Promise<OTLPTraceExporter>;
  readonly #resource: Span["resource"];
  readonly #waiting: Span[] = [];
  #exporting: Promise<void> | null = null;
  #timer: NodeJS.Timeout | undefined;
  #reportedMs = Number.NEGATIVE_INFINITY;
  #lost = 0;

  constructor(options: SpansOptions) {
    this.#options = options;
    this.#resource = resourceOf({ "service.name": options.service, "service.version": options.version });
    this.#exporter = once(async () => {
      const { OTLPTraceExporter } = await import("@opentelemetry/exporter-trace-otlp-http");
      return new OTLPTraceExporter({ url: `${options.endpoint}/v1/traces`, timeoutMillis: EXPORT_MS });
    });
  }

  /** Spans that were not exported. */
  get lost(): number {
    return this.#lost;
  }

  readonly answered = (
    method: string,
    route: string | null,
    status: number,
    ms: number,
    { parent }: RequestTrace,
    { procedure, organization, reason = "OK" }: Answered,
  ): void => {
    if (!isSampled(parent)) return;
    const { spanId, callerSpanId } = parent;
    const attributes: Record<string, string | number> = {
      "http.request.method": method,
      "http.response.status_code": status,
      "platform_api.reason": reason,
    };
    if (route !== null) attributes["http.route"] = route;
    if (organization !== null) attributes["platform_api.organization"] = organization;
    const name = procedure ?? (route === null ? method : `${method} ${route}`);
    this.#add(
      parent,
      { name, kind: SERVER, spanId, parentSpanId: callerSpanId, ms, attributes },
      status >= 500,
    );
  };

  readonly upstream: OnAnyUpstream = (upstream, operation, outcome, ms) => {
    const parent = currentTrace()?.parent ?? null;
    if (!isSampled(parent)) return;
    const spanId = randomBytes(8).toString("hex");
    const name = `${upstream} ${operation}`;
    const attributes = { "platform_api.upstream": upstream, "platform_api.operation": operation };
    const span = { name, kind: CLIENT, spanId, parentSpanId: parent.spanId, ms, attributes };
    this.#add(parent, span, outcome === "failed");
  };

  /** Exports all spans that wait. Resolves when each has been exported or dropped. */
  async flush(): Promise<void> {
    while (this.#waiting.length > 0 || this.#exporting !== null) await this.#export();
  }

  #add(
    { traceId, flags }: TraceParent,
    {
      spanId,
      parentSpanId,
      ms,
      ...span
    }: Pick<Span, "name" | "kind" | "attributes"> & {
      readonly spanId: string;
      readonly parentSpanId: string | undefined;
      readonly ms: number;
    },
    isError: boolean,
  ): void {
    if (this.#waiting.length >= MAX_WAITING) {
      this.#lost += 1;
      return;
    }
    const traceFlags = Number.parseInt(flags, 16);
    const endMs = Date.now();
    this.#waiting.push({
      ...span,
      spanContext: () => ({ traceId, spanId, traceFlags }),
      ...(parentSpanId !== undefined && { parentSpanContext: { traceId, spanId: parentSpanId, traceFlags } }),
      startTime: hrTime(endMs - ms),
      endTime: hrTime(endMs),
      duration: hrTime(ms),
      status: { code: isError ? STATUS.error : STATUS.unset },
      links: [],
      events: [],
      ended: true,
      resource: this.#resource,
      instrumentationScope: { name: this.#options.service, version: this.#options.version },
      droppedAttributesCount: 0,
      droppedEventsCount: 0,
      droppedLinksCount: 0,
    });
    this.#timer ??= setTimeout(() => void this.flush(), PAUSE_MS).unref();
  }

  #export(): Promise<void> {
    this.#exporting ??= this.#exportBatch().finally(() => {
      this.#exporting = null;
    });
    return this.#exporting;
  }

  async #exportBatch(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const batch = this.#waiting.splice(0, MAX_BATCH);
    try {
      const exporter = await this.#exporter();
      await new Promise<void>((resolve, reject) =>
        exporter.export(batch, ({ code, error }) => (code === 0 ? resolve() : reject(error))),
      );
    } catch (problem) {
      this.#lost += batch.length;
      const nowMs = performance.now();
      if (nowMs - this.#reportedMs < REPORT_EVERY_MS) return;
      this.#reportedMs = nowMs;
      this.#options.onFailure(problem, this.#lost);
    }
  }
}

function isSampled(parent: TraceParent | null): parent is TraceParent {
  return parent !== null && (Number.parseInt(parent.flags, 16) & SAMPLED) !== 0;
}

function resourceOf(attributes: Record<string, string>): Span["resource"] {
  const resource: Span["resource"] = {
    attributes,
    asyncAttributesPending: false,
    merge: () => resource,
    getRawAttributes: () => Object.entries(attributes),
  };
  return resource;
}

/** As OpenTelemetry has a time: whole seconds, and nanoseconds. */
function hrTime(ms: number): [number, number] {
  const seconds = Math.floor(ms / 1_000);
  return [seconds, Math.min(999_999_999, Math.round((ms - seconds * 1_000) * 1e6))];
}
