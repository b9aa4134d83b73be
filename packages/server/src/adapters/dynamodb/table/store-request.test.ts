import { describe, expect, it } from "vitest";
import { UNBOUNDED } from "../testing/examples.ts";
import { sendRequest, sharedDeadline } from "./store-request.ts";
import { createDynamoTable } from "./table.ts";

const never = () => new Promise<never>(() => {});

describe("sendRequest", () => {
  it("ends at its deadline even if the SDK keeps waiting, for example for credentials", async () => {
    const started = performance.now();
    const request = sendRequest({ what: "link: reading", deadlineMs: 30, signal: UNBOUNDED }, never);
    await expect(request).rejects.toMatchObject({
      reason: "STORE_UNAVAILABLE",
      message: "link: reading failed: TimeoutError",
      cause: { name: "TimeoutError" },
    });
    expect(performance.now() - started).toBeLessThan(300);
  });

  it("ends at a shared deadline that is earlier than its own", async () => {
    const table = createDynamoTable({ table: "any", region: "eu-central-1", attemptMs: 10, deadlineMs: 30 });
    const shared = sharedDeadline(table, UNBOUNDED);
    await expect(sendRequest({ what: "first", deadlineMs: 5_000, signal: shared }, never)).rejects.toThrow(
      "first",
    );
    await expect(sendRequest({ what: "second", deadlineMs: 5_000, signal: shared }, never)).rejects.toThrow(
      "second",
    );
    table.close();
  });
});
