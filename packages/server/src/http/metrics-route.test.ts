import { once } from "node:events";
import { createServer } from "node:net";
import { afterEach, beforeEach, expect, it } from "vitest";
import { createMetricsServer, type MetricsServer } from "./metrics-route.ts";

let server: MetricsServer;
let url: string;
let render = async () => "up 1\n";

beforeEach(async () => {
  render = async () => "up 1\n";
  server = createMetricsServer(() => render());
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
  ["GET", "/livez", 404, "Not found\n"],
])("a port of its own answers %s %s with %d", async (method, path, status, body) => {
  const response = await fetch(url + path, { method });
  expect([response.status, await response.text()]).toEqual([status, body]);
  expect(response.headers.get("content-type")).toBe("text/plain; version=0.0.4; charset=utf-8");
});

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
  const second = createMetricsServer(render);
  await expect(second.listen({ host: "127.0.0.1", port })).rejects.toMatchObject({
    code: "EADDRINUSE",
    port,
  });
  await second.close();
  holder.close();
});
