import type { Caches } from "../cache-use.ts";
import type { DurationsRow } from "./durations.ts";
import type { Following } from "./following.ts";
import type { LoginMetrics } from "./login-metrics.ts";
import type { RequestMetrics, Sample } from "./request-metrics.ts";
import type { UpstreamMetrics } from "./upstream-metrics.ts";

/** What is read when the page is rendered. */
export interface Gauges {
  /** The age of the key set; null before the first one. */
  readonly jwksAgeMs: number | null;
  readonly usableKeys: number;
  /** Since the last complete poll of changes began; null where changes are not asked for. */
  readonly changesAgeMs: number | null;
  /** How far the clock of this process is ahead of the store's. */
  readonly clockOffsetMs: number;
  /** Since the last complete recheck of domains; 0 while none is needed, null before it is known. */
  readonly recheckAgeMs: number | null;
  /** Null where nobody has followed the identity provider's events, and before it is known. */
  readonly following: Following | null;
  readonly directoryCalls: { readonly active: number; readonly waiting: number };
  readonly activeRequests: number;
  readonly openConnections: number;
  readonly isDraining: boolean;
  readonly logLinesLost: number;
  readonly spansLost: number;
}

/** What a process counts. */
export interface Counted {
  readonly requests: RequestMetrics;
  readonly upstreams: UpstreamMetrics;
  readonly logins: LoginMetrics;
  readonly caches: Caches;
}

export interface MetricsSources extends Counted {
  readonly version: string;
  readonly refreshes: Readonly<Record<string, number>>;
  readonly gauges: () => Gauges;
}

/** One metric of ours: its name, its help, and its samples at the time of the call. */
export type Family =
  | { readonly type: "counter" | "gauge"; readonly name: string; readonly help: string; samples(): Sample[] }
  | { readonly type: "histogram"; readonly name: string; readonly help: string; rows(): DurationsRow[] };

function counter(name: string, help: string, samples: () => Sample[]): Family {
  return { type: "counter", name, help, samples };
}

function gauge(name: string, help: string, samples: () => Sample[]): Family {
  return { type: "gauge", name, help, samples };
}

function histogram(name: string, help: string, rows: () => DurationsRow[]): Family {
  return { type: "histogram", name, help, rows };
}

const one = (value: number): Sample[] => [[{}, value]];

const seconds = (ms: number | null): Sample[] => (ms === null ? [] : one(ms / 1_000));

const each = (label: string, counts: Readonly<Record<string, number>>) =>
  Object.entries(counts).map(([value, count]): Sample => [{ [label]: value }, count]);

/** Every metric of ours, in the order of the page. */
export function familiesOf(sources: MetricsSources): Family[] {
  const { requests, logins, refreshes, gauges } = sources;
  return [
    histogram("http_server_request_duration_seconds", "How long answers took", () => requests.durations()),
    gauge("http_server_active_requests", "Requests without an answer yet", () =>
      one(gauges().activeRequests),
    ),
    gauge("platform_api_open_connections", "Connections of clients", () => one(gauges().openConnections)),
    counter("platform_api_calls_total", "Calls by result, each item of a batch", () => requests.calls()),
    counter("platform_api_rate_limited_total", "Calls refused by a rate limit", () =>
      each("limit", requests.limited),
    ),
    counter("platform_api_shed_total", "Requests refused by overload", () => one(requests.shedTotal())),
    gauge("platform_api_jwks_age_seconds", "Age of the key set; absent before the first one", () =>
      seconds(gauges().jwksAgeMs),
    ),
    gauge("platform_api_jwks_usable_keys", "Usable keys of the key set", () => one(gauges().usableKeys)),
    counter("platform_api_jwks_refreshes_total", "Refreshes of the key set by result", () =>
      each("outcome", refreshes),
    ),
    ...upstreamFamilies(sources),
    gauge("platform_api_directory_calls", "Calls of the user directory, running and queued", () =>
      each("state", gauges().directoryCalls),
    ),
    ...cacheFamilies(sources),
    gauge(
      "platform_api_changes_age_seconds",
      "Time since the last complete poll of changes; absent without polls",
      () => seconds(gauges().changesAgeMs),
    ),
    gauge("platform_api_store_clock_difference_seconds", "This process's clock minus the store's", () =>
      seconds(gauges().clockOffsetMs),
    ),
    gauge(
      "platform_api_domain_recheck_age_seconds",
      "Time since the last complete recheck of domains; 0 while no domain is verified by DNS",
      () => seconds(gauges().recheckAgeMs),
    ),
    ...followingFamilies(sources),
    counter("platform_api_links_total", "First logins that were linked or refused", () =>
      each("outcome", logins.links),
    ),
    counter("platform_api_memberships_total", "Memberships made by logins", () =>
      each("how", logins.memberships),
    ),
    counter("platform_api_would_refuse_total", "Logins that only report mode accepts", () =>
      one(logins.totals.wouldRefuse),
    ),
    counter(
      "platform_api_recent_refusals_total",
      "Refused logins that were noted for the administrators of organizations",
      () => each("outcome", logins.refusals),
    ),
    counter("platform_api_audit_lost_total", "Audit entries that could not be written", () =>
      one(logins.totals.auditLost),
    ),
    counter("platform_api_log_lines_lost_total", "Lines of the log that could not be written", () =>
      one(gauges().logLinesLost),
    ),
    counter("platform_api_spans_lost_total", "Spans that were not exported", () => one(gauges().spansLost)),
    gauge("platform_api_draining", "1 while the server shuts down", () => one(gauges().isDraining ? 1 : 0)),
    gauge("platform_api_build_info", "The running version", () => [
      [{ version: sources.version, node: process.version }, 1],
    ]),
  ];
}

