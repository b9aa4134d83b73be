import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { expect, it, onTestFinished } from "vitest";
import { dynamoLeases } from "./dynamo-leases.ts";
import { openTable } from "./dynamo-table.ts";
import { connect, createRunsTable } from "./runs-table.ts";
import {
  configFor,
  DOCUMENT,
  eventsOf,
  reached,
  type Shown,
  shownSchema,
  variablesFor,
} from "./testing/backend.ts";
import { mockPlatform } from "./testing/platform.ts";
import { startEmbeddedStore } from "./testing/store.ts";

const MAIN = fileURLToPath(new URL("main.ts", import.meta.url));

/** Starts a process of this backend. @returns its address, when it listens */
async function start(variables: Record<string, string>) {
  const { PATH = "" } = process.env;
  const child = spawn(process.execPath, [MAIN], {
    env: { PATH, ...variables },
    stdio: ["ignore", "pipe", "inherit"],
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  const ended = once(child, "exit");
  let log = "";
  child.stdout.setEncoding("utf8").on("data", (chunk) => {
    log += chunk;
  });
  const address = /http:\/\/127\.0\.0\.1:\d+/;
  await expect.poll(() => log, { interval: 5 }).toMatch(address);
  return { child, ended, url: address.exec(log)?.[0] ?? "" };
}

it("a process that is killed in the middle of a step loses no run, and no step that was done is repeated", async () => {
  const store = await startEmbeddedStore(() => {});
  const platform = mockPlatform();
  const server = await platform.listen();
  onTestFinished(async () => {
    await Promise.all([store.close(), server.close()]);
  });
  const config = configFor(store.endpoint);
  await createRunsTable(config);
  const variables = {
    ...variablesFor(store.endpoint, server.endpoint, `${server.endpoint}/oauth/token`),
    STEP_MS: "250",
    LEASE_MS: "600",
  };
  const [first, second] = await Promise.all([start(variables), start(variables)]);
  const token = platform.signIn();
  async function post(url: string, path: string, body: object = {}): Promise<Shown> {
    const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };
    return shownSchema.parse(
      await (await fetch(`${url}${path}`, { method: "POST", headers, body: JSON.stringify(body) })).json(),
    );
  }
  const watch = (id: string, { url } = second) => eventsOf(`${url}/runs/${id}/events`, token);
  const waits = ({ status }: Shown) => status === "waiting";

  // One run waits for approval, another one is in the middle of a step.
  const patient = await post(first.url, "/runs", { title: "patient", document: DOCUMENT });
  const patientEvents = watch(patient.id);
  await reached(patientEvents, waits);
  const busy = await post(first.url, "/runs", { title: "busy", document: DOCUMENT });
  const before = await reached(watch(busy.id, first), ({ steps: [, find] }) => find?.status === "running");
  first.child.kill("SIGKILL");

  const after = await reached(watch(busy.id), waits);
  expect(before.steps[0]?.status).toBe("done");
  expect(after.steps[0]).toEqual(before.steps[0]);
  expect(after.steps[1]?.startedAt).not.toBe(before.steps[1]?.startedAt);
  await post(second.url, `/runs/${patient.id}/approve`);
  const done = await reached(patientEvents, ({ status }) => status === "succeeded");
  expect(done.steps.map(({ status }) => status)).toEqual(Array(4).fill("done"));
  expect(done.steps.slice(0, 3)).toEqual(
    (await post(second.url, `/runs/${patient.id}/approve`)).steps.slice(0, 3),
  );

  // The one that is asked to end gives its lease back at once, and ends the streams.
  second.child.kill("SIGTERM");
  expect(await second.ended).toEqual([0, null]);
  const { leases, pointers } = await dynamoLeases(openTable(connect(config), config.RUNS_TABLE)).open();
  expect([leases, pointers.map(({ id }) => id)]).toEqual([[], [busy.id]]);
});
