import { expect, it } from "vitest";
import { calledOf, calledText, unknown } from "./called.ts";

const userId = "0a4b8f0e-5f1c-4b43-9a1b-2f8d1c9f0a01";

it.each([
  [
    calledOf({ userId, email: "zoe.l@acme.example", name: "Zoë Lund" }),
    "\u2068Zoë Lund\u2069 (zoe.l@acme.example)",
  ],
  [calledOf({ userId, email: "zoe.l@acme.example", name: null }), "zoe.l@acme.example"],
  [calledOf({ userId, email: null, name: null }), "Erased user 0a4b8f0e…"],
  [unknown(userId), "User 0a4b8f0e…"],
])("never says a name alone: %j", (called, text) => {
  expect(calledText(called)).toBe(text);
});
