import { cpSync, readFileSync } from "node:fs";
import { createServer } from "node:http";
import { join } from "node:path";
import { json } from "node:stream/consumers";
import { expect, it } from "vitest";
import { anchorOf, fileText, ROOT, readPage } from "../pages/page.ts";
import { describeWith } from "../pages/programs.ts";
import { runLines } from "../pages/shell.ts";
import { folderOfTests } from "../simulator/folder-of-tests.ts";
import { listen } from "../simulator/free-ports.ts";
import { ALERTS } from "./shipped.ts";

const PAGE = readPage("docs/monitor.md");
const command = (start: string) => PAGE.commands.find((line) => line.startsWith(start)) ?? "";

it.each(ALERTS)("$alert leads to a heading that exists", ({ annotations: { runbook } }) => {
  const [path = "", anchor = ""] = runbook.split("#");
  expect(readPage(path).headings.map(({ title }) => anchorOf(title))).toContain(anchor);
});

it("docs/monitor.md has a row of each alert, with its severity, which leads to its runbook", () => {
  const rows = PAGE.rows.filter(([name = ""]) => name.startsWith("`PlatformApi"));
  const listed = rows.map((row) => {
    const [, link = ""] = /\]\(([^)]+)\)/.exec(row.join("|")) ?? [];
    return [row[0], row[1], `docs/${link.startsWith("#") ? "monitor.md" : ""}${link}`];
  });
  const shipped = ALERTS.map(({ alert, labels, annotations }) => {
    return [`\`${alert}\``, labels.severity, annotations.runbook];
  });
  expect(listed.sort()).toEqual(shipped.sort());
});

const folder = folderOfTests("monitor-page");

it("docs/monitor.md makes the runbook of every alert a link", async () => {
  cpSync(join(ROOT, "deploy"), join(folder, "deploy"), { recursive: true });
  await runLines(command("sed "), { folder });
  const rules = readFileSync(join(folder, "deploy/prometheus/rules.yml"), "utf8");
  const runbooks = [...rules.matchAll(/runbook: (\S+\/.*)$/gm)].map(([, runbook]) => runbook);
  const base = "https://git.example/platform-api/blob/main/";
  expect(runbooks).toEqual(ALERTS.map(({ annotations }) => base + annotations.runbook));
});

describeWith(["jq", "curl"], "docs/monitor.md", () => {
  it("sends Grafana the dashboard", async () => {
    const grafana = createServer(async (request, response) => {
      const { method, url, headers } = request;
      const { "content-type": type } = headers;
      response.end(JSON.stringify({ method, url, type, body: await json(request) }));
    });
    const lines = command("jq '{dashboard").replace(":3000", `:${await listen(grafana)}`);
    const printed = await runLines(lines, { folder: ROOT });
    grafana.close();
    expect(JSON.parse(printed)).toEqual({
      method: "POST",
      url: "/api/dashboards/db",
      type: "application/json",
      body: { dashboard: JSON.parse(fileText("deploy/grafana/dashboard.json")), overwrite: true },
    });
  });
});
