import { describe, expect, it } from "vitest";
import { Refusal } from "./refusal.ts";
import { ACME, organization, UNBOUNDED } from "./testing/people.ts";
import { type Changes, type Transactions, transact } from "./transaction.ts";

const CHANGES: Changes = {
  writes: [{ item: "organization", next: organization(ACME, { rev: "1" }), present: null }],
  unchanged: [],
  audit: [],
};

/** Transactions that lose so often, and what they were asked. */
function losing(times: number) {
  const asked: string[] = [];
  const transactions: Transactions = {
    commit: async () => {
      asked.push("commit");
      return asked.filter((each) => each === "commit").length > times;
    },
    backoff: async (attempt) => {
      asked.push(`backoff ${attempt}`);
    },
  };
  return { asked, transactions };
}

describe("transact", () => {
  it("reads and decides again after each lost commit, with a longer pause", async () => {
    const { asked, transactions } = losing(2);
    const read = async (attempt: number) => {
      asked.push(`read ${attempt}`);
      return attempt;
    };
    const decide = (state: number) => ({ changes: CHANGES, result: `decided on ${state}` });
    expect(await transact({ read, decide }, transactions, UNBOUNDED)).toBe("decided on 2");
    expect(asked).toEqual([
      "read 0",
      "commit",
      "backoff 0",
      "read 1",
      "commit",
      "backoff 1",
      "read 2",
      "commit",
    ]);
  });

  it("commits nothing where it holds already", async () => {
    const { asked, transactions } = losing(0);
    const verb = { read: async () => null, decide: () => ({ changes: null, result: "so it is" }) };
    expect([await transact(verb, transactions, UNBOUNDED), asked]).toEqual(["so it is", []]);
  });

  it("ends with the refusal of the decision, also after a lost commit", async () => {
    const { asked, transactions } = losing(9);
    const verb = {
      read: async (attempt: number) => attempt,
      decide(attempt: number) {
        if (attempt === 1) throw new Refusal("LAST_OWNER", "the last owner stays");
        return { changes: CHANGES, result: null };
      },
    };
    await expect(transact(verb, transactions, UNBOUNDED)).rejects.toMatchObject({ reason: "LAST_OWNER" });
    expect(asked).toEqual(["commit", "backoff 0"]);
  });
});
