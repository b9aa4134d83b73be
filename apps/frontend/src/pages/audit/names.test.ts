import { describe, expect, it } from "vitest";
import { batchedLookup, shortUser } from "./names.ts";

function directory() {
  const calls: string[][] = [];
  const lookUp = batchedLookup(async (userIds) => {
    calls.push([...userIds]);
    return userIds
      .filter((userId) => userId !== "unknown")
      .map((userId) => ({ userId, email: userId === "erased-1" ? null : `${userId}@acme.example` }));
  });
  return { calls, lookUp };
}

describe("batchedLookup", () => {
  it("looks up the ids of one moment in one call", async () => {
    const { calls, lookUp } = directory();
    const found = await Promise.all(["jane", "unknown", "erased-1", "ben"].map(lookUp));
    expect(found).toEqual(["jane@acme.example", null, "Erased user erased-1…", "ben@acme.example"]);
    expect(calls).toEqual([["jane", "unknown", "erased-1", "ben"]]);
    expect(await lookUp("jane")).toBe("jane@acme.example");
    expect(calls).toHaveLength(2);
  });

  it("sends at most 100 ids in a call", async () => {
    const { calls, lookUp } = directory();
    await Promise.all(Array.from({ length: 201 }, (_, index) => lookUp(`user${index}`)));
    expect(calls.map(({ length }) => length)).toEqual([100, 100, 1]);
  });
});

it("calls an unknown user by the beginning of the id", () => {
  expect(shortUser("0a4b8f0e-5f1c-4b43-9a1b-2f8d1c9f0a01")).toBe("User 0a4b8f0e…");
});
