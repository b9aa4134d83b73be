import { createElement } from "react";
import { renderToStaticMarkup } from "react-dom/server";
import { expect, it } from "vitest";
import { Avatar, initialOf } from "./avatar.tsx";

it.each([
  ["Acme", "A"],
  ["  émile", "É"],
  ["🚀 Rockets", "🚀"],
  ["🇩🇪 Germany", "🇩🇪"],
  ["", ""],
])("initialOf('%s') is '%s'", (name, letter) => {
  expect(initialOf(name)).toBe(letter);
});

it("the colour of an Avatar stays when the name changes, and differs by id", () => {
  const colorOf = (id: string, name: string) => {
    const markup = renderToStaticMarkup(createElement(Avatar, { id, name }));
    return /oklch[^)]+/.exec(markup)?.[0];
  };
  expect(colorOf("acme", "Acme")).toBe(colorOf("acme", "Acme Corporation"));
  expect(colorOf("acme", "Acme")).not.toBe(colorOf("globex", "Acme"));
});
