/** A page of metrics. */
export interface MetricsText {
  /** The type of each metric by its name. */
  readonly types: ReadonlyMap<string, string>;
  /** Each series, such as `name{a="1",b="2"}` with its labels sorted, and its value. */
  readonly series: ReadonlyMap<string, number>;
}

const HELP = /^# HELP ([a-zA-Z_:][\w:]*) \S.*$/;
const TYPE = /^# TYPE ([a-zA-Z_:][\w:]*) (counter|gauge|histogram|summary)$/;
const SAMPLE = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? (\S+)$/;
const LABEL = /([a-zA-Z_]\w*)="((?:[^"\\\n]|\\["\\n])*)"(,|$)/y;
const NUMBER = /^(NaN|Nan|[+-]Inf|-?\d+(\.\d+)?(e[+-]?\d+)?)$/;
const SUFFIXES: Readonly<Record<string, readonly string[]>> = { histogram: ["_bucket", "_sum", "_count"] };

/** Parses text of version 0.0.4. @throws {Error} naming the line that breaks its rules */
export function parseMetrics(text: string): MetricsText {
  const types = new Map<string, string>();
  const series = new Map<string, number>();
  let helped = "";
  let family = "";
  if (!text.endsWith("\n")) throw new Error("the last line has no end");
  for (const line of text.split("\n")) {
    const fail = (problem: string) => new Error(`${problem}: ${line}`);
    if (line === "") continue;
    const [, help] = HELP.exec(line) ?? [];
    const [, name, type] = TYPE.exec(line) ?? [];
    if (help !== undefined) helped = help;
    else if (name !== undefined && type !== undefined) {
      if (name !== helped || types.has(name)) throw fail("a type without help, or twice");
      types.set(name, type);
      family = name;
    } else {
      const [, metric = "", labels = "", value = ""] = SAMPLE.exec(line) ?? [];
      const suffixes = SUFFIXES[types.get(family) ?? ""] ?? [""];
      if (!suffixes.some((suffix) => metric === family + suffix)) throw fail("a sample of no metric");
      const key = seriesKey(metric, labelsOf(labels, fail));
      if (!NUMBER.test(value) || series.has(key)) throw fail("no number, or a series twice");
      series.set(key, value.toLowerCase() === "nan" ? Number.NaN : Number(value.replace("Inf", "Infinity")));
    }
  }
  return { types, series };
}

/** How {@link parseMetrics} names a series. */
export function seriesKey(metric: string, labels: Readonly<Record<string, string>> = {}): string {
  const names = Object.keys(labels).sort();
  return names.length === 0
    ? metric
    : `${metric}{${names.map((name) => `${name}="${labels[name]}"`).join(",")}}`;
}

function labelsOf(text: string, fail: (problem: string) => Error): Record<string, string> {
  const labels: Record<string, string> = {};
  LABEL.lastIndex = 0;
  while (text !== "" && LABEL.lastIndex < text.length) {
    const [, name, value] = LABEL.exec(text) ?? [];
    if (name === undefined || value === undefined || Object.hasOwn(labels, name)) throw fail("wrong labels");
    labels[name] = value;
  }
  return labels;
}
