import { execFile } from "node:child_process";
import { promisify } from "node:util";
import type { Environment } from "@platform-api/platform-api";
import { z } from "zod";
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

const rates = z.record(z.string(), z.number());

export async function sdkRows(): Promise<Row[]> {
  const args = ["-c", SERVER_CORE, process.execPath, CLIENT_BENCH, "--json"];
  const { stdout } = await promisify(execFile)("taskset", args);
  const [ours, ...verifiers] = Object.entries(rates.parse(JSON.parse(stdout)));
  build(CLIENT);
  const { gzipBytes } = await bundle({ folder: CLIENT }, ["./dist/index.js"]);
  const row = ([name, perSecond]: [string, number] = ["", Number.NaN], limit: Row["limit"] = null) =>
    plainRow({ group: GROUP, name, limit, unit: "M/s" }, [perSecond / 1e6]);
  return [
    row(ours, { atLeast: 0.94 }),
    ...verifiers.map((verifier) => row(verifier)),
    plainRow({ group: GROUP, name: "main entry of the SDK, gzip", limit: { atMost: 10 }, unit: "kB" }, [
      gzipBytes / 1_000,
    ]),
  ];
}
