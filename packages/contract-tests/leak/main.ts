/**
 * Measures how long a repair takes, and how much memory: node packages/contract-tests/leak/main.ts
 *
 * Writes `docs/repair.md`.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { startStack } from "../simulator/stack.ts";
import { startLeak } from "./commands.ts";
import { databaseOf, linkPeople, type Size } from "./world.ts";

const PAGE = fileURLToPath(new URL("../../../docs/repair.md", import.meta.url));
const BEGIN = "<!-- leak: begin -->";
const END = "<!-- leak: end -->";
const SIZES: readonly Size[] = [
  { rows: 100_000, subjects: 5_000 },
  { rows: 1_000_000, subjects: 5_000 },
  { rows: 1_000_000, subjects: 50_000 },
];
const SAMPLE_MS = 50;

const number = (value: number) => value.toLocaleString("en");
const rows: string[] = [];
for (const size of SIZES) {
  const taken = await measure(size);
  rows.push(`| ${number(size.rows)} | ${number(size.subjects)} | ${taken.join(" | ")} |`);
}
const table = [
  "| rows | subjects | `scan` | `plan` | `apply` | `undo` |",
  "|---|---|---|---|---|---|",
  ...rows,
].join("\n");
process.stdout.write(`${table}\n`);
const [before, rest] = readFileSync(PAGE, "utf8").split(BEGIN);
const after = rest?.split(END)[1];
if (after === undefined) throw new Error("repair.md lacks a mark of this measurement");
writeFileSync(PAGE, `${before}${BEGIN}\n\n${table}\n\n${END}${after}`);

/** What each command takes, in words. */
async function measure(size: Size): Promise<string[]> {
  const folder = mkdtempSync(join(tmpdir(), "leak-"));
  const [stack, database] = await Promise.all([startStack(), databaseOf(size, "found")]);
  try {
    await linkPeople(stack.environment, size);
    const store = ["--postgres", database.url];
    const commands = [
      ["scan", ...store],
      ["plan", ...store, "-o", "plan", "--merge"],
      ["apply", "plan", ...store, "--yes"],
      ["undo", "plan.undo", ...store, "--yes"],
    ];
    const taken: string[] = [];
    for (const args of commands) {
      const beganMs = performance.now();
      const { child, ended } = startLeak(stack.environment, folder, args);
      let mostMiB = 0;
      const sampling = setInterval(() => {
        mostMiB = Math.max(mostMiB, peakMiB(child.pid));
      }, SAMPLE_MS);
      const { status, err } = await ended;
      clearInterval(sampling);
      if (typeof status === "string" || status > 1) throw new Error(err);
      const seconds = Math.round((performance.now() - beganMs) / 1_000);
      taken.push(`${seconds} s, ${Math.round(mostMiB)} MiB`);
      process.stderr.write(`${size.rows} rows, ${args[0]}: ${taken.at(-1)}\n`);
    }
    return taken;
  } finally {
    await Promise.all([stack.close(), database.stop()]);
    rmSync(folder, { recursive: true });
  }
}

/** The most memory that a process has had resident (Linux only). */
function peakMiB(pid: number | undefined): number {
  try {
    const status = readFileSync(`/proc/${pid}/status`, "utf8");
    return Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1] ?? 0) / 1_024;
  } catch {
    return 0; // it has just ended
  }
}
