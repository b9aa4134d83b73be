import { expect, it } from "vitest";
import { orderedFields } from "./audit.ts";

it("orders fields alike whatever their order was, also within objects", () => {
  const one = orderedFields({
    at: "a",
    before: { role: "member", name: null },
    after: { name: 1, role: true },
  });
  const other = orderedFields({
    after: { role: true, name: 1 },
    at: "a",
    before: { name: null, role: "member" },
  });
  expect(JSON.stringify(other)).toBe(JSON.stringify(one));
  expect(JSON.stringify(orderedFields({ at: "a", before: { role: "owner" } }))).not.toBe(JSON.stringify(one));
});
