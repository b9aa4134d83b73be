import { collectDefaultMetrics, Gauge, Registry } from "prom-client";
import { BOUNDS_SECONDS, type DurationsRow } from "./durations.ts";
import type { Family } from "./families.ts";

/**
 * They ask Node for each of its handles and requests, and versions of Node abort the process when one of them is just
 * being collected as garbage. `nodejs_active_resources` counts the same and does not touch them.
 */
const ABORTING = [
  "nodejs_active_handles",
  "nodejs_active_handles_total",
  "nodejs_active_requests",
  "nodejs_active_requests_total",
];

/** Renders the metrics, with those of the process and of Node, which watches the event loop from here on. */
export function createPage(families: readonly Family[]): () => Promise<string> {
  const registry = new Registry();
  for (const family of families) registry.registerMetric(new RenderedFamily(family));
  collectDefaultMetrics({ register: registry });
  for (const name of ABORTING) registry.removeSingleMetric(name);
  return () => registry.metrics();
}

interface Value {
  readonly metricName: string;
  readonly labels: Readonly<Record<string, string | number>>;
  readonly value: number;
}

/** A metric of any type whose samples are read when it is rendered. */
class RenderedFamily extends Gauge {
  readonly #family: Family;

  constructor(family: Family) {
    const { name, help } = family;
    super({ name, help, registers: [] });
    this.#family = family;
  }

  /** The registry renders what this returns. prom-client's histograms have the same method. */
  async getForPromString() {
    const { name, help, type } = this.#family;
    return { name, help, type, values: valuesOf(this.#family) };
  }
}

function valuesOf(family: Family): Value[] {
  const { name } = family;
  if (family.type === "histogram") return family.rows().flatMap((row) => histogramValues(name, row));
  return family.samples().map(([labels, value]) => ({ metricName: name, labels, value }));
}

function histogramValues(name: string, { labels, atMost, sumSeconds }: DurationsRow): Value[] {
  const bucket = (le: number | "+Inf", value: number) => ({
    metricName: `${name}_bucket`,
    labels: { ...labels, le },
    value,
  });
  const total = atMost.at(-1) ?? 0;
  return [
    ...BOUNDS_SECONDS.map((bound, index) => bucket(bound, atMost[index] ?? 0)),
    bucket("+Inf", total),
    { metricName: `${name}_sum`, labels, value: sumSeconds },
    { metricName: `${name}_count`, labels, value: total },
  ];
}
