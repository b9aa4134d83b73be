import { parse } from "yaml";
import { z } from "zod";
import { fileText } from "../pages/page.ts";

const alertShape = z.strictObject({
  alert: z.string(),
  expr: z.string(),
  for: z.string().optional(),
  labels: z.strictObject({ severity: z.enum(["page", "ticket"]) }),
  annotations: z.strictObject({ summary: z.string(), description: z.string(), runbook: z.string() }),
});
const recordShape = z.strictObject({ record: z.string(), expr: z.string() });
const rulesShape = z.strictObject({
  groups: z.array(z.strictObject({ name: z.string(), rules: z.array(z.union([alertShape, recordShape])) })),
});

const RULES = rulesShape
  .parse(parse(fileText("deploy/prometheus/rules.yml")))
  .groups.flatMap(({ rules }) => rules);

/** The shipped alerts. Each has a severity, texts, and a path into the documentation. */
export const ALERTS = RULES.filter((rule) => "alert" in rule);

/** The series that Prometheus makes for alerts. */
export const RECORDS = RULES.filter((rule) => "record" in rule);

const datasourceShape = z.object({ type: z.string(), uid: z.string() });
const targetShape = z.object({ refId: z.string(), datasource: datasourceShape, expr: z.string() });
const panelShape = z.object({
  id: z.number(),
  type: z.string(),
  title: z.string().min(1),
  description: z.string().optional(),
  datasource: datasourceShape.optional(),
  fieldConfig: z.object({ defaults: z.object({ unit: z.string().optional() }) }).optional(),
  targets: z.array(targetShape).default([]),
});
const variableShape = z.object({ name: z.string(), type: z.string(), definition: z.string().optional() });
const dashboardShape = z.object({
  id: z.null(),
  uid: z.string(),
  title: z.string(),
  schemaVersion: z.number(),
  templating: z.object({ list: z.array(variableShape) }),
  panels: z.array(panelShape),
});

/** The shipped dashboard, as far as it is tested. */
export const DASHBOARD = dashboardShape.parse(JSON.parse(fileText("deploy/grafana/dashboard.json")));

/** The panels that show something, without the headings of rows. */
export const PANELS = DASHBOARD.panels.filter(({ type }) => type !== "row");

/** The selectors of an expression, such as `up{job="platform-api"}`. Every selector that we ship has labels. */
export function selectorsOf(expr: string): string[] {
  return expr.match(/[a-zA-Z_:][\w:]*\{[^}]*\}/g) ?? [];
}

/** An expression of the dashboard as Grafana sends it, for the last minute and all processes. */
export function chosen(expr: string): string {
  return expr
    .replaceAll("$__rate_interval", "1m")
    .replaceAll("$__range", "5m")
    .replaceAll("$job", "platform-api")
    .replaceAll("$instance", ".*");
}
