import type { Caches } from "../cache-use.ts";
import type { JwksRefresh } from "../tokens/jwks-source.ts";
import { type Counted, familiesOf, type Gauges } from "./families.ts";
import { LoginMetrics } from "./login-metrics.ts";
import { RequestMetrics } from "./request-metrics.ts";
import { UpstreamMetrics } from "./upstream-metrics.ts";

export interface MetricsOptions {
  /** The version of platform-api. */
  readonly version: string;
  /** The names of all procedures. Calls of others are counted together. */
  readonly procedures: readonly string[];
  readonly gauges: () => Gauges;
}

/** What a process has done. Nothing in it says who did it. */
export interface Metrics extends Counted {
  refreshed(refresh: JwksRefresh): void;
  /** The page that Prometheus reads: text of version 0.0.4. */
  render(): Promise<string>;
}

/** The first page loads prom-client, because `serve` listens sooner without it. */
export function createMetrics({ version, procedures, gauges }: MetricsOptions): Metrics {
  const requests = new RequestMetrics(procedures);
  const upstreams = new UpstreamMetrics();
  const logins = new LoginMetrics();
  const caches: Caches = new Map();
  const counted = { requests, upstreams, logins, caches };
  const refreshes = { replaced: 0, failed: 0 };
  const families = familiesOf({ version, ...counted, refreshes, gauges });
  let page: Promise<() => Promise<string>> | undefined;
  return {
    ...counted,
    refreshed({ outcome, ms }) {
      refreshes[outcome] += 1;
      upstreams.finished("jwks", "fetch", outcome === "failed" ? "failed" : "ok", ms);
    },
    async render() {
      page ??= import("./page.ts").then(({ createPage }) => createPage(families));
      return (await page)();
    },
  };
}
