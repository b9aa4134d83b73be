import { createServer } from "node:net";
import { createLogger, type Environment, readServerConfig, serve } from "@platform-api/platform-api";
import { beforeAll, describe, expect, it } from "vitest";
import { readPage } from "../pages/page.ts";
import { startFaultProxy } from "../simulator/fault-proxy.ts";
import { heldUntil, pass } from "../simulator/faults.ts";
import { storeFollowed } from "../simulator/followed-events.ts";
import { listen } from "../simulator/free-ports.ts";
import { duringTests, stackOfTests } from "../simulator/of-tests.ts";
import { fresh, logins } from "../simulator/people.ts";
import { growth, readMetrics, type Series, send, upstream } from "./page.ts";

const stack = stackOfTests({
  settings: { IDENTITY_CACHE_MS: "60000", MEMBERSHIP_CACHE_MS: "5000", CHANGES_POLL_MS: "1000" },
});
/** Its page shows how somebody else has followed the events of Auth0. */
beforeAll(() => storeFollowed(stack.environment));
const directory = duringTests(() => startFaultProxy(stack.environment.CLJ_PG_WRAPPER_URL ?? "", pass));

const start = (settings: Environment) =>
  serve(readServerConfig({ ...stack.environment, ...settings }), createLogger("silent"));

const statusOf = async (url: string) => (await fetch(url)).status;

describe("METRICS_PORT", () => {
  it("moves the page to a port that has nothing else but the health checks", async () => {
    const { url, metricsUrl = "", stop } = await start({ METRICS_PORT: "0" });
    expect([await statusOf(`${url}/metrics`), await statusOf(`${url}/livez`)]).toEqual([404, 200]);
    expect(await statusOf(`${metricsUrl}/validate`)).toBe(404);
    expect((await readMetrics(metricsUrl)).get("http_server_active_requests")).toBe(0);
    await stop();
    for (const closed of [url, metricsUrl]) await expect(fetch(`${closed}/metrics`)).rejects.toThrow();
  });

  it("has the health checks of PORT, without keys, with them, and while the process drains", async () => {
    const nowhere = { AUTH0_JWKS_URL: "http://127.0.0.1:9/jwks.json" };
    const answers = async (at = "") =>
      Promise.all(
        ["/livez", "/readyz"].map(async (path) => {
          const response = await fetch(at + path);
          const headers = ["content-type", "cache-control"].map((name) => response.headers.get(name));
          return [response.status, await response.text(), ...headers];
        }),
      );
    const seen = new Set<unknown>();
    const compare = async ({ url, metricsUrl }: Awaited<ReturnType<typeof start>>) => {
      const answer = await answers(url);
      expect(await answers(metricsUrl)).toEqual(answer);
      seen.add(answer[1]?.[1]);
      return answer[1]?.[0];
    };
    const keyless = await start({ METRICS_PORT: "0", ...nowhere });
    await compare(keyless);
    await keyless.stop();
    const server = await start({ METRICS_PORT: "0" });
    await expect.poll(() => compare(server), { timeout: 20_000 }).toBe(200);
    const stopped = server.stop();
    expect(await compare(server)).toBe(503);
    await stopped;
    const statuses = ["keys unavailable", "ready", "draining"].map((status) => JSON.stringify({ status }));
    expect([...seen]).toEqual(expect.arrayContaining(statuses));
  });

  it.each(["METRICS_PORT", "PORT"] as const)(
    "leaves nothing listening when %s is taken",
    async (variable) => {
      const holder = createServer();
      const port = String(await listen(holder));
      const settings = { PORT: "0", METRICS_PORT: "0", [variable]: port };
      await expect(start(settings)).rejects.toMatchObject({ variable, cause: { code: "EADDRINUSE" } });
      holder.close();
    },
  );
});

