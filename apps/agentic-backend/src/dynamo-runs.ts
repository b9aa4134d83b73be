import { once } from "node:events";
import { ConditionalCheckFailedException, type DynamoDB } from "@aws-sdk/client-dynamodb";
import { DynamoDBDocument } from "@aws-sdk/lib-dynamodb";
import { z } from "zod";
import { Refusal } from "./refusal.ts";
import { type Owner, type Run, runSchema } from "./run.ts";

// The AWS SDK accepts an empty 200 as an answer. Only a response with DynamoDB's request id counts.
const $metadata = z.object({ requestId: z.string() });
const answerSchema = z.object({ $metadata, Items: z.array(runSchema).default([]) });

/** The store of runs. Each method throws {@link Refusal} STORE_UNAVAILABLE without an answer within 1 s. */
export function dynamoRuns(client: DynamoDB, TableName: string) {
  const documents = DynamoDBDocument.from(client);

  async function query(owner: Owner, comparison: "<" | "=", id: string, Limit: number): Promise<Run[]> {
    const KeyConditionExpression = `pk = :pk AND sk ${comparison} :sk`;
    const ExpressionAttributeValues = { ":pk": owner, ":sk": id };
    const newestFirst = { ScanIndexForward: false, ConsistentRead: true, Limit };
    const input = { TableName, KeyConditionExpression, ExpressionAttributeValues, ...newestFirst };
    return (await sendWithin1s((until) => documents.query(input, until))) ?? [];
  }

  return {
    /** Newest first, starting after the run `before`. */
    list: (owner: Owner, limit: number, before = "~") => query(owner, "<", before, limit),
    find: async (owner: Owner, id: string) => (await query(owner, "=", id, 1))[0] ?? null,
    /** Stores a run that does not exist, or still has the status `from`. Returns false when neither is true. */
    async put(owner: Owner, run: Run, from: Run["status"] | "none"): Promise<boolean> {
      const input = {
        TableName,
        Item: { pk: owner, sk: run.id, ...run },
        ConditionExpression: "attribute_not_exists(pk) OR #status = :from",
        ExpressionAttributeNames: { "#status": "status" },
        ExpressionAttributeValues: { ":from": from },
      };
      return (await sendWithin1s((until) => documents.put(input, until))) !== null;
    },
  };
}

export type DynamoRuns = ReturnType<typeof dynamoRuns>;

/** Sends a request with all its attempts, within the deadline. Returns null when its condition does not hold. */
async function sendWithin1s(
  send: (until: { abortSignal: AbortSignal }) => Promise<unknown>,
): Promise<Run[] | null> {
  const abortSignal = AbortSignal.timeout(1_000);
  // Some of the AWS SDK's waits, such as the one for credentials, ignore the signal.
  const late = once(abortSignal, "abort").then(() => Promise.reject(abortSignal.reason));
  try {
    return answerSchema.parse(await Promise.race([send({ abortSignal }), late])).Items;
  } catch (cause) {
    if (cause instanceof ConditionalCheckFailedException) return null;
    throw new Refusal("STORE_UNAVAILABLE", cause);
  }
}
