import { GetCommand, QueryCommand } from "@aws-sdk/lib-dynamodb";
import { afterAll, describe, expect, it, vi } from "vitest";
import { startEmbeddedStore } from "../testing/embedded-store.ts";
import { everyQuestion } from "../testing/every-question.ts";

const store = await startEmbeddedStore();
afterAll(() => store.close());

describe("reading", () => {
  // The embedded store is always consistent: only the request shows what DynamoDB would be asked for.
  it("is consistent, save from the index, which cannot be", async () => {
    const table = await store.emptyTable();
    const send = vi.spyOn(table.documents, "send");
    await Promise.allSettled(everyQuestion(table));
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
