import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { tokensOf } from "./tokens.ts";

const here = import.meta.dirname;
const design = join(here, "..");
/** Parts of other components, which show them. */
const PARTS = ["overlays/lazy-overlay.tsx", "overlays/menu-popover.tsx", "overlays/toast-region.tsx"];

it("shows every component of the design", () => {
  const shown = globSync("*.tsx", { cwd: here }).map((file) => readFileSync(join(here, file), "utf8"));
  const components = globSync("**/*.tsx", { cwd: design, exclude: ["gallery/**", ...PARTS] });
  expect(components.length).toBeGreaterThan(10);
  const missing = components.filter((file) => !shown.some((source) => source.includes(`from "../${file}"`)));
  expect(missing).toEqual([]);
});

it("shows every token of the theme once", () => {
  const css = readFileSync(join(design, "theme.css"), "utf8");
  const names = [...css.matchAll(/^\s+(--[\w-]+):/gm)].map(([, name]) => name);
  const shown = Object.values(tokensOf(css)).flat();
  expect(shown.length).toBeGreaterThan(30);
  expect(names.filter((name) => !shown.includes(name))).toEqual(["--width"]);
  expect(new Set(shown).size).toBe(shown.length);
});
