import { expect, it } from "vitest";
import { fileText } from "../pages/page.ts";
import { DASHBOARD, PANELS, selectorsOf } from "./shipped.ts";

const OWN = ["datasource", "job", "instance"];

// live.test.ts sends the queries of every panel to a real Prometheus. Grafana itself does not run in tests.
it("the dashboard imports into any Grafana: it has no id of one, and names only its own variables", () => {
  const text = fileText("deploy/grafana/dashboard.json");
  expect(text).not.toMatch(/__inputs|__requires|libraryPanel|"pluginVersion"/);
  expect(DASHBOARD.templating.list.map(({ name }) => name)).toEqual(OWN);
  const used = new Set([...text.matchAll(/\$\{?([a-z_]\w*)/g)].map(([, name]) => name));
  expect([...used].sort()).toEqual([...OWN, "__all", "__range", "__rate_interval"].sort());
  expect(new Set(DASHBOARD.panels.map(({ id }) => id)).size).toBe(DASHBOARD.panels.length);
});

it.each(PANELS)(
  "the panel $title is explained, and reads the chosen data source, job and processes",
  (panel) => {
    const { description, datasource, fieldConfig, targets } = panel;
    expect([description, fieldConfig?.defaults.unit]).toEqual([
      expect.stringMatching(/^.{15,}\.$/),
      expect.stringMatching(/\w/),
    ]);
    const sources = [datasource, ...targets.map((target) => target.datasource)].map((each) => each?.uid);
    expect(new Set(sources)).toEqual(new Set([`\${datasource}`]));
    for (const selector of targets.flatMap(({ expr }) => selectorsOf(expr)))
      expect(selector).toContain('{job="$job", instance=~"$instance"');
  },
);
