import { expect, it } from "vitest";
import { batchIds } from "./batches.ts";

it("each key that stands there more than once has an id of its own", () => {
  const idOf = batchIds(["acme", "globex", "acme", "initech", "globex", "acme"]);
  expect([idOf("initech"), idOf("nobody")]).toEqual([null, null]);
  expect(idOf("acme")).toMatch(/^[0-9a-f-]{36}$/);
  expect(idOf("acme")).toBe(idOf("acme"));
  expect(idOf("globex")).not.toBe(idOf("acme"));
});
