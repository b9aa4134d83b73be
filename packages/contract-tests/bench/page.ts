import { readFileSync, writeFileSync } from "node:fs";
import { chart } from "./chart.ts";
import { fileAt } from "./pinned-process.ts";
import { GROUPS, type Results } from "./results.ts";
import { inUnit, limitText, spreadText } from "./table.ts";

const DOCS = fileAt("../../../docs/");
const BEGIN = "<!-- bench: begin -->";
const END = "<!-- bench: end -->";
const VALIDATION = { group: "auth.validate, a log line a request", name: "Authorization" };
const SDK = "@platform-api/client, remembered";
const PEOPLE = 1_000_000;
/** Each signed-in user causes so many requests to services. */
const REQUESTS_A_MINUTE = 6;
const USED_SHARE = 0.5;

/** Writes the results, the chart, and the numbers of the page. */
export function writePage(results: Results): void {
  writeFileSync(`${DOCS}performance.json`, `${JSON.stringify(results, null, 2)}\n`);
  writeFileSync(`${DOCS}performance.svg`, chart(results));
  const page = `${DOCS}performance.md`;
  writeFileSync(page, withNumbers(readFileSync(page, "utf8"), results));
}

/** The page with these numbers between its two marks. @throws when it lacks a mark */
export function withNumbers(page: string, results: Results): string {
  const [before, rest] = page.split(BEGIN);
  const after = rest?.split(END)[1];
  if (before === undefined || after === undefined)
    throw new Error("performance.md lacks a mark of the bench");
  return `${before}${BEGIN}\n\n${numbers(results)}\n\n${END}${after}`;
}

function numbers(results: Results): string {
  return [machines(results), latencies(results), rows(results)].join("\n\n");
}

function machines({ rows }: Results): string {
  const validation = rows.find(({ group, name }) => group === VALIDATION.group && name === VALIDATION.name);
  const perCore = validation?.perSecond ?? 0;
  const asked = Math.round((PEOPLE * REQUESTS_A_MINUTE) / 60);
  const cores = Math.ceil(asked / (perCore * USED_SHARE));
  const text = (value: number) => value.toLocaleString("en");
  return [
    "### Machines for a million users",
    "",
    `One core answers ${text(perCore)} \`auth.validate\` a second (default configuration, warm). A million users who each cause ${REQUESTS_A_MINUTE} requests a minute ask ${text(PEOPLE)} × ${REQUESTS_A_MINUTE} ÷ 60 = ${text(asked)} times a second. At ${USED_SHARE * 100} % load that takes ${text(asked)} ÷ (${text(perCore)} × ${USED_SHARE}) = **${cores} ${cores === 1 ? "core" : "cores"}**, even if no service remembers anything. The SDK remembers an answer for a few seconds, so a user who clicks several times in that time counts once.`,
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
    "Over loopback, one request at a time. Add the round trip of your network to the last two.",
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
          limitText(row),
          rate,
        ];
        return `| ${cells.join(" | ")} |`;
      }),
  );
  const calls = Object.entries(firstLoginCalls).map(([name, count]) => `${count} × \`${name}\``);
  return [
    "### All values",
    "",
    `${ranOn.cpu}, ${ranOn.cores} cores, Node ${ranOn.node}, ${ranOn.date}, commit ${ranOn.commit}, median of ${ranOn.rounds} rounds.`,
    "",
    "| what | | median | half of the rounds | limit | requests/s |",
    "|---|---|---|---|---|---|",
    ...lines,
    "",
    `A first login makes these calls: ${calls.join(", ")}.`,
  ].join("\n");
}
