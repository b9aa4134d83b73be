import { once } from "node:events";
import { createServer } from "node:net";
import { afterEach, beforeEach, expect, it } from "vitest";
import type { Unreadiness } from "./health-routes.ts";
import { createMetricsServer, type MetricsServer } from "./metrics-route.ts";

let server: MetricsServer;
let url: string;
let render = async () => "up 1\n";
let unreadiness: Unreadiness = null;

beforeEach(async () => {
  render = async () => "up 1\n";
  server = createMetricsServer(
    () => render(),
    () => unreadiness,
  );
  url = await server.listen({ host: "127.0.0.1", port: 0 });
});
afterEach(() => server.close());

it.each([
  ["GET", "/metrics", 200, "up 1\n"],
  ["GET", "/metrics?name[]=up", 200, "up 1\n"],
  ["HEAD", "/metrics", 200, ""],
  ["POST", "/metrics", 404, "Not found\n"],
  ["GET", "/metrics/", 404, "Not found\n"],
  ["GET", "/", 404, "Not found\n"],
  ["POST", "/livez", 404, "Not found\n"],
  ["GET", "/readyz/", 404, "Not found\n"],
])("a port of its own answers %s %s with %d", async (method, path, status, body) => {
  const response = await fetch(url + path, { method });
  expect([response.status, await response.text()]).toEqual([status, body]);
  expect(response.headers.get("content-type")).toBe("text/plain; version=0.0.4; charset=utf-8");
});

it.each([
  ["GET", "/livez", null, 200, '{"status":"ok"}'],
  ["GET", "/livez", "draining", 200, '{"status":"ok"}'],
  ["GET", "/readyz?x=1", null, 200, '{"status":"ready"}'],
  ["GET", "/readyz", "draining", 503, '{"status":"draining"}'],
  ["HEAD", "/readyz", "keys unavailable", 503, ""],
] as const)(
  "a port of its own answers %s %s with readiness %s by %d",
  async (method, path, now, status, body) => {
    unreadiness = now;
    const response = await fetch(url + path, { method });
    expect([response.status, await response.text()]).toEqual([status, body]);
    expect(response.headers.get("content-type")).toBe("application/json; charset=utf-8");
  },
);

it("answers 500 without the error when the page cannot be rendered", async () => {
  render = () => Promise.reject(new Error("secret"));
  const response = await fetch(`${url}/metrics`);
  expect([response.status, await response.text()]).toEqual([500, ""]);
});

it("rejects when the port is taken, and closes all the same", async () => {
  const holder = createServer().listen(0, "127.0.0.1");
  await once(holder, "listening");
  const address = holder.address();
  const port = typeof address === "object" ? (address?.port ?? 0) : 0;
  const second = createMetricsServer(render, () => null);
  await expect(second.listen({ host: "127.0.0.1", port })).rejects.toMatchObject({
    code: "EADDRINUSE",
    port,
  });
  await second.close();
  holder.close();
});
