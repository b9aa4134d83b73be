/**
 * Measures what platform-api costs beside a bare server, and beside peers: node packages/contract-tests/bench/main.ts
 *
 * `--full` measures longer, and a million tokens. `--check` exits 1 when a value misses its limit. `--write` writes the
 * results into `docs/`. `--only warm` measures a part: warm, latency, many, refused, stores, logins, joins, start, sdk or
 * console; more than one may be given.
 */

import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { inspect, parseArgs } from "node:util";
import { consoleRows } from "./console-rows.ts";
import { firstLoginRows } from "./first-logins.ts";
import { joinRows } from "./joins.ts";
import { measureLatencies } from "./latency.ts";
import { type ManySetting, manyTokenRows, millionTokensRow } from "./many-tokens.ts";
import { writePage } from "./page.ts";
import {
  KEEP_CORES_AWAKE,
  keepCoresAwake,
  moveTo,
  OTHER_CORE,
  requireTools,
  stopAll,
} from "./pinned-process.ts";
import { missed, type Results, type Row } from "./results.ts";
import { measureRounds } from "./rounds.ts";
import {
  type BenchServer,
  build,
  environmentOf,
  PLATFORM_API,
  prepareTable,
  startBare,
  startPlatform,
} from "./servers.ts";
import { commandRow, sdkRows, startRow } from "./start-and-sdk.ts";
import { table } from "./table.ts";
import { loadTokens, type Tokens, WARM_PEOPLE } from "./tokens.ts";
import { type UpstreamRows, upstreamRows } from "./upstream-rows.ts";
import { startUpstreams } from "./upstreams.ts";
import {
  bearer,
  besideRefusedRow,
  besideStoreRow,
  get,
  loadOf,
  VALIDATE,
  warmComparisons,
} from "./warm-rows.ts";
import { prepare } from "./wrk.ts";

/** What `--only` chooses from. */
const PARTS = [
  "warm",
  "latency",
  "stores",
  "many",
  "refused",
  "logins",
  "joins",
  "start",
  "sdk",
  "console",
] as const;

type Part = (typeof PARTS)[number];

const flags = readFlags();

const ROUNDS = flags.full ? 15 : 5;
const RUN_MS = flags.full ? 3_000 : 900;
const NO_STORES: UpstreamRows = { rows: [], firstLoginCalls: {}, storeReadMicros: null };
const FIRST_LOGINS_AT_ONCE = 4;

