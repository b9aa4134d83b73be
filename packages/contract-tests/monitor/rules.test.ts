import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { z } from "zod";
import { BOUNDS_SECONDS } from "../../server/src/adapters/metrics/durations.ts";
import { fileText, ROOT, readPage } from "../pages/page.ts";
import { describeWith } from "../pages/programs.ts";
import { runLines } from "../pages/shell.ts";
import { hastened } from "./prometheus.ts";
import { ALERTS, RECORDS, selectorsOf } from "./shipped.ts";

const expectedShape = z.object({
  exp_labels: z.record(z.string(), z.string()),
  exp_annotations: z.record(z.string(), z.string()),
});
const testsShape = z.object({
  tests: z.array(
    z.object({
      alert_rule_test: z.array(z.object({ alertname: z.string(), exp_alerts: z.array(expectedShape) })),
    }),
  ),
});
const FILES = ["rules.test.yml", "rules-per-day.test.yml", "rules-per-days.test.yml"];
const CASES = FILES.flatMap(
  (file) => testsShape.parse(parse(fileText(`deploy/prometheus/${file}`))).tests,
).flatMap(({ alert_rule_test }) => alert_rule_test);

/** The job of the shipped configuration. */
const { scrape_configs } = z
  .object({ scrape_configs: z.tuple([z.object({ job_name: z.string() })]) })
  .parse(parse(fileText("deploy/prometheus/prometheus.yml")));
const JOB = scrape_configs[0].job_name;

describe.each(ALERTS)("$alert", (rule) => {
  const cases = CASES.filter(({ alertname }) => alertname === rule.alert);

  it("is tested with samples that fire it, and with others", () => {
    const fired = cases.map(({ exp_alerts }) => exp_alerts.length > 0);
    expect(new Set(fired)).toEqual(new Set([true, false]));
    for (const { exp_labels, exp_annotations } of cases.flatMap(({ exp_alerts }) => exp_alerts)) {
      expect(exp_labels).toMatchObject({ ...rule.labels, job: JOB });
      expect(Object.keys(exp_annotations).sort()).toEqual(Object.keys(rule.annotations).sort());
    }
  });
});

it.each([...ALERTS, ...RECORDS])("every selector is of the configured job: $expr", ({ expr }) => {
  const selectors = selectorsOf(expr);
  expect(selectors).not.toEqual([]);
  for (const selector of selectors) expect(selector).toContain(`{job="${JOB}"`);
});

it("the objective has a bucket of its own: answers within a second are counted exactly", () => {
  const bounds = RECORDS.flatMap(({ expr }) =>
    [...expr.matchAll(/le=~"(\d+)\|/g)].map(([, le]) => Number(le)),
  );
  expect(bounds).toEqual([1]);
  expect(BOUNDS_SECONDS).toContain(1);
});

it("the hastened rules differ in times alone", () => {
  const rules = fileText("deploy/prometheus/rules.yml");
  const withoutTimes = (text: string) =>
    text.replaceAll(/\[\w+\]|offset \w+|for: \d\w+/g, (time) => time.replace(/\d+[smhd]/, "…"));
  expect(withoutTimes(hastened(rules))).toBe(withoutTimes(rules));
  expect(hastened(rules)).not.toMatch(/\[\d+[mhd]\]|offset \d+[mhd]|for: \d+[mhd]/);
});

/** It evaluates every rule for every minute of the tests: some seconds of a processor. */
const PATIENCE_MS = 180_000;

describeWith(["promtool"], "promtool", () => {
  const documented = readPage("docs/monitor.md").commands;
  const files = FILES.map((file) => `deploy/prometheus/${file}`);
  it.each([
    ...documented.filter((line) => line.startsWith("promtool check")),
    documented.find((line) => line === `promtool test rules ${files.join(" ")}`) ?? "false",
    "promtool check rules --lint=all --lint-fatal deploy/prometheus/rules.yml",
  ])("succeeds: %s", { timeout: PATIENCE_MS }, async (command) => {
    await runLines(command, { folder: ROOT });
  });
});
