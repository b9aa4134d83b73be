import { METHODS } from "node:http";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { type Audit, auditEntry, begunReconciliation } from "../../domain/index.ts";
import { REASONS } from "../../wire/index.ts";
import { ManualClock } from "../tokens/testing/signed-token.ts";
import { following } from "./following.ts";
import { createMetrics } from "./metrics.ts";
import { recheckAge } from "./recheck-age.ts";
import { parseMetrics, seriesKey } from "./testing/text-format.ts";

const PROCEDURES = ["auth.validate", "org.me"];
const DURATION = "http_server_request_duration_seconds";
const signal = new AbortController().signal;

function create(procedures: readonly string[] = PROCEDURES, gauges = {}) {
  const metrics = createMetrics({
    version: "1.2.3",
    procedures,
    gauges: () => ({
      jwksAgeMs: 1_500,
      usableKeys: 2,
      activeRequests: 3,
      openConnections: 9,
      isDraining: false,
      logLinesLost: 0,
      spansLost: 6,
      changesAgeMs: 1_200,
      clockOffsetMs: -250,
      recheckAgeMs: 7_200_000,
      following: null,
      directoryCalls: { active: 4, waiting: 5 },
      ...gauges,
    }),
  });
  const page = async () => parseMetrics(await metrics.render());
  const sampleOf = async (metric: string, labels?: Record<string, string>) =>
    (await page()).series.get(seriesKey(metric, labels));
  return { ...metrics, page, sampleOf };
}

const answerOf = (method: string, route: string, status: number) => ({
  http_request_method: method,
  http_route: route,
  http_response_status_code: String(status),
});

describe("the duration of answers", () => {
  it("is in the cumulative buckets of the contract with the sum and the count, in seconds", async () => {
    const { requests, page } = create();
    const labels = answerOf("GET", "/validate", 200);
    for (const ms of [0, 0.5, 0.51, 100, 5_000, 5_001]) requests.answered("GET", "/validate", 200, ms);
    const { series, types } = await page();
    expect(types.get(DURATION)).toBe("histogram");
    const bounds = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, "+Inf"];
    const buckets = bounds.map((le) => seriesKey(`${DURATION}_bucket`, { ...labels, le: `${le}` }));
    expect([...series.keys()].filter((key) => key.startsWith(`${DURATION}_bucket`))).toEqual(buckets);
    expect(buckets.map((key) => series.get(key))).toEqual([2, 3, 3, 3, 3, 3, 3, 4, 4, 4, 4, 4, 5, 6]);
    expect(series.get(seriesKey(`${DURATION}_count`, labels))).toBe(6);
    expect(series.get(seriesKey(`${DURATION}_sum`, labels))).toBeCloseTo(10.102, 3);
  });

  it.each([
    ["GET", "/validate", 200, ["GET", "/validate", 200]],
    ["GET", null, 404, ["GET", "other", 404]],
    ["PROPFIND", "/validate", 404, ["_OTHER", "/validate", 404]],
    ["get", null, 404, ["_OTHER", "other", 404]],
    ["GET", "/validate", 0, ["_OTHER", "other", 500]],
    ["GET", "/validate", 600, ["_OTHER", "other", 500]],
    ["PROPFIND", null, 400, ["_OTHER", "other", 400]],
  ] as const)("%s %s %d has labels of closed lists", async (method, route, status, labels) => {
    const { requests, sampleOf } = create();
    for (let i = 0; i < 3; i += 1) requests.answered(method, route, status, 1);
    expect(await sampleOf(`${DURATION}_count`, answerOf(labels[0], labels[1], labels[2]))).toBe(3);
  });

  it("stays below 3,000 series in all, and counts every answer, whatever clients send", async () => {
    const procedures = Array.from({ length: 24 }, (_, index) => `router.procedure${index}`);
    const { requests, caches, page } = create(procedures);
    const names = ["tokens", "people", "links", "unblocked", "memberships", "organizations"] as const;
    for (const name of names) caches.set(name, { hits: 0, misses: 0, size: 0 });
    let sent = 0;
    for (const method of [...METHODS, "MADE-UP"]) {
      for (const path of [null, ...Array.from({ length: 40 }, (_, index) => `/path-${index}`)]) {
        for (let status = 100; status < 600; status += 1) {
          requests.answered(method, path, status, 1);
          sent += 1;
        }
      }
    }
    for (const procedure of [...procedures, null, "unknown"]) {
      for (const reason of ["OK", ...REASONS] as const) requests.called(procedure, reason);
    }
    const { series } = await page();
    expect(series.size).toBeLessThan(3_000);
    const counts = [...series].filter(([key]) => key.startsWith(`${DURATION}_count`));
    expect(counts.reduce((sum, [, count]) => sum + count, 0)).toBe(sent);
    const overflow = [100, 200, 300, 400, 500].map((status) => answerOf("_OTHER", "other", status));
    for (const labels of overflow)
      expect(series.get(seriesKey(`${DURATION}_count`, labels))).toBeGreaterThan(0);
  });
});

