import { once } from "node:events";
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { json } from "node:stream/consumers";
import { describe, expect, it } from "vitest";
import { isCi } from "../postgres/config.ts";
import { documentedCommands, runInRepository } from "./documented.ts";
import { ALERTS, ROOT, shippedText } from "./shipped.ts";

const PAGE = shippedText("docs/monitor.md");

/** Headings of a page as they stand in links to it. */
function anchorsOf(path: string): string[] {
  const headings = [...shippedText(path).matchAll(/^#+ (.+)$/gm)].map(([, heading = ""]) => heading);
  return headings.map((heading) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\w\- ]/g, "")
      .replaceAll(" ", "-"),
  );
}

/** The row of an alert: its severity, and the target of its first link. */
function rowOf(alert: string): { severity: string | undefined; link: string | undefined } {
  const row = PAGE.split("\n").find((line) => line.startsWith(`| \`${alert}\` |`)) ?? "";
  const [, severity] = /^\| \S+ \| (\w+) \|/.exec(row) ?? [];
  return { severity, link: /\]\(([^)]+)\)/.exec(row)?.[1] };
}

describe.each(ALERTS)("$alert", ({ alert, labels, annotations: { runbook } }) => {
  it("leads to a heading that exists", () => {
    const [path = "", anchor = ""] = runbook.split("#");
    expect(anchorsOf(path)).toContain(anchor);
  });

  it("has a row in docs/monitor.md with its severity, which leads to the same place", () => {
    const { severity, link = "" } = rowOf(alert);
    expect(severity).toBe(labels.severity);
    expect(`docs/${link.startsWith("#") ? "monitor.md" : ""}${link}`).toBe(runbook);
  });
});

describe("docs/monitor.md", () => {
  it("has no row of an alert that does not exist", () => {
    const rows = [...PAGE.matchAll(/^\| `(PlatformApi\w+)` \|/gm)].map(([, alert]) => alert);
    expect(rows.sort()).toEqual(ALERTS.map(({ alert }) => alert).sort());
  });

  it("links to files and headings that exist", () => {
    const links = [...PAGE.matchAll(/\]\((?!http)([^)#]*)#?([^)]*)\)/g)];
    expect(links.length).toBeGreaterThan(20);
    for (const [, file = "", anchor = ""] of links) {
      const path = join("docs", file === "" ? "monitor.md" : file);
      expect(existsSync(join(ROOT, path)), path).toBe(true);
      if (anchor !== "") expect(anchorsOf(path)).toContain(anchor);
    }
  });

  it("makes the runbook of every alert a link", async () => {
    const folder = mkdtempSync(join(tmpdir(), "monitor-page-"));
    cpSync(join(ROOT, "deploy"), join(folder, "deploy"), { recursive: true });
    const [command = ""] = documentedCommands("sed ");
    await runInRepository(command, folder);
    const rules = readFileSync(join(folder, "deploy/prometheus/rules.yml"), "utf8");
    rmSync(folder, { recursive: true });
    const runbooks = [...rules.matchAll(/runbook: (\S+\/.*)$/gm)].map(([, runbook]) => runbook);
    const base = "https://git.example/platform-api/blob/main/";
    expect(runbooks).toEqual(ALERTS.map(({ annotations }) => base + annotations.runbook));
  });

  it.skipIf(!existsSync("/usr/bin/jq") && !isCi)("sends Grafana the dashboard", async () => {
    const grafana = createServer(async (request, response) => {
      const { method, url, headers } = request;
      const { "content-type": type } = headers;
      response.end(JSON.stringify({ method, url, type, body: await json(request) }));
    }).listen(0, "127.0.0.1");
    await once(grafana, "listening");
    const address = grafana.address();
    const port = typeof address === "object" ? address?.port : "";
    const [command = ""] = documentedCommands("jq '{dashboard");
    const { printed } = await runInRepository(command.replace(":3000", `:${port}`));
    grafana.close();
    const dashboard = JSON.parse(shippedText("deploy/grafana/dashboard.json"));
    expect(JSON.parse(printed)).toEqual({
      ...{ method: "POST", url: "/api/dashboards/db", type: "application/json" },
      body: { dashboard, overwrite: true },
    });
  });
});
