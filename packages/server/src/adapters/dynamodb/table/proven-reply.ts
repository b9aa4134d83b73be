import type { DynamoDBClient } from "@aws-sdk/client-dynamodb";

/** A success that says nothing: a proxy's, or a reply cut short. Another attempt may get a real one. */
class UnprovenReply extends Error {
  override readonly name = "UnprovenReply";
  readonly $retryable = {};
}

/** What only a question about items has. */
const OF_ITEMS = ["Key", "Item", "KeyConditionExpression"];

/**
 * The SDK reads an empty 200 as `{}`: for a read "there is no such item", for a write "done". So every question about
 * items asks what it cost, which only the store itself can tell.
 */
export function requireProof({ middlewareStack }: DynamoDBClient): void {
  middlewareStack.add(
    (next) => (args) => {
      const isOfItems = OF_ITEMS.some((member) => member in args.input);
      return next(isOfItems ? { ...args, input: { ...args.input, ReturnConsumedCapacity: "TOTAL" } } : args);
    },
    { step: "initialize", name: "askForProof" },
  );
  middlewareStack.add(
    (next) => async (args) => {
      const result = await next(args);
      const { output } = result;
      if ("ReturnConsumedCapacity" in args.input && !("ConsumedCapacity" in (output ?? {}))) {
        throw new UnprovenReply("the reply holds no sign of the store");
      }
      return result;
    },
    { step: "deserialize", name: "requireProof", priority: "high" },
  );
}
