import { expect, it } from "vitest";
import { parseSender } from "./sender.ts";

it.each([
  ["No-Reply@Platform.example", { name: "", address: "no-reply@platform.example" }],
  ["<no-reply@platform.example>", { name: "", address: "no-reply@platform.example" }],
  ["Platform <no-reply@platform.example>", { name: "Platform", address: "no-reply@platform.example" }],
  [" Acme & Söhne – 東京 <a@b.example> ", { name: "Acme & Söhne – 東京", address: "a@b.example" }],
])("%j is %j", (text, expected) => {
  expect(parseSender(text)).toEqual(expected);
});

it.each([
  "",
  "Platform",
  "Platform no-reply@platform.example",
  "no-reply@localhost",
  "Platform <>",
  "Platform <a@b.example> <c@d.example>",
  "a@b.example, c@d.example",
  "Platform, c@d.example <a@b.example>",
  "Platform\r\nBcc: c@d.example <a@b.example>",
  "Platform <a@b.example\r\nBcc: c@d.example>",
  'Platform" <c@d.example>, "x <a@b.example>',
  "Plat\u202eform <a@b.example>",
  `${"x".repeat(101)} <a@b.example>`,
])("%j is not taken", (text) => {
  expect(parseSender(text)).toBeNull();
});
