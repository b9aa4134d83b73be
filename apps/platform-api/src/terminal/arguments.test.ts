import { expect, it } from "vitest";
import { everyPage } from "./arguments.ts";

it("reads every page of a list, also after a short or an empty one", async () => {
  const pages = [
    { items: [1, 2], nextCursor: "b" },
    { items: [], nextCursor: "c" },
    { items: [3], nextCursor: null },
  ];
  const asked: (string | undefined)[] = [];
  const items = await everyPage(async ({ cursor, limit }) => {
    asked.push(cursor);
    expect(limit).toBe(100);
    return pages[asked.length - 1] ?? { items: [], nextCursor: null };
  });
  expect([items, asked]).toEqual([
    [1, 2, 3],
    [undefined, "b", "c"],
  ]);
});
