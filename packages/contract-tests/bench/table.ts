import { GROUPS, isWithin, type Results, type Row, type Unit } from "./results.ts";

const DIGITS: Readonly<Record<Unit, number>> = {
  "of bare": 2,
  "of before": 2,
  times: 2,
  ms: 0,
  MB: 0,
  "M/s": 2,
  kB: 1,
  calls: 2,
  "%": 0,
};

/** A value with the digits that its unit deserves, without the unit. */
export function inUnit(value: number, unit: Unit): string {
  return value.toFixed(DIGITS[unit]);
}

/** The limit as text, such as `≥ 0.80`; empty without one. */
export function limitText({ limit, unit }: Pick<Row, "limit" | "unit">): string {
  if (limit === null) return "";
  return "atLeast" in limit ? `≥ ${inUnit(limit.atLeast, unit)}` : `≤ ${inUnit(limit.atMost, unit)}`;
}

/** The middle half of the rounds; empty where all rounds agree. */
export function spreadText({ value: { lower, upper }, unit }: Row): string {
  const [from, to] = [inUnit(lower, unit), inUnit(upper, unit)];
  return from === to ? "" : `${from} to ${to}`;
}

function cells(row: Row): string[] {
  const { name, value, unit, limit, perSecond, cpuMicros } = row;
  return [
    `  ${name}`,
    `${inUnit(value.median, unit)} ${unit}`,
    spreadText(row),
    limitText(row),
    limit === null ? "" : isWithin(row) ? "ok" : "MISSED",
    perSecond === null ? "" : `${perSecond.toLocaleString("en")}/s`,
    cpuMicros === null ? "" : `${cpuMicros.toFixed(1)} µs`,
  ];
}

const HEADS = ["", "median", "half of the rounds", "limit", "", "requests", "CPU each"];

/** The results for a terminal. */
export function table({ ranOn, rows, latencies }: Results): string {
  const lines = rows.map(cells);
  const widths = HEADS.map((head, column) =>
    Math.max(head.length, ...lines.map((line) => line[column]?.length ?? 0)),
  );
  const join = (line: readonly string[]) =>
    line
      .map((cell, column) =>
        column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0),
      )
      .join("  ")
      .trimEnd();
  const groups = GROUPS.flatMap((group) => {
    const own = rows.flatMap((row, index) => (row.group === group ? [lines[index] ?? []] : []));
    return own.length === 0 ? [] : ["", group, ...own.map(join)];
  });
  return [
    `${ranOn.cpu}, ${ranOn.cores} cores, Node ${ranOn.node}, commit ${ranOn.commit}, ${ranOn.date}, ${ranOn.rounds} rounds`,
    "of bare: the CPU time of bare node:http with the same answers, divided by that of the server (1.00 is as fast)",
    "",
    join(HEADS),
    ...groups,
    ...(latencies.length === 0 ? [] : ["", "one request at a time, from the same machine"]),
    ...latencies.map(
      ({ name, p50Ms, p99Ms }) => `  ${name}: p50 ${p50Ms.toFixed(2)} ms, p99 ${p99Ms.toFixed(2)} ms`,
    ),
    "",
  ].join("\n");
}
