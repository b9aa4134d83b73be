import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import type { Environment } from "@platform-api/platform-api";
import { z } from "zod";
import { startProcess } from "../simulator/served-process.ts";

const PROBE = new URL("probe.ts", import.meta.url).href;
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
  const command = ["--expose-gc", "--import", PROBE, program, "serve"];
  const settings = { MAX_EVENT_LOOP_DELAY_MS: undefined, ...environment };
  const { url, child, exit, kill, residentMiB } = await startProcess(settings, { command, ipc: true });
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
    rssMb() {
      try {
        return residentMiB() * 1.048_576;
      } catch {
        return null; // it has exited
      }
    },
    async stop() {
      kill("SIGTERM");
      await exit;
    },
  };
  void watch(served, exit);
  return served;
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
