import { expect, it } from "vitest";
import { plainText } from "./plain-text.ts";

it.each([
  ["Sum up May", "Sum up May"],
  ["\u202egnp.exe", "gnp.exe"],
  ["a\u061cb\u200ec\u200fd\u202ae\u2066f\u2069g", "abcdefg"],
  ["שלום 東京 👩\u200d💻", "שלום 東京 👩\u200d💻"],
])("plainText(%j) is %j", (text, shown) => {
  expect(plainText(text)).toBe(shown);
});
