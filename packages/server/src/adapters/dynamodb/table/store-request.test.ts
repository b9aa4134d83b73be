import { describe, expect, it } from "vitest";
import { UNBOUNDED } from "../testing/examples.ts";
import { ask, sharedDeadline } from "./store-request.ts";
import { createDynamoTable } from "./table.ts";

const never = () => new Promise<never>(() => {});

describe("a question to the store", () => {
  it("ends at its deadline although the SDK does not, as while it waits for credentials", async () => {
    const started = performance.now();
    const question = ask({ what: "link: reading", deadlineMs: 30, signal: UNBOUNDED }, never);
    await expect(question).rejects.toMatchObject({
      reason: "STORE_UNAVAILABLE",
      message: "link: reading failed: TimeoutError",
      cause: { name: "TimeoutError" },
    });
    expect(performance.now() - started).toBeLessThan(300);
  });

  it("ends at the deadline it shares with others, however much later its own would be", async () => {
    const table = createDynamoTable({ table: "any", region: "eu-central-1", attemptMs: 10, deadlineMs: 30 });
    const shared = sharedDeadline(table, UNBOUNDED);
    await expect(ask({ what: "first", deadlineMs: 5_000, signal: shared }, never)).rejects.toThrow("first");
    await expect(ask({ what: "second", deadlineMs: 5_000, signal: shared }, never)).rejects.toThrow("second");
    table.close();
  });
});
