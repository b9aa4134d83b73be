import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { accentProperties, accentShades, contrastOf, GROUNDS, type Theme } from "./accent.ts";

const THEMES: readonly Theme[] = ["light", "dark"];
const CSS = readFileSync(new URL("../../design/theme.css", import.meta.url), "utf8");
/** Every 15th value of each channel, and the ends. */
const CHANNEL = Array.from({ length: 18 }, (_, index) => (index * 15).toString(16).padStart(2, "0"));
const COLORS = CHANNEL.flatMap((red) =>
  CHANNEL.flatMap((green) => CHANNEL.map((blue) => `#${red}${green}${blue}`)),
);

it.each(THEMES)("accentShades keeps every text readable for any colour: %s", (theme) => {
  const { grounds, text, quiet } = GROUNDS[theme];
  const unreadable = COLORS.filter((color) => {
    const shades = accentShades(color, theme);
    const pairs = [
      [shades.onAccent, shades.accent],
      [shades.onAccent, shades.hover],
      [text, shades.soft],
      [quiet, shades.soft],
      ...[...grounds, shades.soft].map((ground) => [shades.text, ground]),
    ] as const;
    return pairs.some(([one = "", other = ""]) => contrastOf(one, other) < 4.5);
  });
  expect(unreadable).toEqual([]);
});

it.each(THEMES)("accentShades shows the button and its hover for any colour: %s", (theme) => {
  const [page] = GROUNDS[theme].grounds;
  const unseen = COLORS.filter((color) => {
    const { accent, hover } = accentShades(color, theme);
    return contrastOf(accent, page) < 1.25 || contrastOf(accent, hover) < 1.04;
  });
  expect(unseen).toEqual([]);
});

it("accentShades changes a readable colour as little as possible", () => {
  expect(accentShades("#4b50c8", "light")).toMatchObject({ accent: "#4b50c8", onAccent: "#ffffff" });
  expect(accentShades("#ffd400", "dark")).toMatchObject({ accent: "#ffd400", onAccent: "#14151a" });
});

it.each(THEMES)("the grounds of the theme are those of theme.css: %s", (theme) => {
  const values = (name: string) => {
    const [, light = "", dark = ""] =
      new RegExp(`--${name}: light-dark\\((#\\w+), (#\\w+)\\)`).exec(CSS) ?? [];
    const value = theme === "light" ? light : dark;
    return value.length === 4 ? value.replace(/\w/g, "$&$&") : value;
  };
  const { grounds, text, quiet } = GROUNDS[theme];
  const names = ["ground", "surface", "raised", "sunken"];
  expect(new Set(grounds)).toEqual(new Set(names.map(values)));
  expect([text, quiet]).toEqual([values("text"), values("quiet")]);
});

it("accentProperties has a value for each accent property of theme.css", () => {
  const declared = [...CSS.matchAll(/(--(?:accent|on-accent)[\w-]*): /g)].map(([, name]) => name);
  expect(Object.keys(accentProperties("#4b50c8")).sort()).toEqual([...new Set(declared)].sort());
});
