import { GetCommand, QueryCommand } from "@aws-sdk/lib-dynamodb";
import { afterAll, describe, expect, it, vi } from "vitest";
import { startEmbeddedStore } from "../testing/embedded-store.ts";
import { everyRequest } from "../testing/every-request.ts";

const store = await startEmbeddedStore();
afterAll(() => store.close());

describe("reading", () => {
  // The embedded store is always consistent, so only the request shows what DynamoDB would return.
  it("reads consistently, except from the index, which cannot do so", async () => {
    const table = await store.emptyTable();
    const send = vi.spyOn(await table.documents(), "send");
    await Promise.allSettled(everyRequest(table));
    const commands: unknown[] = send.mock.calls.map(([command]) => command);
    const reads = commands.filter((each) => each instanceof GetCommand || each instanceof QueryCommand);
    const indexed = reads.filter(({ input }) => "IndexName" in input);
    expect(indexed.length).toBeGreaterThan(0);
    expect(reads.length).toBeGreaterThan(indexed.length);
    for (const { input } of reads) {
      expect(input.ConsistentRead).toBe("IndexName" in input ? undefined : true);
    }
  });
});
