import { expect } from "vitest";
import { parseMetrics, seriesKey } from "../../server/src/adapters/metrics/testing/text-format.ts";
import type { Server } from "../simulator/stack.ts";

/** The values of all series, by their names with sorted labels. */
export type Series = ReadonlyMap<string, number>;

/** Reads the page of a server. @throws when it breaks the rules of the format */
export async function readMetrics(url: string): Promise<Series> {
  const response = await fetch(`${url}/metrics`);
  if (response.status !== 200) throw new Error(`/metrics answered ${response.status}`);
  return parseMetrics(await response.text()).series;
}

/** What has grown, and by how much, without the reads of the page itself. */
export function growth(before: Series, after: Series, families: RegExp): Record<string, number> {
  const grown = [...after]
    .filter(([key]) => families.test(key) && !key.includes('http_route="/metrics"'))
    .map(([key, value]) => [key, value - (before.get(key) ?? 0)] as const);
  return Object.fromEntries(grown.filter(([, by]) => by !== 0));
}

export const call = (procedure: string, reason: string) =>
  seriesKey("platform_api_calls_total", { procedure, reason });

export const answer = (method: string, route: string, status: number) =>
  seriesKey("http_server_request_duration_seconds_count", {
    http_request_method: method,
    http_route: route,
    http_response_status_code: String(status),
  });

export const upstream = (name: string, operation: string, outcome: string) =>
  seriesKey("platform_api_upstream_duration_seconds_count", { upstream: name, operation, outcome });

export const cached = (cache: string, outcome: string) =>
  seriesKey("platform_api_cache_requests_total", { cache, outcome });

export const total = (name: string, labels: Readonly<Record<string, string>> = {}) =>
  seriesKey(`platform_api_${name}_total`, labels);

/** Expects exactly this growth of these families. The server counts an answer when it has sent it. */
export async function expectGrowth(
  { url }: Server,
  families: RegExp,
  work: () => Promise<unknown>,
  expected: Record<string, number>,
): Promise<void> {
  const before = await readMetrics(url);
  await work();
  const grown = async () => growth(before, await readMetrics(url), families);
  await expect.poll(grown, { timeout: 10_000 }).toEqual(expected);
}

/** Sends a request, and reads the whole answer. */
export async function send(
  server: Pick<Server, "url">,
  path: string,
  token?: string,
  init: RequestInit = {},
): Promise<Response> {
  const authorization = token === undefined ? {} : { authorization: `Bearer ${token}` };
  const response = await fetch(server.url + path, {
    ...init,
    headers: { ...authorization, ...init.headers },
  });
  await response.arrayBuffer();
  return response;
}

/** A body to send. */
export const json = (body: object): RequestInit => ({
  method: "POST",
  headers: { "content-type": "application/json" },
  body: JSON.stringify(body),
});
