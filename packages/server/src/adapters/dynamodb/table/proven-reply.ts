import type { DynamoDBClient } from "@aws-sdk/client-dynamodb";

/** A success that may come from a proxy, or was cut short. Another attempt may get a real reply. */
class UnprovenReply extends Error {
  override readonly name = "UnprovenReply";
  readonly $retryable = {};
}

/** Members of the input that only requests for items have. */
const OF_ITEMS = ["Key", "Item", "KeyConditionExpression", "TransactItems"];

/**
 * The SDK reads an empty 200 as `{}`, which means "no such item" for a read and "done" for a write. So every request
 * for items also requests its consumed capacity, which only the store itself can report.
 */
export function requireProof({ middlewareStack }: DynamoDBClient): void {
  middlewareStack.add(
    (next) => (args) => {
      const isOfItems = OF_ITEMS.some((member) => member in args.input);
      if (isOfItems) Object.assign(args.input, { ReturnConsumedCapacity: "TOTAL" });
      return next(args);
    },
    { step: "initialize", name: "requestProof" },
  );
  middlewareStack.add(
    (next) => async (args) => {
      const result = await next(args);
      const { output } = result;
      if ("ReturnConsumedCapacity" in args.input && !("ConsumedCapacity" in (output ?? {}))) {
        throw new UnprovenReply("the reply does not report the consumed capacity");
      }
      return result;
    },
    { step: "deserialize", name: "requireProof", priority: "high" },
  );
}
