import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { chart } from "./chart.ts";
import { fileAt } from "./pinned-process.ts";
import { GROUPS, isWithin, type Results } from "./results.ts";
import { inUnit, limitText, spreadText } from "./table.ts";

const DOCS = fileAt("../../../docs/");
export const PERFORMANCE_PAGE = `${DOCS}performance.md`;
const VALIDATION = { group: "auth.validate, a log line a request", name: "Authorization" };
const SDK = "@platform-api/client, remembered";
const PEOPLE = 1_000_000;
/** A user opens a page a minute. What is read of them is remembered for ten minutes. */
const REQUESTS_A_PAGE = 6;
const READS = 3;
const REMEMBERED_SECONDS = 600;
const USED_SHARE = 0.5;

/** Writes the results, the chart, and the numbers of the page. */
export function writePage(results: Results): void {
  writeFileSync(`${DOCS}performance.json`, `${JSON.stringify(results, null, 2)}\n`);
  writeFileSync(`${DOCS}performance.svg`, chart(results));
  writeFileSync(PERFORMANCE_PAGE, withNumbers(readFileSync(PERFORMANCE_PAGE, "utf8"), results));
}

/** The page with these numbers between its two marks. @throws when it lacks a mark */
export function withNumbers(page: string, results: Results): string {
  return between(page, "bench", numbers(results));
}

/** The page with this text between its two marks of this name. @throws when it lacks a mark */
export function between(page: string, name: string, text: string): string {
  const [begin, end] = [`<!-- ${name}: begin -->`, `<!-- ${name}: end -->`];
  const [before, rest] = page.split(begin);
  const after = rest?.split(end)[1];
  if (before === undefined || after === undefined) throw new Error(`the page lacks a mark: ${name}`);
  return `${before}${begin}\n\n${text}\n\n${end}${after}`;
}

/** Where and when a measurement ran. */
export function place(): string {
  const [cpu] = cpus();
  const commit = execFileSync("git", ["describe", "--always", "--dirty"], { encoding: "utf8" }).trim();
  const date = new Date().toISOString().slice(0, 10);
  return `${cpu?.model.trim() ?? "unknown CPU"}, ${cpus().length} cores, Node ${process.version}, ${date}, commit ${commit}`;
}

function numbers(results: Results): string {
  return [machines(results), latencies(results), rows(results)].join("\n\n");
}

function machines({ rows, storeReadMicros }: Results): string {
  const validation = rows.find(({ group, name }) => group === VALIDATION.group && name === VALIDATION.name);
  const [perCore, micros, readMicros] = [
    validation?.perSecond ?? 0,
    validation?.cpuMicros ?? 0,
    storeReadMicros ?? 0,
  ];
  const pages = PEOPLE / 60;
  const requests = pages * REQUESTS_A_PAGE;
  const reads = (PEOPLE * READS) / REMEMBERED_SECONDS;
  const [answering, reading] = [requests * micros, reads * readMicros].map((each) => each / 1e6);
  const cores = Math.round(((answering ?? 0) + (reading ?? 0)) / USED_SHARE);
  const text = (value = Number.NaN, digits = 0) =>
    value.toLocaleString("en", { maximumFractionDigits: digits });
  return [
    "### Machines for a million users",
    "",
    `One core answers ${text(perCore)} \`auth.validate\` a second from memory, in the default configuration. A million users who each open a page a minute, and ask ${REQUESTS_A_PAGE} times with each, ask ${text(requests)} times a second:`,
    "",
    "| what | a second | CPU time each | cores |",
    "|---|---|---|---|",
    `| answers | ${text(requests)} | ${text(micros, 1)} µs | ${text(answering, 1)} |`,
    `| reads of the store once in ten minutes: the membership, the link, whether the user is blocked | ${text(reads)} | ${text(readMicros)} µs | ${text(reading, 1)} |`,
    "",
    `At ${USED_SHARE * 100} % load that takes **${cores} cores**, if no service remembers anything. The SDK remembers an answer for a few seconds, so the ${REQUESTS_A_PAGE} questions of a page become one.`,
  ].join("\n");
}

function latencies({ rows, latencies }: Results): string {
  const sdk = rows.find(({ name }) => name === SDK)?.value.median;
  const sdkMicros = sdk === undefined ? "–" : `${(1 / sdk).toFixed(1)} µs`;
  return [
    "### Latency that it adds to a service",
    "",
    "| the token | p50 | p99 |",
    "|---|---|---|",
    `| the SDK remembers it: no request | ${sdkMicros} | |`,
    ...latencies.map(
      ({ name, p50Ms, p99Ms }) => `| ${name} | ${p50Ms.toFixed(2)} ms | ${p99Ms.toFixed(2)} ms |`,
    ),
    "",
    "Over loopback, one request at a time. Add the round trip of your network to the last two. Their p99 is mostly the machine: garbage collection, and what else runs on it.",
  ].join("\n");
}

function rows({ ranOn, rows, firstLoginCalls }: Results): string {
  const lines = GROUPS.flatMap((group) =>
    rows
      .filter((row) => row.group === group)
      .map((row) => {
        const { name, value, unit, perSecond } = row;
        const rate = perSecond === null ? "" : perSecond.toLocaleString("en");
        const cells = [
          group,
          name,
          `${inUnit(value.median, unit)} ${unit}`,
          spreadText(row),
          limitText(row) + (isWithin(row) ? "" : ", missed"),
          rate,
        ];
        return `| ${cells.join(" | ")} |`;
      }),
  );
  const calls = Object.entries(firstLoginCalls).map(([name, count]) => `${count} × \`${name}\``);
  return [
    "### All values",
    "",
    `${ranOn.cpu}, ${ranOn.cores} cores, Node ${ranOn.node}, ${ranOn.date}, commit ${ranOn.commit}, median of ${ranOn.rounds} rounds unless said otherwise below. *Of bare*: the CPU time of the bare server divided by ours, so 1.00 is as fast and 0.50 costs twice as much; higher is better. Times, ms, MB and kB: lower is better. *Half of the rounds* is the middle half.`,
    "",
    "| what | | median | half of the rounds | limit | requests/s |",
    "|---|---|---|---|---|---|",
    ...lines,
    "",
    `A first login makes these calls: ${calls.join(", ")}.`,
  ].join("\n");
}
