import { once } from "node:events";
import { Worker } from "node:worker_threads";
import { expect, it } from "vitest";
import { answer, does, pass, slow } from "../simulator/faults.ts";
import { openSockets } from "../simulator/faulty-stack.ts";
import { newcomer } from "../simulator/forge.ts";
import { faultyStackOfTests } from "../simulator/of-tests.ts";
import { ask } from "./answer.ts";

/** Longer than a busy machine needs. */
const PATIENCE_MS = 20_000;
const PEOPLE = 30;
/** Several times as many as may ask the store at once. */
const CROWD = 300;

/** Opens a connection for each request, and counts those that are open. Posts the status lines when all are answered. */
const CLIENT = `
  const { workerData: { port, requests, opened }, parentPort } = require("node:worker_threads");
  const answers = [];
  for (const request of requests) {
    const socket = require("node:net").connect(port, "127.0.0.1", () => {
      socket.write(request);
      Atomics.add(opened, 0, 1);
      Atomics.notify(opened, 0);
    });
    socket.setEncoding("latin1").once("data", (text) => {
      answers.push(text.split("\\r\\n")[0]);
      socket.destroy();
      if (answers.length === requests.length) parentPort.postMessage(answers);
    });
  }`;

const faulty = faultyStackOfTests();

/**
 * Sends the requests at once, each on a connection of its own, while the servers of this process are too busy to accept
 * any, until all are connected.
 * @returns how many are, and the status lines of the answers
 */
function sendWhileBusy(url: string, requests: readonly string[]) {
  const opened = new Int32Array(new SharedArrayBuffer(4));
  const client = new Worker(CLIENT, {
    eval: true,
    workerData: { port: Number(new URL(url).port), requests, opened },
  });
  const answers = once(client, "message").then(([statusLines]: string[][]) => statusLines ?? []);
  const giveUpMs = performance.now() + PATIENCE_MS;
  for (let open = 0; open < requests.length && performance.now() < giveUpMs; open = Atomics.load(opened, 0)) {
    Atomics.wait(opened, 0, open, giveUpMs - performance.now());
  }
  return { opened: Atomics.load(opened, 0), answers, end: () => client.terminate() };
}

const requestOf = (path: string, token = "") =>
  `GET ${path} HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${token}\r\n\r\n`;

it("T8N: 1,000 connections at once wait for a busy process, and none is dropped", async () => {
  const client = sendWhileBusy(faulty.stack.url, Array(1_000).fill(requestOf("/livez")));
  expect(client.opened).toBe(1_000); // who is dropped tries again after 1 s, 3 s and 7 s, and knows of no deadline
  expect(new Set(await client.answers)).toEqual(new Set(["HTTP/1.1 200 OK"]));
  await client.end();
});

it("T8N: what comes at once is taken in before the first of it asks the store, so that deadlines begin", async () => {
  const server = await faulty.server({ STORE_ATTEMPT_MS: "20000", STORE_DEADLINE_MS: "20000" });
  const people = await Promise.all(Array.from({ length: PEOPLE }, () => newcomer(faulty.stack.issuer)));
  await fetch(`${server.url}/validate`, { headers: { authorization: `Bearer ${people[0]?.token}` } });
  const before = openSockets();
  let takenIn: number | undefined;
  const { fault } = faulty.store;
  faulty.store.fault = (exchange) => {
    if (does("GetItem")(exchange)) takenIn ??= openSockets() - before;
    return fault(exchange);
  };
  const client = sendWhileBusy(
    server.url,
    people.map(({ token }) => requestOf("/validate", token)),
  );
  const answers = await client.answers;
  await client.end();
  expect(takenIn).toBeGreaterThanOrEqual(PEOPLE);
  expect(answers).toHaveLength(PEOPLE);
});

it("T8N: known users do not wait for those who sign in for the first time", async () => {
  const server = await faulty.server({
    STORE_ATTEMPT_MS: "20000",
    STORE_DEADLINE_MS: "20000",
    IDENTITY_CACHE_MS: "60000",
    MEMBERSHIP_CACHE_MS: "1",
  });
  const [known, ...people] = await Promise.all(
    Array.from({ length: 1 + CROWD }, () => newcomer(faulty.stack.issuer)),
  );
  const again = () => ask(server, "check", known?.token);
  for (const answer of [await again(), await again()]) expect(answer).toMatchObject({ status: 200 }); // it is in the caches
  faulty.store.fault = slow(20);
  let answered = 0;
  const logins = people.map(async ({ token }) => {
    await ask(server, "check", token);
    answered += 1;
  });
  try {
    await Promise.race(logins);
    expect(await again()).toMatchObject({ status: 200 });
    expect(answered).toBeLessThan(CROWD / 2);
  } finally {
    faulty.store.fault = answer(400, {}); // nobody waits for the rest
    await Promise.allSettled(logins);
    faulty.store.fault = pass;
  }
});
