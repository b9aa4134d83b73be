import Fastify from "fastify";
import { expect, it } from "vitest";
import { Refusal } from "./refusal.ts";
import { parseOwner, type Run, type Runs } from "./run.ts";
import { createWorker } from "./worker.ts";

const OWNER = parseOwner("acme", "3f2b8c1e-5d4a-4e6b-9a7c-0123456789ab");
const RUN: Run = {
  id: "01a210ab-d4a9-7682-b954-065c7ce67abd",
  title: "in the title",
  status: "queued",
  createdAt: "2026-01-01T00:00:00.000Z",
};

/** A worker whose writes have these outcomes, one after another. */
function workerWith(...outcomes: (boolean | Error)[]) {
  const written: string[] = [];
  const log: string[] = [];
  const runs: Pick<Runs, "put"> = {
    async put(_owner, { status }, replaced) {
      written.push(`${replaced} to ${status}`);
      const outcome = outcomes.shift() ?? true;
      if (outcome instanceof Error) throw outcome;
      return outcome;
    },
  };
  const { log: logger } = Fastify({ logger: { stream: { write: (line: string) => log.push(line) } } });
  return { worker: createWorker(runs, logger), written, log: () => log.join("") };
}

it.each<[string, Run["status"], (boolean | Error)[], string[], string]>([
  ["takes two steps", "queued", [], ["queued to running", "running to succeeded"], "run succeeded"],
  ["goes on where another ended", "running", [], ["running to succeeded"], "run succeeded"],
  ["leaves a run that another has taken", "queued", [false], ["queued to running"], ""],
  ["leaves a run that another has finished", "running", [false], ["running to succeeded"], ""],
  ["leaves a run that is done", "succeeded", [], [], ""],
  [
    "survives an outage",
    "queued",
    [new Refusal("STORE_UNAVAILABLE")],
    ["queued to running"],
    "left unfinished",
  ],
])("%s", async (_, status, outcomes, steps, logged) => {
  const { worker, written, log } = workerWith(...outcomes);
  worker.take(OWNER, { ...RUN, status });
  worker.take(OWNER, { ...RUN, status }); // is under way already
  await worker.idle();
  expect(written).toEqual(steps);
  expect(log()).toContain(logged);
  expect(log() === "").toBe(logged === "");
  expect(log()).not.toContain(RUN.title);
});

it("takes up again what an outage has left", async () => {
  const { worker, log } = workerWith(true, new Refusal("STORE_UNAVAILABLE"));
  worker.take(OWNER, RUN);
  await worker.idle();
  worker.take(OWNER, { ...RUN, status: "running" });
  await worker.idle();
  expect(log()).toContain('"words":3');
});