it("counts calls by procedure and reason, and those of no procedure as other", async () => {
  const { requests, page } = create();
  requests.called("auth.validate", "OK");
  requests.called("auth.validate", "TOKEN_EXPIRED");
  requests.called("auth.validate", "TOKEN_EXPIRED");
  requests.called(null, "NOT_FOUND");
  requests.called("org.secret", "NOT_FOUND");
  const { series } = await page();
  const calls = [...series].filter(([key]) => key.startsWith("platform_api_calls_total"));
  const call = (procedure: string, reason: string) =>
    seriesKey("platform_api_calls_total", { procedure, reason });
  expect(calls).toEqual([
    [call("auth.validate", "OK"), 1],
    [call("auth.validate", "TOKEN_EXPIRED"), 2],
    [call("org.me", "OK"), 0],
    [call("other", "NOT_FOUND"), 2],
  ]);
});

it("counts links, conflicts and memberships of logins, although the audit leaves repeats out", async () => {
  const { logins, page } = create();
  const appended: string[] = [];
  const audit: Audit = {
    append: async ({ action }) => void appended.push(action),
  };
  const counting = logins.counting(audit);
  const entry = { at: "2026-11-25T12:00:00.000Z", actor: "login" } as const;
  const linked = auditEntry({ ...entry, action: "identity-linked", rule: "claim" });
  const conflict = auditEntry({ ...entry, action: "identity-conflict", rule: "seat" });
  for (const each of [linked, conflict, conflict]) await counting.append(each, signal);
  for (const rule of ["jit", "jit", "jit", "invitation", "invitation", "join", "import"] as const) {
    await counting.append(auditEntry({ ...entry, action: "membership-created", rule }), signal);
  }
  expect(appended).toHaveLength(10);
  const { series } = await page();
  expect(series.get(seriesKey("platform_api_links_total", { outcome: "made" }))).toBe(1);
  expect(series.get(seriesKey("platform_api_links_total", { outcome: "conflict" }))).toBe(2);
  for (const [how, count] of [
    ["jit", 3],
    ["invitation", 2],
    ["join", 1],
  ] as const) {
    expect(series.get(seriesKey("platform_api_memberships_total", { how })), how).toBe(count);
  }
});

