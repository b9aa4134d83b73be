import { describe, expect, it } from "vitest";
import { MOST_SELECTED, press, pressAll, type Selected } from "./selection.ts";

const ORDER = ["a", "b", "c", "d", "e"];
const NOTHING: Selected = { ids: new Set(), anchor: null };

/** Presses rows one after another, those with a `+` with Shift. */
function pressed(rows: string, order: readonly string[] = ORDER): string {
  const { ids } = rows.split(" ").reduce((now, row) => {
    return press(now, row.replace("+", ""), { isRange: row.startsWith("+"), order });
  }, NOTHING);
  return [...ids].sort().join("");
}

describe("a selection", () => {
  it.each([
    ["b", "b"],
    ["b b", ""],
    ["b +d", "bcd"],
    ["d +b", "bcd"],
    ["b +d +e", "bcde"],
    ["a +e d +b", "ae"], // as the row where the range ends, so does the rest of it
    ["b d +c", "bcd"],
    ["+c", "c"],
  ])("after the presses %s has %j", (rows, ids) => {
    expect(pressed(rows)).toBe(ids);
  });

  it("begins a range at the row itself when the row before has gone", () => {
    expect(pressed("x +c")).toBe("cx");
  });

  it("has all rows, and none when all are pressed again", () => {
    const all = pressAll(NOTHING, ORDER);
    expect([...all.ids]).toEqual(ORDER);
    expect(pressAll(all, ORDER)).toEqual(NOTHING);
    expect(pressAll(press(NOTHING, "b", { isRange: false, order: ORDER }), ORDER)).toEqual(NOTHING);
  });

  it("never has more rows than can be changed at a time", () => {
    const order = Array.from({ length: 150 }, (_, index) => `row ${index}`);
    const all = pressAll(NOTHING, order);
    expect([...all.ids]).toEqual(order.slice(0, MOST_SELECTED));
    expect(press(all, "row 120", { isRange: true, order }).ids).toEqual(all.ids);
    expect(press(all, "row 7", { isRange: false, order }).ids.size).toBe(MOST_SELECTED - 1);
  });
});