function upstreamFamilies({ upstreams }: MetricsSources): Family[] {
  return [
    histogram(
      "platform_api_upstream_duration_seconds",
      "How long requests to upstreams took, all attempts included",
      () => upstreams.durations(),
    ),
    counter(
      "platform_api_store_retried_total",
      "Attempts at requests to the store that were made again",
      () => one(upstreams.attempts.retried),
    ),
    counter("platform_api_store_throttled_total", "Attempts that the store has throttled", () =>
      one(upstreams.attempts.throttled),
    ),
    histogram("platform_api_store_wait_seconds", "How long requests to the store waited for their turn", () =>
      upstreams.waits(),
    ),
  ];
}

function followingFamilies({ gauges }: MetricsSources): Family[] {
  const known = (of: (following: Following) => Sample[]) => () => {
    const { following } = gauges();
    return following === null ? [] : of(following);
  };
  return [
    gauge(
      "platform_api_events_lag_seconds",
      "Time until which the events of the identity provider have been followed, as an age; absent where nobody has",
      known(({ lagMs }) => seconds(lagMs)),
    ),
    gauge(
      "platform_api_events_last_age_seconds",
      "Time since the last event of a user",
      known(({ eventAgeMs }) => seconds(eventAgeMs)),
    ),
    counter(
      "platform_api_events_reconnects_total",
      "Connections to the events that were made again",
      known(({ reconnects }) => one(reconnects)),
    ),
    counter(
      "platform_api_events_unreadable_total",
      "Events that are not as the identity provider documents them",
      known(({ unreadable }) => one(unreadable)),
    ),
    gauge(
      "platform_api_events_questions",
      "Subjects of events that the identity provider is still asked for",
      known(({ questions }) => one(questions)),
    ),
    gauge(
      "platform_api_events_reconciliation_stalled_seconds",
      "Time since the reading of all subjects last came further; 0 where none goes on",
      known(({ reconcilingMs }) => seconds(reconcilingMs)),
    ),
    gauge(
      "platform_api_events_reconciled",
      "Subjects that were read again since events were last lost",
      known(({ reconciled }) => one(reconciled)),
    ),
  ];
}

function cacheFamilies({ caches }: MetricsSources): Family[] {
  return [
    counter("platform_api_cache_requests_total", "Reads of each cache, by whether it had the value", () =>
      [...caches].flatMap(([cache, { hits, misses }]): Sample[] => [
        [{ cache, outcome: "hit" }, hits],
        [{ cache, outcome: "miss" }, misses],
      ]),
    ),
    gauge("platform_api_cache_entries", "Values in each cache", () =>
      [...caches].map(([cache, { size }]) => [{ cache }, size]),
    ),
  ];
}
