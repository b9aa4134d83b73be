import { STORE_OPERATIONS, type StoreOperation } from "../dynamodb/table/store-request.ts";
import type { UpstreamOutcome } from "../timed.ts";
import { Durations, type DurationsRow } from "./durations.ts";

/** Every request to an upstream. */
export interface UpstreamOperations {
  readonly directory: "ensure";
  readonly store: StoreOperation;
  readonly jwks: "fetch";
}

const OPERATIONS: {
  readonly [Upstream in keyof UpstreamOperations]: readonly UpstreamOperations[Upstream][];
} = { directory: ["ensure"], store: Object.values(STORE_OPERATIONS), jwks: ["fetch"] };
const OUTCOMES: readonly UpstreamOutcome[] = ["ok", "failed"];

/** How long upstreams take. Every row is there from the start, so that the first failure is an increase. */
export class UpstreamMetrics {
  readonly #rows = new Map<string, number>();
  readonly #durations: Durations;

  constructor() {
    const all = Object.entries(OPERATIONS).flatMap(([upstream, operations]) =>
      operations.flatMap((operation) => OUTCOMES.map((outcome) => ({ upstream, operation, outcome }))),
    );
    this.#durations = new Durations(all.length);
    for (const labels of all)
      this.#rows.set(Object.values(labels).join(" "), this.#durations.add(labels) ?? 0);
  }

  finished<Upstream extends keyof UpstreamOperations>(
    upstream: Upstream,
    operation: UpstreamOperations[Upstream],
    outcome: UpstreamOutcome,
    ms: number,
  ): void {
    const row = this.#rows.get(`${upstream} ${operation} ${outcome}`);
    if (row !== undefined) this.#durations.observe(row, ms);
  }

  durations(): DurationsRow[] {
    return this.#durations.rows();
  }
}
