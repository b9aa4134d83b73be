import { spawn } from "node:child_process";
import { once } from "node:events";
import { connect as connectSocket, createServer } from "node:net";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { expect, it, onTestFinished, vi } from "vitest";
import { connect } from "./runs-table.ts";
import { serveAgenticBackend } from "./serve.ts";
import { configFor, variablesFor } from "./testing/backend.ts";
import { startEmbeddedStore } from "./testing/store.ts";

const MAIN = fileURLToPath(new URL("main.ts", import.meta.url));
const NOWHERE = "http://127.0.0.1:9";
const ENV = variablesFor(NOWHERE, NOWHERE, NOWHERE);

function run(env: Record<string, string>, ...args: string[]) {
  const { PATH } = process.env;
  const child = spawn(process.execPath, [MAIN, ...args], {
    env: { ...(PATH !== undefined && { PATH }), ...env },
  });
  return { child, ended: once(child, "close"), stderr: text(child.stderr) };
}

/** Sends the start of a request, and waits until the server has read it. */
async function beginRequest(url: string) {
  const socket = connectSocket(Number(new URL(url).port), "127.0.0.1").on("error", () => {});
  const answer = text(socket);
  socket.write("GET /readyz HTTP/1.1\r\nhost: a\r\n");
  expect((await fetch(`${url}/readyz`)).status).toBe(200);
  return { socket, answer };
}

it("exits with an invalid configuration and names every invalid variable", async () => {
  const { child, ended, stderr } = run({ PORT: "s3cret" });
  const stdout = text(child.stdout);
  expect(await ended).toEqual([1, null]);
  expect(await stderr).toMatch(/^wrong configuration:\n.*\n.* PORT\n.*\n.* PLATFORM_URL\n.*\n.* RUNS_TABLE/);
  expect(`${await stdout}${await stderr}`).not.toMatch(/s3cret| {4}at /);
});

it("creates its table by `table create`, as often as it is asked to", async () => {
  const store = await startEmbeddedStore(() => {});
  onTestFinished(store.close);
  const env = { ...ENV, DYNAMODB_ENDPOINT: store.endpoint };
  for (let times = 0; times < 2; times += 1) {
    const { ended, stderr } = run(env, "table", "create");
    expect([await stderr, await ended]).toEqual(["", [0, null]]);
  }
  const { TableNames } = await connect(configFor(store.endpoint)).listTables();
  expect(TableNames).toEqual([ENV.RUNS_TABLE]);
});

it("refuses another command", async () => {
  const { ended, stderr } = run(ENV, "table", "drop");
  expect([await stderr, await ended]).toEqual(["usage: agentic-backend [table create]\n", [1, null]]);
});

it("ends at SIGTERM also while it waits for a store that does not answer", async () => {
  const silent = createServer().listen(0, "127.0.0.1");
  onTestFinished(() => void silent.close());
  await once(silent, "listening");
  const address = silent.address();
  const port = typeof address === "object" ? address?.port : 0;
  const { child, ended } = run({ ...ENV, DYNAMODB_ENDPOINT: `http://127.0.0.1:${port}` }, "table", "create");
  const [socket] = await once(silent, "connection");
  child.kill("SIGTERM");
  expect(await ended).toEqual([1, null]);
  socket.destroy();
});

it("drains at SIGTERM, ignores a second one and exits with 0", async () => {
  const { child, ended, stderr } = run(ENV);
  let log = "";
  child.stdout.setEncoding("utf8").on("data", (chunk) => {
    log += chunk;
  });
  await expect.poll(() => log).toMatch(/http:\/\/127\.0\.0\.1:\d+/);
  const [url = ""] = /http:\/\/127\.0\.0\.1:\d+/.exec(log) ?? [];
  const { socket, answer } = await beginRequest(url);
  child.kill("SIGTERM");
  await expect.poll(() => fetch(url).catch(() => "refused")).toBe("refused");
  child.kill("SIGTERM");
  socket.write("\r\n");
  expect(await answer).toMatch(/^HTTP\/1.1 503 /);
  expect(await ended).toEqual([0, null]);
  for (const line of log.trim().split("\n")) expect(JSON.parse(line)).toHaveProperty("msg");
  expect(await stderr).toBe("");
});

it("closes connections that are still open 8 s after the stop", async ({ onTestFinished }) => {
  const { url, stop } = await serveAgenticBackend(configFor(NOWHERE, { LOG_LEVEL: "silent" }));
  const { socket } = await beginRequest(url);
  const timers = vi.spyOn(globalThis, "setTimeout");
  onTestFinished(() => timers.mockRestore());
  const stopped = stop();
  const cut = await vi.waitUntil(() => timers.mock.calls.find(([, ms]) => ms === 8_000)?.[0], {
    timeout: 10_000,
  });
  expect(socket.destroyed).toBe(false);
  cut();
  await stopped;
});
