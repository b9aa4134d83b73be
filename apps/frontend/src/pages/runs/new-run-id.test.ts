import { expect, it } from "vitest";
import { z } from "zod";
import { newRunId } from "./new-run-id.ts";

it("newRunId returns UUIDs of version 7 that sort by time", () => {
  const ids = [0, 1, Date.parse("2026-01-01"), Date.now()].map(newRunId);
  for (const id of ids) expect(z.uuidv7().safeParse(id).success, id).toBe(true);
  expect(ids.toSorted()).toEqual(ids);
  expect(newRunId(1)).not.toBe(newRunId(1));
});
