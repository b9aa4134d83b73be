import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { freePorts } from "../platform/free-ports.ts";
import { commandsOf, portVariables } from "./page.ts";

const ROOT = fileURLToPath(new URL("../../../", import.meta.url));
const RUN_MS = 400_000;

/** The machine that the page sets up. */
export interface Trial {
  readonly home: string;
  /** The address of a port that the page offers. */
  url(variable: string): string;
  /** Runs the commands of these steps, exactly as the page has them. @returns what they print */
  run(isWanted: (step: number) => boolean): Promise<string>;
  log(name: string): string;
  /** The variables whose ports something listens on. */
  portsInUse(): Promise<string[]>;
  /** The processes that run a file of the folder or of the clone. */
  processes(): Process[];
  /** Ends and removes what is left. */
  clean(): Promise<void>;
}

/** A clone of this repository, and free ports in place of the page's. */
export async function prepareTrial(): Promise<Trial> {
  const folder = mkdtempSync(join(tmpdir(), "deploy-page-"));
  chmodSync(folder, 0o755); // the services run as other users
  const clone = join(folder, "clone");
  const home = join(folder, "home");
  copyTree(clone);
  const variables = [...portVariables().keys()];
  const free = await freePorts(variables.length);
  const ports = new Map(variables.map((name, index) => [name, free[index] ?? 0]));
  const env = {
    ...bareEnvironment(),
    ...Object.fromEntries([...ports].map(([name, port]) => [name, String(port)])),
    PLATFORM_HOME: home,
  };
  const portsInUse = async () => {
    const used = await Promise.all(
      [...ports].map(async ([name, port]) => ((await isOpen(port)) ? [name] : [])),
    );
    return used.flat();
  };
  const logFolder = join(home, "log");
  const logs = () =>
    existsSync(logFolder) ? readdirSync(logFolder).map((name) => endOf(join(logFolder, name))) : [];
  const run = (isWanted: (step: number) => boolean) =>
    bash(commandsOf(isWanted), clone, env).catch((cause: unknown) => {
      throw new Error([String(cause), ...logs()].join("\n"), { cause });
    });
  return {
    home,
    run,
    portsInUse,
    url: (variable) => `http://127.0.0.1:${ports.get(variable)}`,
    log: (name) => readFileSync(join(logFolder, name), "utf8"),
    processes: () => processesOf(folder),
    clean: async () => {
      if (existsSync(home)) await run((step) => step === 1 || step === 12).catch(() => {});
      for (const { pid } of processesOf(folder)) process.kill(pid, "SIGKILL"); // what the page forgot
      rmSync(folder, { recursive: true });
    },
  };
}

function endOf(file: string): string {
  return `${file}:\n${readFileSync(file, "utf8").slice(-2_000)}`;
}

/** The files of the working tree, without what is built or installed. */
function copyTree(clone: string): void {
  const args = ["ls-files", "--cached", "--others", "--exclude-standard", "-z"];
  const files = execFileSync("git", args, { cwd: ROOT, encoding: "utf8" }).split("\0");
  for (const file of new Set(files)) {
    if (file !== "" && existsSync(join(ROOT, file))) cpSync(join(ROOT, file), join(clone, file));
  }
}

/** What a shell has that was not started by this test: with NODE_ENV=test, the frontend's build would be another one. */
function bareEnvironment(): NodeJS.ProcessEnv {
  const { PATH = "", HOME, ...rest } = process.env;
  const kept = Object.entries(rest).filter(([name]) => /^(npm_config_|https?_proxy$|no_proxy$)/i.test(name));
  const isOurs = (path: string) => path.includes("node_modules");
  return {
    ...Object.fromEntries(kept),
    HOME,
    PATH: PATH.split(":")
      .filter((path) => !isOurs(path))
      .join(":"),
  };
}

async function bash(script: string, cwd: string, env: NodeJS.ProcessEnv): Promise<string> {
  const child = spawn("bash", ["-euo", "pipefail", "-c", script], { cwd, env, timeout: RUN_MS });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text) => {
      output += text;
    });
  }
  const [status] = await once(child, "close"); // not before every process has let go of the output
  if (status !== 0) throw new Error(`the commands ended with ${status}:\n${output.slice(-6_000)}`);
  return output;
}

async function isOpen(port: number): Promise<boolean> {
  const socket = connect(port, "127.0.0.1");
  return once(socket, "connect")
    .then(
      () => true,
      () => false,
    )
    .finally(() => socket.destroy());
}

interface Process {
  readonly pid: number;
  readonly command: string;
}

function processesOf(folder: string): Process[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map((pid) => ({ pid: Number(pid), command: commandOf(pid) }))
    .filter(({ command }) => command.includes(folder));
}

function commandOf(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ");
  } catch {
    return ""; // it has ended
  }
}
