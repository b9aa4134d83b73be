/**
 * Measures what the store is asked where there is more and more of everything: node packages/contract-tests/growth/main.ts
 *
 * Writes `docs/limits-and-cost.md`. `ORACLE=java` measures AWS's own DynamoDB Local in place of the embedded store.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { OPERATIONS, take } from "./operations.ts";
import { startGrown, type Taken } from "./world.ts";

const PAGE = fileURLToPath(new URL("../../../docs/limits-and-cost.md", import.meta.url));
const BEGIN = "<!-- growth: begin -->";
const END = "<!-- growth: end -->";
const SIZES = [10, 1_000, 100_000];
/** A command with more would take more than minutes. */
const MOST_STORED = 5_000;
const TIMES = 3;

function progress(text: string): void {
  process.stderr.write(`${String(Math.round(performance.now() / 1_000)).padStart(5)} s  ${text} …\n`);
}

const taken = new Map<string, string[]>(OPERATIONS.map(({ name }) => [name, []]));
for (const size of SIZES) {
  const grown = await startGrown({ count: size, stored: Math.min(size, MOST_STORED), progress });
  for (const operation of OPERATIONS) {
    progress(`with ${size}: ${operation.name}`);
    const cost = await take(operation, grown, operation.prepare === undefined ? TIMES : 1);
    taken.get(operation.name)?.push(inWords(cost, operation.each?.(grown) ?? 1));
  }
  await grown.close();
}
const table = [
  `| operation | before | ${SIZES.map((size) => size.toLocaleString("en")).join(" | ")} |`,
  `|---|---|${"---|".repeat(SIZES.length)}`,
  ...OPERATIONS.map(({ name, before }) => `| ${name} | ${before} | ${taken.get(name)?.join(" | ")} |`),
].join("\n");
process.stdout.write(`${table}\n`);
const [before, rest] = readFileSync(PAGE, "utf8").split(BEGIN);
const after = rest?.split(END)[1];
if (after === undefined) throw new Error("limits-and-cost.md lacks a mark of growth");
writeFileSync(PAGE, `${before}${BEGIN}\n\n${table}\n\n${END}${after}`);

function inWords({ requests, units, ms }: Taken, each: number): string {
  const text = (value: number) => value.toLocaleString("en", { maximumSignificantDigits: 3 });
  const time = ms >= 10_000 ? `${text(ms / 1_000)} s` : `${text(ms)} ms`;
  return `${text(requests / each)} requests, ${text(units / each)} units, ${time}`;
}
