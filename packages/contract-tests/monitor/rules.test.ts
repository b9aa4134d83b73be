import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { z } from "zod";
import { documentedCommands, runInRepository } from "./documented.ts";
import { hasPrometheus, hastened, itIsNotTested } from "./prometheus.ts";
import { ALERTS, selectorsOf, shippedText } from "./shipped.ts";

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
const FILES = ["rules.test.yml", "rules-per-day.test.yml"];
const CASES = FILES.flatMap(
  (file) => testsShape.parse(parse(shippedText(`deploy/prometheus/${file}`))).tests,
).flatMap(({ alert_rule_test }) => alert_rule_test);

/** The job of the shipped configuration. */
const { scrape_configs } = z
  .object({ scrape_configs: z.tuple([z.object({ job_name: z.string() })]) })
  .parse(parse(shippedText("deploy/prometheus/prometheus.yml")));
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

  it("looks at the configured job only", () => {
    const selectors = selectorsOf(rule.expr);
    expect(selectors).not.toEqual([]);
    for (const selector of selectors) expect(selector).toContain(`{job="${JOB}"`);
  });
});

it("the hastened rules differ in times alone", () => {
  const rules = shippedText("deploy/prometheus/rules.yml");
  const withoutTimes = (text: string) =>
    text.replaceAll(/\[\w+\]|offset \w+|for: \d\w+/g, (time) => time.replace(/\d+[smhd]/, "…"));
  expect(withoutTimes(hastened(rules))).toBe(withoutTimes(rules));
  expect(hastened(rules)).not.toMatch(/\[\d+[mhd]\]|offset \d+[mhd]|for: \d+[mhd]/);
});

/** It evaluates every rule for every minute of the tests: some seconds of a processor. */
const PATIENCE_MS = 180_000;

describe("promtool", () => {
  if (!hasPrometheus) {
    itIsNotTested();
    return;
  }
  it.each([
    ...documentedCommands("promtool check"),
    ...documentedCommands("promtool test"),
    "promtool check rules --lint=all --lint-fatal deploy/prometheus/rules.yml",
  ])("succeeds: %s", { timeout: PATIENCE_MS }, async (command) => {
    const { status, printed } = await runInRepository(command);
    expect(status, printed).toBe(0);
  });

  it("runs all tests", () => {
    const files = FILES.map((file) => `deploy/prometheus/${file}`);
    expect(documentedCommands("promtool test")).toEqual([`promtool test rules ${files.join(" ")}`]);
  });
});
