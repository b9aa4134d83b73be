import { describe, expect, it } from "vitest";
import { calledText } from "./called.ts";
import { batchedLookup } from "./names.ts";

function directory() {
  const calls: string[][] = [];
  const lookUp = batchedLookup(async (userIds) => {
    calls.push([...userIds]);
    return userIds
      .filter((userId) => userId !== "unknown")
      .map((userId) => ({
        userId,
        email: userId === "erased-1" ? null : `${userId}@acme.example`,
        name: userId === "ben" ? "Ben Turner" : null,
      }));
  });
  return { calls, lookUp };
}

describe("batchedLookup", () => {
  it("looks up the ids of one moment in one call", async () => {
    const { calls, lookUp } = directory();
    const found = await Promise.all(["jane", "unknown", "erased-1", "ben"].map(lookUp));
    expect(found.map((called) => called && calledText(called))).toEqual([
      "jane@acme.example",
      null,
      "Erased user erased-1…",
      "\u2068Ben Turner\u2069 (ben@acme.example)",
    ]);
    expect(calls).toEqual([["jane", "unknown", "erased-1", "ben"]]);
    expect(await lookUp("jane")).toEqual({ name: null, address: "jane@acme.example" });
    expect(calls).toHaveLength(2);
  });

  it("sends at most 100 ids in a call", async () => {
    const { calls, lookUp } = directory();
    await Promise.all(Array.from({ length: 201 }, (_, index) => lookUp(`user${index}`)));
    expect(calls.map(({ length }) => length)).toEqual([100, 100, 1]);
  });
});
