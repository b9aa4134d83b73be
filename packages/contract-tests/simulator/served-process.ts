import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { Agent, get, type IncomingMessage } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import type { Environment } from "@platform-api/platform-api";

/** The program of platform-api. */
export const MAIN = fileURLToPath(new URL("../../../apps/platform-api/src/main.ts", import.meta.url));
/** No service is there. */
export const NOWHERE = "http://127.0.0.1:9";
/** What `serve` needs to start, although none of its upstreams is there. */
export const WITHOUT_UPSTREAMS: Environment = {
  PORT: "0",
  AUTH0_ISSUER: `${NOWHERE}/`,
  AUTH0_AUDIENCE: "https://api.platform.example",
  AUTH0_CLAIM_NAMESPACE: "https://platform.example/",
  CLJ_PG_WRAPPER_URL: NOWHERE,
  CLJ_PG_WRAPPER_TOKEN: "service-token",
  DYNAMODB_TABLE: "platform-api",
  DYNAMODB_ENDPOINT: NOWHERE,
  AWS_REGION: "eu-central-1",
};
/** As platform-api and as Fastify log it. */
const ADDRESS = /"url":"([^"]+)"|listening at (http[^"]+)"/;
const START_MS = 30_000;

/** `platform-api serve` as a separate process, which can receive signals. */
export interface ServedProcess {
  readonly url: string;
  readonly child: ChildProcess;
  /** The complete lines of its log so far. */
  log(): readonly Record<string, unknown>[];
  /** Sends a signal. @returns false if the process has exited */
  kill(signal: NodeJS.Signals): boolean;
  /** Its resident memory (Linux only). */
  residentMiB(): number;
  /** Its exit code, or the signal that killed it. */
  readonly exit: Promise<number | NodeJS.Signals>;
}

/** Tests share two cores, so a process may get none of them for longer than the default. */
const PATIENT = { MAX_EVENT_LOOP_DELAY_MS: "0" };

/** What a process is started with, if it is not platform-api, or if its log is not read from a pipe. */
interface Start {
  readonly command?: readonly string[];
  readonly output?: { readonly fd: number; text(): string };
  /** Whether it has a channel for messages. */
  readonly ipc?: boolean;
}

/** @throws when it exits or does not listen in time */
export async function startProcess(
  environment: Environment,
  { command = [MAIN, "serve"], output, ipc = false }: Start = {},
): Promise<ServedProcess> {
  const child = spawn(process.execPath, command, {
    env: { NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE, ...PATIENT, ...environment },
    stdio: ["ignore", output?.fd ?? "pipe", "inherit", ...(ipc ? (["ipc"] as const) : [])],
  });
  const exit = once(child, "exit").then(([code, signal]) => code ?? signal);
  let piped = "";
  child.stdout?.setEncoding("utf8").on("data", (text) => {
    piped += text;
  });
  const log = () => output?.text() ?? piped;
  const deadline = performance.now() + START_MS;
  while (child.exitCode === null && performance.now() < deadline) {
    const [, ours, fastifys] = ADDRESS.exec(log()) ?? [];
    const url = ours ?? fastifys;
    if (url !== undefined) {
      const kill = (signal: NodeJS.Signals) => child.kill(signal);
      return { url, child, exit, log: () => linesOf(log()), kill, residentMiB: () => residentMiB(child.pid) };
    }
    await sleep(20);
  }
  child.kill("SIGKILL");
  throw new Error(`does not listen: ${log()}`);
}

/** Drops the last line, which may be incomplete. */
function linesOf(log: string): Record<string, unknown>[] {
  return log
    .split("\n")
    .slice(0, -1)
    .map((line) => JSON.parse(line));
}

function residentMiB(pid: number | undefined): number {
  const status = readFileSync(`/proc/${pid}/status`, "utf8");
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1]) / 1_024;
}

/** A connection that stays open between requests. */
export interface KeptConnection {
  get(
    path: string,
  ): Promise<{ status: number | undefined; headers: IncomingMessage["headers"]; text: string }>;
  end(): void;
}

/** @throws when a request after the first finds its connection closed */
export function keepConnection(url: string): KeptConnection {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  let isFirst = true;
  return {
    async get(path) {
      const request = get(`${url}${path}`, { agent });
      const [response]: IncomingMessage[] = await once(request, "response");
      if (response === undefined || request.reusedSocket === isFirst) throw new Error("another connection");
      isFirst = false;
      let text = "";
      for await (const chunk of response.setEncoding("utf8")) text += chunk;
      return { status: response.statusCode, headers: response.headers, text };
    },
    end: () => agent.destroy(),
  };
}
