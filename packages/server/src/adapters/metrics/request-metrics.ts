import { REASONS, type Reason } from "../../domain/index.ts";
import { Durations, type DurationsRow, type Labels } from "./durations.ts";

/** What else a client sends is `_OTHER`. */
const METHODS = new Set(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "CONNECT", "TRACE"]);
const OTHER_METHOD = "_OTHER";
const OTHER = "other";

/** Ordinary traffic needs about 40. A client can cause no more, whatever it sends. */
const MAX_ROWS = 80;
/** One row for each class of statuses takes what has no other row. */
const CLASSES = [100, 200, 300, 400, 500];
const STATUSES = 600;

/** What can be limited. */
export type RateLimit = "discover" | "failed_tokens" | "mutations" | "reads" | "services";

/** A counter's value for its labels. */
export type Sample = readonly [labels: Labels, value: number];

/**
 * Counts requests. What is called on the path of a request allocates nothing once its labels are known, may be passed on
 * by itself, and adds no series without end.
 */
export class RequestMetrics {
  readonly #durations = new Durations(MAX_ROWS + CLASSES.length);
  /** The number of the row + 1 by route, method and status; 0 without a row. */
  readonly #rows = new Map<string | null, Map<string, Uint8Array>>();
  readonly #calls = new Map<string | null, Float64Array>();
  readonly #reasons = new Map<string, number>(["OK", ...REASONS].map((reason, index) => [reason, index]));
  readonly limited: Record<RateLimit, number> = {
    discover: 0,
    failed_tokens: 0,
    mutations: 0,
    reads: 0,
    services: 0,
  };
  #shed = 0;

  /** @param procedures the names of all procedures */
  constructor(procedures: readonly string[]) {
    for (const status of CLASSES) this.#addRow(OTHER_METHOD, null, status);
    for (const procedure of [...procedures, null])
      this.#calls.set(procedure, new Float64Array(this.#reasons.size));
  }

  readonly answered = (method: string, route: string | null, status: number, ms: number): void => {
    const row = this.#rows.get(route)?.get(method)?.[status];
    this.#durations.observe(row ? row - 1 : this.#rowOf(method, route, status), ms);
  };

  readonly called = (procedure: string | null, reason: Reason | "OK"): void => {
    const counts = this.#calls.get(procedure) ?? this.#calls.get(null);
    const index = this.#reasons.get(reason);
    if (counts !== undefined && index !== undefined) counts[index] = (counts[index] ?? 0) + 1;
  };

  readonly shed = (): void => {
    this.#shed += 1;
  };

  readonly rateLimited = (limit: RateLimit): void => {
    this.limited[limit] += 1;
  };

  durations(): DurationsRow[] {
    return this.#durations.rows().filter(({ atMost }) => atMost.at(-1) !== 0);
  }

  /** What was called so far, and a zero for the success of each procedure. */
  calls(): Sample[] {
    return [...this.#calls].flatMap(([procedure, counts]) =>
      [...this.#reasons]
        .map(([reason, index]): Sample => [{ procedure: procedure ?? OTHER, reason }, counts[index] ?? 0])
        .filter(([{ procedure, reason }, count]) => count > 0 || (reason === "OK" && procedure !== OTHER)),
    );
  }

  shedTotal(): number {
    return this.#shed;
  }

  /** The row of an answer whose method may be an unusual one; a new one while there is room. */
  #rowOf(method: string, route: string | null, status: number): number {
    const known = METHODS.has(method) ? method : OTHER_METHOD;
    const row = this.#rows.get(route)?.get(known)?.[status];
    if (row) return row - 1;
    const classIndex = Math.trunc(status / 100) - 1;
    const isStatus = CLASSES[classIndex] !== undefined;
    const added = isStatus ? this.#addRow(known, route, status) : null;
    return added ?? (isStatus ? classIndex : CLASSES.length - 1);
  }

  #addRow(method: string, route: string | null, status: number): number | null {
    const row = this.#durations.add({
      http_request_method: method,
      http_route: route ?? OTHER,
      http_response_status_code: String(status),
    });
    if (row === null) return null;
    const methods = this.#rows.get(route) ?? new Map<string, Uint8Array>();
    const statuses = methods.get(method) ?? new Uint8Array(STATUSES);
    statuses[status] = row + 1;
    this.#rows.set(route, methods.set(method, statuses));
    return row;
  }
}
