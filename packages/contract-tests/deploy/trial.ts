import { execFileSync } from "node:child_process";
import { chmodSync, cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ROOT, readPage } from "../pages/page.ts";
import { isListening } from "../pages/programs.ts";
import { runLines } from "../pages/shell.ts";
import { freePorts } from "../simulator/free-ports.ts";

const PAGE = readPage("docs/deploy.md").section("One Debian machine, to try");
/** The lines of each numbered step. */
const STEPS = new Map(
  PAGE.headings.map(({ title }) => [Number.parseInt(title, 10), PAGE.section(title).code("sh").join("")]),
);

/** The lines of some steps. @throws if the page does not have one of them */
function linesOf(steps: readonly number[]): string {
  const lines = steps.map((step) => STEPS.get(step));
  if (lines.includes(undefined)) throw new Error(`the page does not have the steps ${steps}`);
  return lines.join("\n");
}

/** The variables for ports that the page offers, each with its default there. */
const PORT_VARIABLES = [...linesOf([1]).matchAll(/^export (\w+_PORT)="\$\{\1:-\d+\}"$/gm)].map(
  ([, name = ""]) => name,
);

/** The machine that the page sets up. */
export interface Trial {
  readonly home: string;
  /** The address of a port that the page offers. */
  url(variable: string): string;
  /** Runs the commands of these steps, exactly as the page has them. @returns what they print */
  run(...steps: readonly number[]): Promise<string>;
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
  const free = await freePorts(PORT_VARIABLES.length);
  const ports = new Map(PORT_VARIABLES.map((name, index) => [name, free[index] ?? 0]));
  const env = {
    ...bareEnvironment(),
    ...Object.fromEntries([...ports].map(([name, port]) => [name, String(port)])),
    PLATFORM_HOME: home,
  };
  const portsInUse = async () => {
    const used = await Promise.all(
      [...ports].map(async ([name, port]) => ((await isListening(port)) ? [name] : [])),
    );
    return used.flat();
  };
  const logFolder = join(home, "log");
  const logs = () =>
    existsSync(logFolder) ? readdirSync(logFolder).map((name) => endOf(join(logFolder, name))) : [];
  const run = (...steps: readonly number[]) =>
    runLines(linesOf(steps), { folder: clone, env }).catch((cause: unknown) => {
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
      if (existsSync(home)) await run(1, 12).catch(() => {});
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
