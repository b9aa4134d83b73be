import { expect, it } from "vitest";
import { aRole } from "./role-text.ts";

it.each([
  ["member", "a member"],
  ["admin", "an admin"],
  ["owner", "an owner"],
])("the role %s is %s", (role, text) => {
  expect(aRole(role)).toBe(text);
});
