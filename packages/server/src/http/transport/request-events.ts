import type { Reason } from "../../domain/index.ts";

/** What happens to requests, for metrics. Called on the path of a request: must be cheap and must not throw. */
export interface RequestEvents {
  /**
   * @param route the route's pattern; null without a route
   * @param ms how long the answer took, with fractions
   */
  answered(method: string, route: string | null, status: number, ms: number): void;
  /** One call, each item of a batch by itself. @param procedure null where the request reached no procedure */
  called(procedure: string | null, reason: Reason | "OK"): void;
  /** A request was refused because the server is overloaded. */
  shed(): void;
}