it("counts refreshes and requests to upstreams by outcome", async () => {
  const { upstreams, refreshed, sampleOf } = create();
  refreshed({ outcome: "replaced", ms: 10, usableKeys: 1, skipped: [] });
  refreshed({ outcome: "failed", ms: 2_000, cause: null });
  refreshed({ outcome: "failed", ms: 2_000, cause: null });
  upstreams.finished("store", "GetItem", "ok", 4);
  upstreams.finished("directory", "ensure", "failed", 800);
  upstreams.finished("auth0", "read:connections", "ok", 30);
  upstreams.finished("dns", "TXT", "failed", 2_000);
  upstreams.finished("smtp", "send", "ok", 50);
  expect(await sampleOf("platform_api_jwks_refreshes_total", { outcome: "replaced" })).toBe(1);
  expect(await sampleOf("platform_api_jwks_refreshes_total", { outcome: "failed" })).toBe(2);
  const upstream = "platform_api_upstream_duration_seconds";
  for (const [labels, count, sum] of [
    [{ upstream: "jwks", operation: "fetch", outcome: "failed" }, 2, 4],
    [{ upstream: "jwks", operation: "fetch", outcome: "ok" }, 1, 0.01],
    [{ upstream: "store", operation: "GetItem", outcome: "ok" }, 1, 0.004],
    [{ upstream: "store", operation: "GetItem", outcome: "failed" }, 0, 0],
    [{ upstream: "directory", operation: "ensure", outcome: "failed" }, 1, 0.8],
    [{ upstream: "auth0", operation: "read:connections", outcome: "ok" }, 1, 0.03],
    [{ upstream: "dns", operation: "TXT", outcome: "failed" }, 1, 2],
    [{ upstream: "smtp", operation: "send", outcome: "ok" }, 1, 0.05],
  ] as const) {
    expect(await sampleOf(`${upstream}_count`, labels)).toBe(count);
    expect(await sampleOf(`${upstream}_sum`, labels)).toBeCloseTo(sum, 6);
  }
});

it("counts attempts at requests to the store, and how long they waited for their turn", async () => {
  const { upstreams, sampleOf } = create();
  for (const trouble of ["throttled", "retried", "throttled"] as const) upstreams.troubled(trouble);
  upstreams.waited("begun", 3);
  upstreams.waited("refused", 2_100);
  upstreams.waited("refused", 2_100);
  expect(await sampleOf("platform_api_store_throttled_total")).toBe(2);
  expect(await sampleOf("platform_api_store_retried_total")).toBe(1);
  expect(await sampleOf("platform_api_store_wait_seconds_sum", { outcome: "begun" })).toBeCloseTo(0.003, 6);
  expect(await sampleOf("platform_api_store_wait_seconds_sum", { outcome: "refused" })).toBeCloseTo(4.2, 6);
  expect(await sampleOf("platform_api_store_wait_seconds_count", { outcome: "refused" })).toBe(2);
});

it("shows gauges as they are when the page is rendered", async () => {
  const gauges = { jwksAgeMs: null, isDraining: false };
  const { requests, logins, caches, page } = create(PROCEDURES, gauges);
  const tokens = { hits: 7, misses: 2, size: 1 };
  caches.set("tokens", tokens);
  requests.shed();
  requests.rateLimited("discover");
  logins.wouldRefuse();
  logins.auditLost();
  const { series } = await page();
  for (const [key, value] of Object.entries({
    http_server_active_requests: 3,
    platform_api_open_connections: 9,
    platform_api_jwks_usable_keys: 2,
    'platform_api_directory_calls{state="active"}': 4,
    'platform_api_directory_calls{state="waiting"}': 5,
    platform_api_shed_total: 1,
    'platform_api_rate_limited_total{limit="discover"}': 1,
    'platform_api_rate_limited_total{limit="failed_tokens"}': 0,
    platform_api_would_refuse_total: 1,
    platform_api_audit_lost_total: 1,
    platform_api_draining: 0,
    platform_api_spans_lost_total: 6,
    platform_api_changes_age_seconds: 1.2,
    platform_api_store_clock_difference_seconds: -0.25,
    platform_api_domain_recheck_age_seconds: 7_200,
    'platform_api_cache_requests_total{cache="tokens",outcome="hit"}': 7,
    'platform_api_cache_requests_total{cache="tokens",outcome="miss"}': 2,
    'platform_api_cache_entries{cache="tokens"}': 1,
    [`platform_api_build_info{node="${process.version}",version="1.2.3"}`]: 1,
  })) {
    expect(series.get(key), key).toBe(value);
  }
  expect(series.has("platform_api_jwks_age_seconds")).toBe(false);
});

