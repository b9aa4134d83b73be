import type { OnWait } from "../../domain/index.ts";
import { TENANT_OPERATIONS, type TenantOperation } from "../auth0/tenant-calls.ts";
import type { UserOperation } from "../auth0/tenant-users.ts";
import type { StoreTrouble } from "../dynamodb/table/retry-strategy.ts";
import { STORE_OPERATIONS, type StoreOperation } from "../dynamodb/table/store-request.ts";
import type { UpstreamOutcome } from "../timed.ts";
import { Durations, type DurationsRow } from "./durations.ts";

/** Every request to an upstream. */
export interface UpstreamOperations {
  readonly directory: "ensure";
  readonly store: StoreOperation;
  readonly jwks: "fetch";
  readonly auth0: TenantOperation | UserOperation;
  readonly dns: "TXT";
  readonly smtp: "send";
}

/** As `OnUpstream`, of any of them. */
export type OnAnyUpstream = <Upstream extends keyof UpstreamOperations>(
  upstream: Upstream,
  operation: UpstreamOperations[Upstream],
  outcome: UpstreamOutcome,
  ms: number,
) => void;

const OPERATIONS: {
  readonly [Upstream in keyof UpstreamOperations]: readonly UpstreamOperations[Upstream][];
} = {
  directory: ["ensure"],
  store: Object.values(STORE_OPERATIONS),
  jwks: ["fetch"],
  auth0: [...TENANT_OPERATIONS, "delete:sessions"], // users are read in another process
  dns: ["TXT"],
  smtp: ["send"],
};
const OUTCOMES: readonly UpstreamOutcome[] = ["ok", "failed"];

/** How long upstreams take. Every row is there from the start, so that the first failure is an increase. */
export class UpstreamMetrics {
  readonly #rows = new Map<string, number>();
  readonly #durations: Durations;
  readonly #waits = new Durations(2);
  readonly #waitRows = {
    begun: this.#waits.add({ outcome: "begun" }),
    refused: this.#waits.add({ outcome: "refused" }),
  };
  /** Attempts at requests to the store. */
  readonly attempts: Record<StoreTrouble, number> = { throttled: 0, retried: 0 };

  constructor() {
    const all = Object.entries(OPERATIONS).flatMap(([upstream, operations]) =>
      operations.flatMap((operation) => OUTCOMES.map((outcome) => ({ upstream, operation, outcome }))),
    );
    this.#durations = new Durations(all.length);
    for (const labels of all)
      this.#rows.set(Object.values(labels).join(" "), this.#durations.add(labels) ?? 0);
  }

  readonly finished: OnAnyUpstream = (upstream, operation, outcome, ms) => {
    const row = this.#rows.get(`${upstream} ${operation} ${outcome}`);
    if (row !== undefined) this.#durations.observe(row, ms);
  };

  readonly troubled = (trouble: StoreTrouble): void => {
    this.attempts[trouble] += 1;
  };

  /** What waited for its turn at the store. What begins at once is not counted. */
  readonly waited: OnWait = (outcome, ms) => this.#waits.observe(this.#waitRows[outcome] ?? 0, ms);

  waits(): DurationsRow[] {
    return this.#waits.rows();
  }

  durations(): DurationsRow[] {
    return this.#durations.rows();
  }
}
