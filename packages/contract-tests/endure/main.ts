/**
 * Puts two platform-api processes under load, attacks and faults for five minutes, and judges every answer:
 * node packages/contract-tests/endure/main.ts
 *
 * `--short` runs the 20 s form of the tests. Only a whole run writes its results into `docs/`.
 */
import { parseArgs } from "node:util";
import { BUILT_FILE, build, PLATFORM_API } from "../bench/servers.ts";
import type { Ledger } from "./ledger.ts";
import { table, writePage } from "./page.ts";
import { FULL, SHORT } from "./phases.ts";
import { endure } from "./run.ts";
import { isHeld, verdict } from "./verdict.ts";

const USAGE = "Usage: pnpm endure [--short]\n";
const PROGRESS_EVERY_S = 5;

const isShort = readFlags();
const plan = isShort ? SHORT : FULL;

function readFlags(): boolean {
  try {
    return parseArgs({ options: { short: { type: "boolean", default: false } } }).values.short;
  } catch (error) {
    process.stderr.write(`error: ${error instanceof Error ? error.message : error}\n${USAGE}`);
    process.exit(2);
  }
}

function progress({ entries, pending, brokenCount }: Ledger, second: number): void {
  if (second % PROGRESS_EVERY_S !== 0) return;
  const phases = plan.phases.filter(({ fromS, toS }) => fromS <= second && second < toS);
  const names = phases.map(({ name }) => name).join(", ") || "load alone";
  process.stderr.write(
    `${String(second).padStart(4)} s  ${entries.length} answers, ${pending} pending, ${brokenCount} not allowed  ${names}\n`,
  );
}

if (!isShort) build(PLATFORM_API);
const run = await endure(plan, isShort ? { progress } : { progress, program: BUILT_FILE });
const lines = verdict(run);
process.stdout.write(`\n${table(run, lines)}`);
if (!isShort) writePage(run, lines);
if (!lines.every(isHeld)) process.exitCode = 1;