it("has no age of a poll where changes are not asked for", async () => {
  const { series } = await create(PROCEDURES, { changesAgeMs: null }).page();
  expect(series.has("platform_api_changes_age_seconds")).toBe(false);
});

it("asks how long the domains are unchecked once a minute at most, and goes on without an answer", async () => {
  const clock = new ManualClock();
  let answer = async (): Promise<string | null> => null;
  let asked = 0;
  const age = recheckAge(() => {
    asked += 1;
    return answer();
  }, clock);
  const read = async () => {
    age();
    await Promise.resolve();
    return age();
  };
  expect([age(), await read(), asked]).toEqual([null, 0, 1]);
  const since = new Date(clock.wallMs()).toISOString();
  answer = async () => since;
  clock.advance(59_999);
  expect([await read(), asked]).toEqual([0, 1]);
  clock.advance(1);
  expect([await read(), asked]).toEqual([60_000, 2]);
  answer = () => Promise.reject(new Error("no answer"));
  clock.advance(60_000);
  expect([await read(), asked]).toEqual([120_000, 3]);
});

it("shows how the events are followed, where anybody does", async () => {
  const clock = new ManualClock();
  const at = (secondsAgo: number) => new Date(clock.wallMs() - secondsAgo * 1_000).toISOString();
  const questions = [{ subject: "waad|jane", at: null, answers: 0 }];
  const counts = { questions, reconnects: 4, unreadable: 2 };
  const cursor = { tenant: "default", offset: "o1", eventAt: at(90), until: at(20), ...counts };
  const begun = begunReconciliation({ tenant: "default", lostAfter: null, at: new Date(at(600)) });
  let found: Parameters<typeof following>[0] = async () => ({ cursor: null, reconciliation: null });
  const followed = following((signal) => found(signal), clock);
  const shown = async () => {
    followed();
    await Promise.resolve();
    const { series } = await create(PROCEDURES, { following: followed() }).page();
    const values = [...series].filter(([key]) => key.startsWith("platform_api_events_"));
    return values.map(([, value]) => value);
  };
  expect(await shown()).toEqual([]);
  found = async () => ({ cursor: { ...cursor, eventAt: null }, reconciliation: null });
  expect(await shown()).toEqual([]); // asked a moment ago
  clock.advance(15_000);
  expect(await shown()).toEqual([35, 4, 2, 1, 0, 0]);
  found = async () => ({ cursor, reconciliation: { ...begun, read: 7 } });
  clock.advance(15_000);
  expect(await shown()).toEqual([50, 120, 4, 2, 1, 630, 7]);
  found = async () => ({ cursor, reconciliation: { ...begun, read: 7, isEnded: true } });
  clock.advance(15_000);
  expect(await shown()).toEqual([65, 135, 4, 2, 1, 0, 7]);
});

it("is the same text when it is rendered twice at once", async () => {
  const { requests, render } = create();
  requests.answered("GET", "/validate", 200, 1);
  const ours = (text: string) => text.split("\n").filter((line) => !/process_|nodejs_/.test(line));
  const [one, other] = await Promise.all([render(), render()]);
  expect(ours(one)).toEqual(ours(other));
  expect(one).toMatch(/^process_cpu_seconds_total /m);
  expect(one).toMatch(/^nodejs_eventloop_lag_p99_seconds /m);
});

it("asks Node for no handle and no request, because a version of Node may abort the process then", async () => {
  const spies = ["_getActiveHandles", "_getActiveRequests"].map((name) => vi.spyOn(process, name as "cwd"));
  onTestFinished(() => void vi.restoreAllMocks());
  const page = await create().render();
  for (const spy of spies) expect(spy).not.toHaveBeenCalled();
  expect(page).toContain("nodejs_active_resources_total ");
  expect(page).not.toMatch(/nodejs_active_(handles|requests)/);
});
