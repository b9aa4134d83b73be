import { beforeEach, describe, expect, it, vi } from "vitest";
import { Refusal } from "./refusal.ts";
import { changeEach, changesOfRows } from "./rows.ts";
import { UNBOUNDED } from "./testing/people.ts";
import type { Changes, Transactions } from "./transaction.ts";

const NOTHING: Changes = { writes: [], unchanged: [], audit: [] };
let nowMs: number;
/** What happens, in its order. */
let course: string[];
let running: number;
const transactions: Transactions = {
  async commit() {
    running += 1;
    course.push(`commit ${running}`);
    await Promise.resolve();
    running -= 1;
    return true;
  },
  backoff: async () => {},
};
const ports = { transactions, now: () => new Date(nowMs) };
beforeEach(() => {
  [nowMs, running, course] = [0, 0, []];
});

type Change = (row: string, own: typeof ports) => Promise<string>;

/** A row that stores something, in some time. */
const store =
  (takesMs = 0): Change =>
  async (row, own) => {
    course.push(`read ${row}`);
    await own.transactions.commit(NOTHING, UNBOUNDED);
    nowMs += takesMs;
    return row.toUpperCase();
  };
const outcomesOf = async (rows: string, change: Change, signal = UNBOUNDED, atOnce = 1) =>
  (await changeEach({ rows: [...rows], atOnce }, change, ports, signal)).map(({ outcome }) => outcome);

describe("changeEach", () => {
  it("answers a verdict for each row, and what one is refused for stops no other", async () => {
    const change = vi.fn<Change>(store());
    change.mockImplementationOnce(async (row) => row);
    change.mockRejectedValueOnce(new Refusal("CONFLICT", "a detail", { hint: "a hint" }));
    change.mockRejectedValueOnce(new Refusal("NOT_FOUND", "a detail"));
    expect(await changeEach({ rows: [..."abcd"], atOnce: 2 }, change, ports, UNBOUNDED)).toEqual([
      { row: "a", outcome: "unchanged", hint: null, answer: "a" },
      { row: "b", outcome: "CONFLICT", hint: "a hint", answer: null },
      { row: "c", outcome: "NOT_FOUND", hint: null, answer: null },
      { row: "d", outcome: "changed", hint: null, answer: "D" },
    ]);
  });

  it("reads some rows at once, and commits them one after the other", async () => {
    expect(await outcomesOf("abc", store(), UNBOUNDED, 2)).toEqual(["changed", "changed", "changed"]);
    expect(course).toEqual(["read a", "read b", "commit 1", "commit 1", "read c", "commit 1"]);
  });

  it("counts a row as changed that was stored at a later attempt, and not one that found it done then", async () => {
    const again: Change = async (row, own) => {
      await own.transactions.commit(NOTHING, UNBOUNDED);
      if (row === "a") await own.transactions.commit(NOTHING, UNBOUNDED);
      return row;
    };
    const commit = vi.spyOn(transactions, "commit");
    commit.mockResolvedValueOnce(false).mockResolvedValueOnce(true).mockResolvedValueOnce(false);
    expect(await outcomesOf("ab", again)).toEqual(["changed", "unchanged"]);
    commit.mockRestore();
  });

  it("begins no further row after two seconds, and none once the request is over", async () => {
    const [changed, not] = ["changed", "not-reached"] as const;
    expect(await outcomesOf("abcd", store(1_000))).toEqual([changed, changed, not, not]);
    expect(await outcomesOf("ab", store(), AbortSignal.abort())).toEqual([not, not]);
  });

  it.each(["STORE_UNAVAILABLE", "OVERLOADED"] as const)("begins no further row after %s", async (reason) => {
    const change = vi.fn<Change>(store()).mockRejectedValueOnce(new Refusal(reason, "down"));
    expect(await outcomesOf("abcd", change, UNBOUNDED, 2)).toEqual([
      reason,
      "changed",
      "not-reached",
      "not-reached",
    ]);
    expect(change).toHaveBeenCalledTimes(2);
  });

  it("throws an error that is not a refusal", async () => {
    const change = vi.fn<Change>(store()).mockRejectedValueOnce(new TypeError("a bug"));
    await expect(outcomesOf("ab", change)).rejects.toThrow("a bug");
  });
});

it.each([
  [1, 1],
  [10, 1],
  [11, 2],
  [100, 10],
])("a call about %i counts as %i changes", (rows, changes) => {
  expect(changesOfRows(rows)).toBe(changes);
});
