import { expect, test } from "vitest";
import { cursorOf, positionOf } from "./page.ts";

const SCOPE = { list: "members", organizationId: "acme", role: undefined };

test("a cursor keeps its position for the list that it is of", () => {
  expect(positionOf(cursorOf("active#ä\n", SCOPE), { organizationId: "acme", list: "members" })).toBe(
    "active#ä\n",
  );
});

test.each([
  ["another organization's", cursorOf("a", { ...SCOPE, organizationId: "globex" })],
  ["another filter's", cursorOf("a", { ...SCOPE, role: "owner" })],
  ["another list's", cursorOf("a", { ...SCOPE, list: "audit" })],
  ["not JSON", "e30x"],
  ["not an array", Buffer.from("{}").toString("base64url")],
  ["empty", ""],
  [
    "too long",
    Buffer.from(
      JSON.stringify([...JSON.parse(Buffer.from(cursorOf("a", SCOPE), "base64url").toString()), 1]),
    ).toString("base64url"),
  ],
])("a cursor that is %s is refused", (_, cursor) => {
  expect(() => positionOf(cursor, SCOPE)).toThrow(expect.objectContaining({ reason: "INPUT_INVALID" }));
});