it.each([
  ["the main port", {}],
  ["a port of its own", { METRICS_PORT: "0" }],
])(
  "the page on %s shows a request that waits, one that is shed meanwhile, and the shutdown",
  async (_, settings) => {
    const { promise: released, resolve: release } = Promise.withResolvers<void>();
    const { promise: asked, resolve: ask } = Promise.withResolvers<void>();
    directory.fault = (exchange) => {
      ask();
      return heldUntil(released)(exchange);
    };
    const bounds = { MAX_IN_FLIGHT: "1", SHUTDOWN_DRAIN_MS: "15000" };
    const server = await start({ ...settings, ...bounds, CLJ_PG_WRAPPER_URL: directory.url });
    const { url, metricsUrl = url } = server;
    const pageItself = metricsUrl === url ? 1 : 0;
    const token = await logins(stack).entra(`${fresh("waits")}@acme.example`);
    const response = fetch(`${url}/validate`, { headers: { authorization: `Bearer ${token}` } });
    await asked;
    expect(await statusOf(`${url}/validate`)).toBe(503);
    const before = await readMetrics(metricsUrl);
    const stopped = server.stop();
    const draining = await readMetrics(metricsUrl);
    release();
    expect((await response).status).toBe(200);
    await stopped;
    const shown = [before, draining].map((series) => ({
      requests: series.get("http_server_active_requests"),
      calls: series.get('platform_api_directory_calls{state="active"}'),
      shed: series.get("platform_api_shed_total"),
      draining: series.get("platform_api_draining"),
    }));
    expect(shown).toEqual([
      { requests: 1 + pageItself, calls: 1, shed: 1, draining: 0 },
      { requests: 1 + pageItself, calls: 1, shed: 1, draining: 1 },
    ]);
    directory.fault = pass;
  },
);

it("upstreams are measured by operation", async () => {
  const token = await logins(stack).entra(`${fresh("upstream")}@acme.example`);
  const before = await readMetrics(stack.url);
  await send(stack, "/validate", token);
  const grown = growth(before, await readMetrics(stack.url), /^platform_api_upstream_duration_seconds_count/);
  expect(grown[upstream("directory", "ensure", "ok")]).toBe(1);
  expect(grown[upstream("store", "GetItem", "ok")]).toBeGreaterThan(0);
  expect(grown[upstream("store", "TransactWriteItems", "ok")]).toBeGreaterThan(0);
  expect(Object.keys(grown).filter((key) => key.includes('"failed"'))).toEqual([]);
});

/** The metrics of the contract, by name. */
const METRICS = readPage("docs/metrics.md").rows.flatMap(
  ([name = ""]) => /^`((?:http|platform)_\w+)/.exec(name)?.[1] ?? [],
);

describe("the page", () => {
  let series: Series;
  beforeAll(async () => {
    const token = await logins(stack).entra(`${fresh("page")}@acme.example`);
    await stack.client(token).auth.validate.query();
    series = await readMetrics(stack.url);
  });
  const nameOf = (key: string) => key.replace(/\{.*/, "").replace(/_(bucket|sum|count)$/, "");

  it("has a sample of every metric of docs/metrics.md, and no other of ours", () => {
    const names = new Set([...series.keys()].map(nameOf).filter((name) => !/^(process|nodejs)_/.test(name)));
    expect(METRICS.length).toBeGreaterThan(15);
    expect([...names].sort()).toEqual(METRICS.toSorted());
    expect([...series.keys()].filter((key) => /^process_|^nodejs_/.test(key)).length).toBeGreaterThan(20);
  });

  it("shows what the process is", () => {
    expect(series.get("platform_api_jwks_usable_keys")).toBe(1);
    expect(series.get("platform_api_jwks_age_seconds")).toBeGreaterThanOrEqual(0);
    expect(series.get("http_server_active_requests")).toBe(1); // the read of the page
    expect(series.get("platform_api_draining")).toBe(0);
    const [build] = [...series.keys()].filter((key) => key.startsWith("platform_api_build_info"));
    expect(build).toMatch(/^platform_api_build_info{node="v\d+\.\d+\.\d+",version="\d+\.\d+\.\d+"}$/);
  });
});
