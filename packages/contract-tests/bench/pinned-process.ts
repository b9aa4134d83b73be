import { execFileSync, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { z } from "zod";

/** The server that is measured has this core for itself. Everything else runs on the other. */
export const SERVER_CORE = "0";
export const OTHER_CORE = "1";
export const BOTH_CORES = `${SERVER_CORE},${OTHER_CORE}`;

/** How much of a child's output an error shows, in characters. */
const SHOWN = 2_000;

/** A process of its own that keeps to its cores. */
export interface PinnedProcess {
  /** CPU time of all its threads since it started, in nanoseconds. */
  cpuNs(): number;
  /** Sends a message and waits for the next one from the process. @throws when the process exits instead */
  ask<Schema extends z.ZodType>(schema: Schema, message: object): Promise<z.infer<Schema>>;
  stop(): Promise<void>;
}

/** @throws when this machine cannot run the bench, with what to do */
export function requireTools(): void {
  if (process.platform !== "linux")
    throw new Error("the bench reads CPU times from /proc, so it needs Linux");
  for (const [tool, debianPackage] of [
    ["taskset", "util-linux"],
    ["wrk", "wrk"],
  ] as const) {
    if (spawnSync(tool, ["--version"]).error === undefined) continue;
    throw new Error(`the bench needs ${tool}. On Debian or Ubuntu: sudo apt-get install ${debianPackage}`);
  }
  if (spawnSync("taskset", ["-c", BOTH_CORES, "true"]).status !== 0) {
    throw new Error(`the bench needs the cores ${BOTH_CORES}`);
  }
}

/** Moves this process to another core. */
export function moveTo(core: string): void {
  execFileSync("taskset", ["-acp", core, String(process.pid)]);
}

/** How long an idle core of a virtual machine polls before it halts, in nanoseconds. */
const HALT_POLL = "/sys/module/haltpoll/parameters/guest_halt_poll_ns";
const POLL_NS = "200000"; // Linux's default

/**
 * Lets idle cores poll during the bench. Waking a halted one takes 10 µs, which a hypervisor bills to the waker: a
 * server that is slower than wrk would pay that for each answer, and a bare one would not.
 * @returns what puts the setting back; null if this process may not change it
 */
export function keepCoresAwake(): (() => void) | null {
  try {
    const before = readFileSync(HALT_POLL, "utf8");
    if (Number(before) >= Number(POLL_NS)) return () => {};
    writeFileSync(HALT_POLL, POLL_NS);
    return () => writeFileSync(HALT_POLL, before);
  } catch (error) {
    const isNoSuch = error instanceof Error && "code" in error && error.code === "ENOENT";
    return isNoSuch ? () => {} : null;
  }
}

/** The command that does the same for those who may not. */
export const KEEP_CORES_AWAKE = `echo ${POLL_NS} | sudo tee ${HALT_POLL}`;

/** The file of a module beside this one. */
export function fileAt(path: string): string {
  return fileURLToPath(new URL(path, import.meta.url));
}

const running = new Set<{ stop(): Promise<void> }>();

/** What {@link stopAll} also stops. */
export function stopWithAll(server: { stop(): Promise<void> }): void {
  running.add(server);
}

/** Stops all that still run. */
export async function stopAll(): Promise<void> {
  await Promise.all([...running].map((each) => each.stop()));
}

/** Starts a script of this Node on these cores. Of this process's environment it gets only `PATH`. */
export function startPinned(
  cores: string,
  script: readonly string[],
  env: Readonly<Record<string, string | undefined>> = {},
): PinnedProcess {
  const child = spawn("taskset", ["-c", cores, process.execPath, ...script], {
    env: { PATH: process.env.PATH, ...env },
    stdio: ["ignore", "pipe", "pipe", "ipc"],
  });
  const { pid, stdout, stderr } = child;
  if (pid === undefined || stdout === null || stderr === null) throw new Error(`${script[0]} did not start`);
  let output = "";
  const keep = (text: string) => {
    output = (output + text).slice(-SHOWN);
  };
  stdout.setEncoding("latin1").on("data", keep); // a container runtime reads the log from a pipe, too
  stderr.setEncoding("latin1").on("data", keep);
  const exit = once(child, "exit");
  const failed = exit.then(() => {
    throw new Error(`${script.join(" ")} exited:\n${output}`);
  });
  failed.catch(() => {}); // it may exit while nobody waits for it
  const started: PinnedProcess = {
    cpuNs: () => cpuNs(pid),
    async ask(schema, message) {
      const reply = once(child, "message");
      child.send(message);
      const [answer] = await Promise.race([reply, failed]);
      return schema.parse(answer);
    },
    async stop() {
      child.kill("SIGKILL");
      await exit;
      running.delete(started);
    },
  };
  running.add(started);
  return started;
}

/** Threads that have ended are missing, but Node's threads live as long as the process. */
function cpuNs(pid: number): number {
  const threads = readdirSync(`/proc/${pid}/task`);
  return threads
    .map((thread) => Number(readFileSync(`/proc/${pid}/task/${thread}/schedstat`, "utf8").split(" ")[0]))
    .reduce((sum, ns) => sum + ns, 0);
}
