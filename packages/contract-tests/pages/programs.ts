import { type ChildProcess, type SpawnOptions, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { connect } from "node:net";
import { delimiter, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { findChromium } from "../browser/chromium.ts";
import { isCi } from "../postgres/config.ts";
import { findPostgres } from "../postgres/postgres.ts";
import { isListener } from "./listening.ts";

/** Programs of this machine that some suites need, each with the Debian package that has it. */
const PACKAGES = {
  nginx: "nginx-light",
  caddy: "caddy",
  haproxy: "haproxy",
  apache: "apache2 lua-socket",
  kubectl: "kubernetes-client",
  prometheus: "prometheus",
  promtool: "prometheus",
  buildah: "buildah",
  "systemd-analyze": "systemd",
  "systemd-notify": "systemd",
  "start-stop-daemon": "dpkg",
  unshare: "util-linux",
  nsenter: "util-linux",
  setpriv: "util-linux",
  curl: "curl",
  jq: "jq",
  openssl: "openssl",
  pgrep: "procps",
  python3: "python3",
  postgres: "postgresql",
  pg_dump: "postgresql-client",
  chromium: "chromium-headless-shell",
  soffice: "libreoffice-calc-nogui",
} as const;

export type ProgramName = keyof typeof PACKAGES;

/** Where Debian has programs. The pages name some of these paths. */
const FOLDERS = ["/usr/bin", "/usr/sbin"];
/** Apache's own name, and a library of Lua for the version that Apache has. */
const APACHE = ["/usr/sbin/apache2", "/usr/share/lua/5.4/socket.lua"];
/** Python may be the user's own. */
const PATH = (process.env.PATH ?? "").split(delimiter);

export function isInstalled(name: ProgramName): boolean {
  if (name === "postgres") return findPostgres() !== null;
  if (name === "chromium") return findChromium() !== null;
  if (name === "apache") return APACHE.every(existsSync);
  return (name === "python3" ? PATH : FOLDERS).some((folder) => existsSync(join(folder, name)));
}

/** The command that installs what is missing, or null. */
function howToGet(...needed: readonly (ProgramName | "root")[]): string | null {
  const packages = needed.flatMap((name) => (name === "root" || isInstalled(name) ? [] : PACKAGES[name]));
  const install = packages.length === 0 ? [] : [`apt-get install ${[...new Set(packages)].join(" ")}`];
  const isRootMissing = needed.includes("root") && process.getuid?.() !== 0;
  return [...install, ...(isRootMissing ? ["run it as root"] : [])].join(", and ") || null;
}

/** A suite that needs programs of this machine. Without them it is skipped and says how to get them, or fails in CI. */
export function describeWith(
  needed: readonly (ProgramName | "root")[],
  name: string,
  suite: () => void | Promise<void>,
): void {
  describeUnless(howToGet(...needed), name, suite);
}

/** The same for something else that is missing. `how` is the command that installs it, or null if it is there. */
export function describeUnless(how: string | null, name: string, suite: () => void | Promise<void>): void {
  if (how === null) {
    describe(name, suite);
    return;
  }
  it(`${name}: not tested here (${how})`, ({ skip }) => {
    skip(!isCi);
    expect.fail(`CI must run this suite: ${how}`);
  });
}

/** Folders for nginx, whose own belong to the administrator. */
export const NGINX_FOLDERS: string = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
  .map((kind) => `${kind}_temp_path tmp;`)
  .join(" ");

export interface RunningProgram {
  /** What it has printed so far. */
  output(): string;
  /** Ends it, and waits until it has ended. */
  stop(): Promise<void>;
}

/** Many times what any of the programs takes on a busy machine. */
const START_MS = 60_000;

/** Starts a program, and waits until it listens on these ports of 127.0.0.1. @throws with what it has printed */
export async function startProgram(
  [file = "", ...args]: readonly string[],
  ports: readonly number[],
  options: Pick<SpawnOptions, "cwd" | "env"> = {},
): Promise<RunningProgram> {
  const child = spawn(file, args, { ...options, stdio: ["ignore", "pipe", "pipe"] });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text) => {
      output += text;
    });
  }
  const stop = async () => {
    if (!hasEnded(child) && child.kill("SIGTERM")) await once(child, "exit");
  };
  const failed = once(child, "error").then(([error]) => Promise.reject(error));
  const listening = async () => {
    const deadline = Date.now() + START_MS;
    for (const port of ports) {
      while (!(await isOpened(child, port))) {
        if (hasEnded(child) || Date.now() > deadline) throw new Error(`${file} does not listen: ${output}`);
        await sleep(20);
      }
    }
  };
  await Promise.race([listening(), failed]).catch(async (error) => {
    await stop();
    throw error;
  });
  failed.catch(() => {});
  return { output: () => output, stop };
}

const hasEnded = ({ exitCode, signalCode }: ChildProcess): boolean =>
  exitCode !== null || signalCode !== null;

/** Whether a process that was started listens on its port. Without Linux, whether any process does. */
async function isOpened({ pid = 0 }: ChildProcess, port: number): Promise<boolean> {
  return (await isListening(port)) && (!existsSync("/proc/net/tcp") || isListener(pid, port));
}

/** Whether something listens on a port of 127.0.0.1. */
export async function isListening(port: number): Promise<boolean> {
  const socket = connect(port, "127.0.0.1");
  const isOpen = await once(socket, "connect").then(
    () => true,
    () => false,
  );
  socket.destroy();
  return isOpen;
}
