import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import type { Readable } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import type { Environment } from "@platform-api/platform-api";
import { z } from "zod";

/** platform-api from its sources, which a test need not build. */
export const SOURCE = fileURLToPath(new URL("../../../apps/platform-api/src/main.ts", import.meta.url));
const PROBE = new URL("probe.ts", import.meta.url).href;
const START_MS = 20_000;
const POLL_MS = 100;

const measured = z.object({
  /** Memory in use after a garbage collection, in 10⁶ bytes. */
  usedMb: z.number(),
  /** Since the last `begin`. */
  delayP99Ms: z.number(),
  sockets: z.number(),
  unhandledRejections: z.number(),
});

export type Measured = z.infer<typeof measured>;

/** A platform-api process and the probe in it. */
export interface Served {
  readonly url: string;
  /** Whether `/readyz` answered 200 at the last look. A balancer sends requests only then. */
  isReady: boolean;
  /** The open sockets before any client came. */
  readonly baselineSockets: number;
  /** Measures the process; `begin` also starts to count event-loop delays from here. */
  measure(kind: "begin" | "now"): Promise<Measured>;
  /** Resident memory in 10⁶ bytes, without asking the process; null after its exit. */
  rssMb(): number | null;
  /** Sends SIGTERM and waits for the exit. */
  stop(): Promise<void>;
}

/**
 * Starts `platform-api serve`. Resolves when it listens.
 * @param program the file of platform-api
 */
export async function startServed(program: string, environment: Environment): Promise<Served> {
  const child = spawn(process.execPath, ["--expose-gc", "--import", PROBE, program, "serve"], {
    env: { NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE, PATH: process.env.PATH, ...environment },
    stdio: ["ignore", "pipe", "inherit", "ipc"],
  });
  const exit = once(child, "exit");
  const { stdout } = child;
  if (stdout === null) throw new Error("platform-api did not start");
  const url = await Promise.race([listeningUrl(stdout), exit.then(() => null), sleep(START_MS, null)]);
  if (typeof url !== "string") {
    child.kill("SIGKILL");
    throw new Error("platform-api does not listen");
  }
  stdout.resume();
  async function measure(kind: "begin" | "now"): Promise<Measured> {
    const reply = once(child, "message");
    child.send(kind);
    const [message] = await Promise.race([reply, exit.then(() => [null])]);
    return measured.parse(message);
  }
  const { sockets: baselineSockets } = await measure("begin");
  const served: Served = {
    url,
    isReady: false,
    baselineSockets,
    measure,
    rssMb: () => (child.exitCode === null ? rssMb(child.pid) : null),
    async stop() {
      child.kill("SIGTERM");
      await exit;
    },
  };
  void watch(served, exit);
  return served;
}

async function listeningUrl(stdout: Readable): Promise<string | null> {
  let log = "";
  for await (const text of stdout.setEncoding("utf8").iterator({ destroyOnReturn: false })) {
    log += text;
    const url = /"url":"([^"]+)"/.exec(log)?.[1];
    if (url !== undefined) return url;
  }
  return null;
}

/** Looks at `/readyz` again and again, as a balancer does, until the process exits. */
async function watch(served: Served, exit: Promise<unknown>): Promise<void> {
  let isRunning = true;
  void exit.then(() => {
    isRunning = false;
  });
  while (isRunning) {
    served.isReady = await fetch(`${served.url}/readyz`, { headers: { connection: "close" } }).then(
      ({ ok }) => ok,
      () => false,
    );
    await sleep(POLL_MS);
  }
}

function rssMb(pid: number | undefined): number | null {
  try {
    const status = readFileSync(`/proc/${pid}/status`, "utf8");
    return (Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1]) * 1_024) / 1e6;
  } catch {
    return null; // it has just exited
  }
}
