import { KINDS, type Kind } from "./ledger.ts";
import type { Run } from "./run.ts";
import { type Second, secondsOf } from "./series.ts";
import { r, STYLE, text } from "./svg.ts";
import { bands, LEFT, lanes, RIGHT, type X } from "./timeline.ts";

const WIDTH = 900;

type Drawn = Pick<Run, "plan" | "ledger" | "memoryMb" | "restarts">;

const NAMES: Readonly<Record<Kind, readonly [style: string, name: string]>> = {
  warm: ["warm", "valid, known: 2xx"],
  "first login": ["first", "valid, first login: 2xx"],
  unavailable: ["unavailable", "valid: 502 or 503"],
  refused: ["refused", "hostile or removed: refused"],
  wrong: ["wrong", "not allowed"],
};
/** From the bottom of the picture. */
const STACK: readonly Kind[] = ["warm", "first login", "unavailable", "refused", "wrong"];

interface Panel {
  readonly top: number;
  readonly bottom: number;
}

const RATE: Panel = { top: 108, bottom: 268 };
const LATENCY: Panel = { top: 312, bottom: 442 };
const MEMORY: Panel = { top: 486, bottom: 546 };
const LANES_TOP = 580;

/** Three panels over time, with what happened meanwhile below them. */
export function chart(run: Drawn, summary: string, place: string): string {
  const seconds = secondsOf(run);
  const x = (second: number) => LEFT + ((RIGHT - LEFT) * second) / run.plan.seconds;
  const below = lanes(run, LANES_TOP, x);
  const height = below.bottom + 34;
  const title = "Two processes under load, attacks and faults";
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" role="img" aria-labelledby="title">
<title id="title">${title}</title>
<style>${STYLE}
</style>
<rect class="page" width="${WIDTH}" height="${height}"/>
${text(16, 30, title, "title")}
${text(16, 51, summary, "quiet")}
${legend(run)}
${bands(run, { from: RATE.top, to: LANES_TOP - 8 }, x)}
${ratePanel(seconds, x)}
${latencyPanel(seconds, x)}
${memoryPanel(run, x)}
${below.svg}
${text(16, height - 12, place, "quiet small")}
</svg>
`;
}

function legend({ ledger, plan }: Drawn): string {
  const seconds = secondsOf({ ledger, plan });
  let left = 16;
  return STACK.map((kind) => {
    const [style, name] = NAMES[kind];
    const total = seconds.reduce((sum, { counts }) => sum + counts[kind], 0);
    const label = `${name} ${total.toLocaleString("en")}`;
    const at = left;
    left += 22 + label.length * 5.9;
    return `<rect class="${style}" x="${at}" y="67" width="11" height="11" rx="2"/>${text(at + 16, 77, label, "small")}`;
  }).join("");
}

function ratePanel(seconds: readonly Second[], x: X): string {
  const totals = seconds.map(({ counts }) => KINDS.reduce((sum, kind) => sum + counts[kind], 0));
  const most = Math.ceil(Math.max(...totals, 1) / 100) * 100;
  const y = (value: number) => RATE.bottom - ((RATE.bottom - RATE.top) * value) / most;
  const floors = seconds.map(() => 0);
  const areas = STACK.map((kind) => {
    const lower = [...floors];
    seconds.forEach(({ counts }, second) => {
      floors[second] = (floors[second] ?? 0) + counts[kind];
    });
    const corners = (values: readonly number[]) =>
      values.flatMap((value, second) => [
        `${r(x(second))},${r(y(value))}`,
        `${r(x(second + 1))},${r(y(value))}`,
      ]);
    return `<polygon class="${NAMES[kind][0]}" points="${[...corners(floors), ...corners(lower).reverse()].join(" ")}"/>`;
  });
  return [
    heading(RATE, "requests/s", "by outcome"),
    ...[0, most / 2, most].map((value) => rule(y(value), value.toLocaleString("en"))),
    ...areas,
  ].join("\n");
}

const SLOWEST_MS = 3_000;

function latencyPanel(seconds: readonly Second[], x: X): string {
  const y = (ms: number) => {
    const share = Math.log10(Math.max(ms, 1)) / Math.log10(SLOWEST_MS);
    return LATENCY.bottom - (LATENCY.bottom - LATENCY.top) * Math.min(share, 1.05);
  };
  const points = (key: "p50Ms" | "p99Ms") =>
    seconds
      .flatMap((second, index) => (second[key] === null ? [] : [`${r(x(index + 0.5))},${r(y(second[key]))}`]))
      .join(" ");
  const limit = r(y(SLOWEST_MS));
  return [
    heading(LATENCY, "latency", "valid requests"),
    ...(
      [
        [1, "1 ms"],
        [10, "10 ms"],
        [100, "100 ms"],
        [1_000, "1 s"],
      ] as const
    ).map(([ms, label]) => rule(y(ms), label)),
    `<line class="limit" x1="${LEFT}" x2="${RIGHT}" y1="${limit}" y2="${limit}"/>${text(LEFT + 4, limit - 4, "limit 3 s", "quiet small")}`,
    `<polyline class="line p99" points="${points("p99Ms")}"/><polyline class="line p50" points="${points("p50Ms")}"/>`,
    key(LATENCY.top + 34, "p99", "p99"),
    key(LATENCY.top + 51, "p50", "p50"),
  ].join("\n");
}

function memoryPanel({ memoryMb, plan }: Drawn, x: X): string {
  const limit = (memoryMb[plan.warmS] ?? 0) + 50;
  const [least, most] = [Math.min(...memoryMb), Math.max(limit, ...memoryMb)];
  const y = (mb: number) =>
    MEMORY.bottom - ((MEMORY.bottom - MEMORY.top) * (mb - least)) / (most - least || 1);
  const points = memoryMb.map((mb, second) => `${r(x(second + 1))},${r(y(mb))}`);
  return [
    heading(MEMORY, "memory", "resident, MB"),
    ...[least, most].map((mb) => rule(y(mb), Math.round(mb).toString())),
    `<polyline class="line memory" points="${points.join(" ")}"/>`,
  ].join("\n");
}

function heading({ top }: Panel, name: string, what: string): string {
  return `${text(16, top + 4, name, "head")}${text(16, top + 19, what, "quiet small")}`;
}

function rule(y: number, label: string): string {
  return `<line class="grid" x1="${LEFT}" x2="${RIGHT}" y1="${r(y)}" y2="${r(y)}"/><text class="quiet small" x="${LEFT - 6}" y="${r(y + 4)}" text-anchor="end">${label}</text>`;
}

function key(y: number, style: string, name: string): string {
  return `<line class="line ${style}" x1="16" x2="34" y1="${y - 4}" y2="${y - 4}"/>${text(40, y, name, "small")}`;
}
