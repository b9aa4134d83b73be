import { describe, expect, it } from "vitest";
import { DASHBOARD, PANELS, selectorsOf, shippedText } from "./shipped.ts";

const DATASOURCE = { type: "prometheus", uid: "$" + "{datasource}" };

describe.each(PANELS)("the panel $title", ({ id, description, datasource, fieldConfig, targets }) => {
  it("has a description, a unit and an id of its own", () => {
    expect(description).toMatch(/^.{15,}\.$/);
    expect(fieldConfig?.defaults.unit).toMatch(/\w/);
    expect(DASHBOARD.panels.filter((other) => other.id === id)).toHaveLength(1);
  });

  it("reads the chosen data source, job and processes", () => {
    expect(targets.length).toBeGreaterThan(0);
    expect([datasource, ...targets.map((target) => target.datasource)]).toEqual(
      Array(targets.length + 1).fill(DATASOURCE),
    );
    expect(new Set(targets.map(({ refId }) => refId)).size).toBe(targets.length);
    for (const selector of targets.flatMap(({ expr }) => selectorsOf(expr)))
      expect(selector).toContain('{job="$job", instance=~"$instance"');
  });
});

describe("the dashboard", () => {
  it("imports as it is: no id of one Grafana, no input, no variable that it does not have", () => {
    const text = shippedText("deploy/grafana/dashboard.json");
    expect(text).not.toMatch(/__inputs|__requires|libraryPanel|"pluginVersion"/);
    const own = DASHBOARD.templating.list.map(({ name }) => name);
    expect(own).toEqual(["datasource", "job", "instance"]);
    const used = new Set([...text.matchAll(/\$\{?([a-z_]\w*)/g)].map(([, name]) => name));
    expect([...used].sort()).toEqual([...own, "__all", "__range", "__rate_interval"].sort());
  });

  it("has no panel over another, and none beside the grid", () => {
    const taken = new Map<string, string>();
    for (const { title, gridPos } of DASHBOARD.panels) {
      expect(gridPos.x + gridPos.w, title).toBeLessThanOrEqual(24);
      for (let x = gridPos.x; x < gridPos.x + gridPos.w; x += 1) {
        for (let y = gridPos.y; y < gridPos.y + gridPos.h; y += 1) {
          expect(taken.get(`${x} ${y}`), title).toBeUndefined();
          taken.set(`${x} ${y}`, title);
        }
      }
    }
  });
});
