import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { between, place } from "../bench/page.ts";
import { chart } from "./chart.ts";
import type { Run } from "./run.ts";
import { isHeld, type Line, lateness } from "./verdict.ts";

const DOCS = fileURLToPath(new URL("../../../docs/", import.meta.url));

/** Writes the picture, and the numbers of the page. */
export function writePage(run: Run, lines: readonly Line[]): void {
  writeFileSync(`${DOCS}endure.svg`, chart(run, summary(run), place()));
  const page = `${DOCS}endure.md`;
  writeFileSync(page, between(readFileSync(page, "utf8"), "endure", numbers(run, lines)));
}

function numbers(run: Run, lines: readonly Line[]): string {
  return [
    `${summary(run)} ${place()}. ${punctuality(run)}`,
    "",
    "| what | measured | limit | |",
    "|---|---|---|---|",
    ...lines.map(
      (line) =>
        `| ${line.what} | ${measured(line)} | ${limitText(line)} | ${isHeld(line) ? "held" : "**not held**"} |`,
    ),
  ].join("\n");
}

/** The table for a terminal, with the first cases of what was not held. */
export function table(run: Run, lines: readonly Line[]): string {
  const width = Math.max(...lines.map(({ what }) => what.length));
  const rows = lines.flatMap((line) => {
    const cells = [line.what.padEnd(width), measured(line).padStart(9), limitText(line).padStart(9)];
    const cases = isHeld(line) ? [] : line.cases.map((each) => `    ${each}`);
    return [`  ${cells.join("  ")}  ${isHeld(line) ? "held" : "NOT HELD"}`, ...cases];
  });
  return [summary(run), punctuality(run), "", ...rows, ""].join("\n");
}

export function summary({ plan, ledger, restarts }: Run): string {
  const faults = plan.phases.filter(({ fault }) => fault !== undefined).length;
  const requests = ledger.entries.filter(({ sentMs }) => sentMs >= 0).length.toLocaleString("en");
  return `${requests} requests in ${plan.seconds} s: ${plan.rate} a second, and ${plan.races} races of ${plan.callersOfRace} first logins. ${faults} faults, ${restarts.length} restarts.`;
}

/** How late the load itself was. A busy machine delays it. */
function punctuality(run: Run): string {
  const { p50Ms, p99Ms, maxMs } = lateness(run);
  return `The load was sent ${p50Ms.toFixed(0)} ms (p50), ${p99Ms.toFixed(0)} ms (p99), ${maxMs.toFixed(0)} ms (at most) after its time.`;
}

function measured({ value, unit }: Line): string {
  const digits = unit === "%" ? 2 : unit === "" ? 0 : 1;
  return inUnit(value.toFixed(digits), unit);
}

function limitText({ limit, unit }: Line): string {
  if ("is" in limit) return inUnit(`${limit.is}`, unit);
  return "below" in limit ? inUnit(`< ${limit.below}`, unit) : inUnit(`≥ ${limit.atLeast}`, unit);
}

function inUnit(value: string, unit: Line["unit"]): string {
  return unit === "" ? value : `${value} ${unit}`;
}