/** Ends the process with what is wrong with the options. */
function readFlags() {
  try {
    const { values } = parseArgs({
      options: {
        full: { type: "boolean", default: false },
        check: { type: "boolean", default: false },
        write: { type: "boolean", default: false },
        only: { type: "string", multiple: true, default: [] },
      },
    });
    const unknown = values.only.find((part) => !PARTS.some((known) => known === part));
    if (unknown !== undefined)
      throw new Error(`there is no part ${unknown}. The parts are ${PARTS.join(", ")}`);
    if (values.write && values.only.length > 0) {
      throw new Error("--write needs all parts: leave out --only");
    }
    return values;
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : error}\n`);
    process.stderr.write("options: --full, --check, --write, --only <part>\n");
    process.exit(2);
  }
}

function progress(text: string): void {
  const seconds = Math.round(performance.now() / 1_000);
  process.stderr.write(`${String(seconds).padStart(4)} s  ${text} …\n`);
}

function ranOn(): Results["ranOn"] {
  const [cpu] = cpus();
  return {
    cpu: cpu?.model.trim() ?? "unknown CPU",
    cores: cpus().length,
    node: process.version,
    date: new Date().toISOString().slice(0, 10),
    commit: execFileSync("git", ["describe", "--always", "--dirty"], { encoding: "utf8" }).trim(),
    rounds: ROUNDS,
  };
}

async function run(folder: string): Promise<Results> {
  progress("building platform-api");
  build(PLATFORM_API);
  const tokens = await loadTokens(progress);
  moveTo(OTHER_CORE);
  progress("starting the servers");
  const upstreams = await startUpstreams(tokens.jwks);
  const environment = environmentOf(upstreams);
  await prepareTable(environment, folder);
  const bare = startBare();
  const standard = await startPlatform(environment);
  progress("first logins of 300 people");
  await introduce(tokens, standard, folder);

  const rows: Row[] = [];
  const many: ManySetting = { folder, tokens, upstreams, bare, progress };
  let stores = NO_STORES;
  let latencies: Results["latencies"] = [];
  // Before the store has 100,000 people. Its rows are printed below those of "many".
  await measure("stores", async () => {
    stores = await upstreamRows({ ...many, standard });
  });
  await measure("warm", async () => {
    const quiet = await startPlatform({ ...environment, ACCESS_LOG: "refused" });
    const setting = { folder, tokens, jwksUri: upstreams.jwks, bare, standard, quiet };
    const comparisons = await warmComparisons(setting);
    rows.push(...(await measureRounds(comparisons, { rounds: ROUNDS, runMs: RUN_MS, progress })));
    rows.push(await besideStoreRow(setting, { rounds: ROUNDS, progress }));
  });
  await measure("latency", async () => {
    latencies = await measureLatencies({ folder, tokens, standard });
  });
  await measure("many", async () => {
    rows.push(...(await manyTokenRows(many)));
    if (flags.full) rows.push(await millionTokensRow(many));
  });
  await measure("refused", async () => {
    rows.push(await besideRefusedRow({ folder, tokens, environment }, { rounds: ROUNDS, progress }));
  });
  rows.push(...stores.rows);
  await measure("logins", async () => rows.push(...(await firstLoginRows(many))));
  await measure("joins", async () => rows.push(...(await joinRows(many))));
  await measure("start", async () => rows.push(await startRow(environment), await commandRow(folder)));
  await measure("sdk", async () => rows.push(...(await sdkRows())));
  await measure("console", async () => rows.push(...(await consoleRows({ rounds: ROUNDS, progress }))));
  return { ...stores, ranOn: ranOn(), rows, latencies };
}

const brokenOff: Part[] = [];

/** Measures a part if it is chosen. One that breaks off says why, and takes nothing from what the others measure. */
async function measure(part: Part, work: () => Promise<unknown>): Promise<void> {
  if (!isChosen(part)) return;
  progress(part);
  try {
    await work();
  } catch (error) {
    brokenOff.push(part);
    process.stderr.write(`${part} broke off: ${inspect(error)}\n`);
  }
}

function isChosen(part: Part): boolean {
  return flags.only.length === 0 || flags.only.includes(part);
}

/** Signs everybody in once. */
async function introduce(tokens: Tokens, server: BenchServer, folder: string): Promise<void> {
  const people = [...tokens.warm.slice(0, WARM_PEOPLE), ...tokens.others];
  const requests = people.map((token) => get(VALIDATE, bearer(token)));
  await prepare(loadOf({ folder }, server, requests), FIRST_LOGINS_AT_ONCE);
}

async function bench(): Promise<void> {
  requireTools();
  const letCoresSleep = keepCoresAwake();
  progress(
    letCoresSleep === null
      ? `idle cores halt, which distorts the ratios. Run: ${KEEP_CORES_AWAKE}`
      : "idle cores poll until the end",
  );
  for (const [signal, code] of [
    ["SIGINT", 130],
    ["SIGTERM", 143],
  ] as const) {
    process.once(signal, async () => {
      letCoresSleep?.();
      await stopAll();
      process.exit(code);
    });
  }
  const folder = mkdtempSync(join(tmpdir(), "bench-"));
  try {
    const results = await run(folder);
    process.stdout.write(`\n${table(results)}\n`);
    if (brokenOff.length > 0) {
      process.stdout.write(`Not measured to the end: ${brokenOff.join(", ")}\n`);
      process.exitCode = 1;
    } else if (flags.write) {
      writePage(results);
    }
    const names = missed(results).map(({ group, name }) => `${group}: ${name}`);
    if (names.length === 0) return;
    process.stdout.write(
      `${names.length} values miss their limit:\n${names.map((name) => `  ${name}\n`).join("")}`,
    );
    if (flags.check) process.exitCode = 1;
  } finally {
    letCoresSleep?.();
    await stopAll();
    rmSync(folder, { recursive: true });
  }
}

await bench();
