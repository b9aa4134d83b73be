import { spawn } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import { fileAt, OTHER_CORE } from "./pinned-process.ts";

const SCRIPT = fileAt("wrk.lua");
const CONNECTIONS = 32;
/** Longer than any run. wrk only takes whole seconds, so a run ends with SIGINT. */
const ENDLESS = "600s";

const PREPARATIONS = 5;

const counted = z.object({ requests: z.number(), failed: z.number() });
const timed = counted.extend({ seconds: z.number(), p50Ms: z.number(), p99Ms: z.number() });

type Counted = z.infer<typeof counted>;
export type Timed = z.infer<typeof timed>;

/** Requests as bytes, in a file that wrk reads. */
export interface Workload {
  readonly url: string;
  readonly file: string;
  readonly count: number;
  /** Of these so many are refused, spread over them evenly. */
  readonly refused: number;
}

let serial = 0;

export function workload(folder: string, url: string, requests: readonly string[], refused = 0): Workload {
  serial += 1;
  const file = join(folder, `requests-${serial}`);
  writeFileSync(file, requests.map((request) => `${request}\0`).join(""));
  return { url, file, count: requests.length, refused };
}

/** Sends the requests in turn for so long. @throws when other answers than those that are refused are not a 2xx */
export async function sendFor(ms: number, load: Workload, connections = CONNECTIONS): Promise<Timed> {
  return timed.parse(requireAnswers(load, await run(load, 0, connections, ms)));
}

/** Sends each request once, so that the server remembers what it asks. Repeats this while the services are too slow. */
export async function prepare(load: Workload, connections = CONNECTIONS): Promise<void> {
  for (let tries = 1; tries < PREPARATIONS; tries++) {
    const { failed } = await run(load, load.count, connections);
    if (failed === 0) return;
  }
  await sendOnce(load, connections);
}

/** Sends each request once. @throws when an answer is not a 2xx */
export async function sendOnce(load: Workload, connections = CONNECTIONS): Promise<void> {
  requireAnswers(load, await run(load, load.count, connections));
}

async function run(
  { url, file }: Workload,
  limit: number,
  connections: number,
  ms?: number,
): Promise<Counted> {
  const options = ["-t1", `-c${connections}`, "-d", ENDLESS, "--timeout", "20s", "-s", SCRIPT];
  const child = spawn("taskset", ["-c", OTHER_CORE, "wrk", ...options, url, file, String(limit)], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  let output = "";
  child.stdout.setEncoding("utf8").on("data", (text) => {
    output += text;
  });
  const closed = once(child, "close");
  if (ms !== undefined) {
    await Promise.race([once(child.stdout, "data"), closed]); // it has read the requests
    await sleep(ms);
    child.kill("SIGINT");
  }
  await closed;
  const line = output.split("\n").find((each) => each.startsWith("{"));
  if (line === undefined) throw new Error(`wrk ended without a result:\n${output}`);
  return counted.loose().parse(JSON.parse(line));
}

function requireAnswers({ url, count, refused }: Workload, result: Counted): Counted {
  const excess = result.failed - (result.requests * refused) / count;
  const isExpected = refused === 0 ? excess === 0 : Math.abs(excess) <= CONNECTIONS; // some are under way at the end
  if (isExpected && result.requests > 0) return result;
  throw new Error(`${result.failed} of ${result.requests} answers were not 2xx: ${url}`);
}
