import { connect } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, expect, it } from "vitest";
import { hang, heldUntil, pass } from "../simulator/faults.ts";
import { newcomer } from "../simulator/forge.ts";
import { faultyStackOfTests } from "../simulator/of-tests.ts";
import { keepConnection, type ServedProcess, startProcess } from "../simulator/served-process.ts";
import { ask } from "./answer.ts";
import { STRETCHED } from "./request-deadline.ts";

/** How much longer everything may take on a busy machine. */
const BUSY = 5;
/** How long an idle process keeps listening after a signal. */
const LINGER_MS = 1_000;
/** Deadlines that no upstream reaches, even on a busy machine. */
const GENEROUS_DEADLINES = {
  DIRECTORY_ATTEMPT_MS: "20000",
  DIRECTORY_DEADLINE_MS: "20000",
  STORE_ATTEMPT_MS: "10000",
  STORE_DEADLINE_MS: "10000",
  IDENTITY_CACHE_MS: "60000",
  SHUTDOWN_DRAIN_MS: "60000",
  NODE_OPTIONS: STRETCHED,
};

const faulty = faultyStackOfTests();
let server: ServedProcess | undefined;

afterEach(async () => {
  faulty.directory.fault = pass;
  faulty.store.fault = pass;
  if (server?.kill("SIGKILL")) await server.exit;
});

async function start(settings: Record<string, string>): Promise<ServedProcess> {
  const { environment } = faulty.stack;
  const upstreams = { CLJ_PG_WRAPPER_URL: faulty.directory.url };
  server = await startProcess({ ...environment, ...upstreams, ...GENEROUS_DEADLINES, ...settings });
  return server;
}

/** First logins at once. */
const REQUESTS = 20;

it("finishes all requests after SIGTERM, refuses new ones and loses no write (T64)", async () => {
  const { url, kill, exit } = await start({});
  const connections = Array.from({ length: 3 }, () => keepConnection(url));
  for (const connection of connections) await connection.get("/livez");
  const readiness = async () => (await fetch(`${url}/readyz`)).status;
  await expect.poll(readiness, { timeout: 30_000 }).toBe(200);
  const { token: first } = await newcomer(faulty.stack.issuer);
  expect((await ask({ url }, "validate", first)).status).toBe(200); // so that the others find warm code
  const people = await Promise.all(Array.from({ length: REQUESTS }, () => newcomer(faulty.stack.issuer)));
  const { promise: released, resolve: release } = Promise.withResolvers<void>();
  const { promise: lastReleased, resolve: releaseLast } = Promise.withResolvers<void>();
  let held = 0;
  faulty.directory.fault = (exchange) => {
    held += 1;
    return heldUntil(held === REQUESTS ? lastReleased : released)(exchange);
  };
  const answers = Promise.all(people.map(({ token }) => ask({ url }, "validate", token)));
  await expect.poll(() => faulty.directory.pending, { interval: 10 }).toBe(REQUESTS);

  const stopped = performance.now();
  kill("SIGTERM");
  const [ready, rest, trpc] = connections;
  await expect.poll(readiness, { interval: 10 }).toBe(503);
  expect(await ready?.get("/readyz")).toMatchObject({ status: 503, headers: { connection: "close" } });
  for (const answer of [await rest?.get("/validate"), await trpc?.get("/trpc/auth.validate")]) {
    expect(answer).toMatchObject({
      status: 503,
      headers: { connection: "close", "retry-after": expect.stringMatching(/^[1-9]\d*$/) },
      text: expect.stringContaining('"reason":"DRAINING"'),
    });
  }
  expect(faulty.directory.pending).toBe(REQUESTS);
  kill("SIGTERM");
  kill("SIGINT");
  release();
  await expect.poll(() => faulty.directory.pending, { interval: 10 }).toBe(1);
  await sleep(stopped + LINGER_MS + 100 - performance.now()); // it would have ended if it did not wait for requests
  releaseLast();

  expect((await answers).map(({ status }) => status)).toEqual(Array(REQUESTS).fill(200));
  expect(await exit).toBe(0);
  expect(performance.now() - stopped).toBeLessThan(BUSY * 2 * LINGER_MS);
  for (const { userId } of await answers) {
    expect(await faulty.placesOf(userId)).toEqual(["link", "membership", "seat"]);
  }
});

it("exits with 0 after the drain time even if a request is incomplete and the directory never answers", async () => {
  const drainMs = 1_000;
  const { url, kill, exit } = await start({ SHUTDOWN_DRAIN_MS: `${drainMs}` });
  faulty.directory.fault = hang;
  const half = connect(Number(new URL(url).port), "127.0.0.1").on("error", () => {});
  half.write(
    "POST /public/auth/discover HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 9\r\n\r\n{",
  );
  const { token } = await newcomer(faulty.stack.issuer);
  const unanswered = ask({ url }, "validate", token).catch(() => null);
  await expect.poll(() => faulty.directory.pending, { interval: 10 }).toBe(1);
  const stopped = performance.now();
  kill("SIGTERM");
  kill("SIGINT");
  expect(await exit).toBe(0);
  const ms = performance.now() - stopped;
  expect(ms).toBeGreaterThan(drainMs - 100);
  expect(ms).toBeLessThan(BUSY * drainMs);
  await unanswered;
  half.destroy();
});

it("an idle process exits soon after a signal", async () => {
  const { kill, exit, url } = await start({});
  const idle = keepConnection(url);
  await idle.get("/livez");
  const stopped = performance.now();
  kill("SIGINT");
  expect(await exit).toBe(0);
  expect(performance.now() - stopped).toBeLessThan(BUSY * LINGER_MS);
  idle.end();
});
