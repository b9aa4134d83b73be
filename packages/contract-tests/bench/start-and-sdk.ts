import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { promisify } from "node:util";
import type { Environment } from "@platform-api/platform-api";
import { z } from "zod";
import { DEFAULTS } from "../../../apps/dev/start/config.ts";
import { ROOT } from "../pages/page.ts";
import { bundle } from "../sdk-package/bundle.ts";
import { freePorts } from "../simulator/free-ports.ts";
import { BOTH_CORES, fileAt, SERVER_CORE, startPinned } from "./pinned-process.ts";
import { plainRow, type Row } from "./results.ts";
import { BUILT_FILE, build, until200 } from "./servers.ts";

const GROUP = "start and SDK";
const STARTS = 10;
const CLIENT = fileAt("../../client/");
const CLIENT_BENCH = fileAt("../../client/bench/token-validation.bench.ts");

/** From the start of the process to its first answer. */
export async function startRow(environment: Environment): Promise<Row> {
  const timesMs: number[] = [];
  for (let start = 0; start < STARTS; start++) {
    const [port] = await freePorts(1);
    const beganMs = performance.now();
    const child = startPinned(BOTH_CORES, [BUILT_FILE, "serve"], { ...environment, PORT: String(port) });
    await until200(`http://127.0.0.1:${port}/livez`);
    timesMs.push(performance.now() - beganMs);
    await child.stop();
  }
  const name = "serve from the built file to /livez";
  return plainRow({ group: GROUP, name, limit: { atMost: 400 }, unit: "ms" }, timesMs);
}

const PLATFORM = join(ROOT, "platform");
const JANE = "jane@acme.example";

/** From the shell to the end of the command, with an address, on the stack that `start` runs. */
export async function commandRow(folder: string): Promise<Row> {
  const names = Object.keys(DEFAULTS).filter((name) => name.endsWith("_PORT"));
  const ports = await freePorts(names.length);
  const moved = Object.fromEntries(names.map((name, index) => [name, String(ports[index])]));
  const env = { ...process.env, ...moved, DATA_FOLDER: join(folder, "stack"), ORGANIZATIONS_FILE: "" };
  const platform = (...args: string[]) =>
    promisify(execFile)("taskset", ["-c", BOTH_CORES, PLATFORM, ...args], { cwd: ROOT, env });
  const stack = spawn(PLATFORM, ["start"], { cwd: ROOT, env, stdio: ["ignore", "pipe", "inherit"] });
  const ended = once(stack, "exit");
  try {
    for await (const line of createInterface(stack.stdout)) if (line.endsWith("  ready")) break;
    const { stdout: token } = await platform("token", JANE);
    const headers = { authorization: `Bearer ${token.trim()}` };
    await fetch(`http://127.0.0.1:${moved.PLATFORM_API_PORT}/organizations/me`, { headers });
    const timesMs: number[] = [];
    for (let run = 0; run < STARTS; run++) {
      const beganMs = performance.now();
      await platform("member", run % 2 === 0 ? "remove" : "restore", "acme", JANE);
      timesMs.push(performance.now() - beganMs);
    }
    const name = "./platform member remove, by address";
    return plainRow({ group: GROUP, name, limit: { atMost: 1_000 }, unit: "ms" }, timesMs);
  } finally {
    stack.kill("SIGTERM");
    await ended;
  }
}

const rates = z.record(z.string(), z.array(z.number()));

export async function sdkRows(): Promise<Row[]> {
  const args = ["-c", SERVER_CORE, process.execPath, CLIENT_BENCH, "--json"];
  const { stdout } = await promisify(execFile)("taskset", args);
  const measured = Object.entries(rates.parse(JSON.parse(stdout)));
  const [[, ours], [peer, theirs]] = [measured[0] ?? ["", []], measured[1] ?? ["", []]];
  build(CLIENT);
  const { gzipBytes } = await bundle({ folder: CLIENT }, ["./dist/index.js"]);
  return [
    plainRow(
      // 0.94 million a second, where the peer reached 0.495.
      {
        group: GROUP,
        name: `a remembered validation beside ${peer}`,
        limit: { atLeast: 1.9 },
        unit: "times",
      },
      ours.map((rate, round) => rate / (theirs[round] ?? Number.NaN)),
    ),
    ...measured.map(([name, rounds]) =>
      plainRow(
        { group: GROUP, name, limit: null, unit: "M/s" },
        rounds.map((rate) => rate / 1e6),
      ),
    ),
    plainRow({ group: GROUP, name: "main entry of the SDK, gzip", limit: { atMost: 10 }, unit: "kB" }, [
      gzipBytes / 1_000,
    ]),
  ];
}
