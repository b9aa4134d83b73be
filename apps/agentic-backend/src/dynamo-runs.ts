import { once } from "node:events";
import { ConditionalCheckFailedException, type DynamoDB } from "@aws-sdk/client-dynamodb";
import { DynamoDBDocument } from "@aws-sdk/lib-dynamodb";
import { z } from "zod";
import { Refusal } from "./refusal.ts";
import { type Owner, type Run, runSchema } from "./run.ts";

// The SDK takes an empty 200 for an answer: only what has DynamoDB's request id is one.
const $metadata = z.object({ requestId: z.string() });
const answerSchema = z.object({ $metadata, Items: z.array(runSchema).default([]) });

/** Where runs are kept. Each method throws {@link Refusal} STORE_UNAVAILABLE without an answer within 1 s. */
export function dynamoRuns(client: DynamoDB, TableName: string) {
  const documents = DynamoDBDocument.from(client);

  async function query(owner: Owner, comparison: "<" | "=", id: string, Limit: number): Promise<Run[]> {
    const KeyConditionExpression = `pk = :pk AND sk ${comparison} :sk`;
    const ExpressionAttributeValues = { ":pk": owner, ":sk": id };
    const newestFirst = { ScanIndexForward: false, ConsistentRead: true, Limit };
    const input = { TableName, KeyConditionExpression, ExpressionAttributeValues, ...newestFirst };
    return (await ask((until) => documents.query(input, until))) ?? [];
  }

  return {
    /** Newest first, from the one before the run `before` on. */
    list: (owner: Owner, limit: number, before = "~") => query(owner, "<", before, limit),
    find: async (owner: Owner, id: string) => (await query(owner, "=", id, 1))[0] ?? null,
    /** Stores a run that is new, or of the status `from` still; false when it is there, or has gone on since. */
    async put(owner: Owner, run: Run, from: Run["status"] | "none"): Promise<boolean> {
      const input = {
        TableName,
        Item: { pk: owner, sk: run.id, ...run },
        ConditionExpression: "attribute_not_exists(pk) OR #status = :from",
        ExpressionAttributeNames: { "#status": "status" },
        ExpressionAttributeValues: { ":from": from },
      };
      return (await ask((until) => documents.put(input, until))) !== null;
    },
  };
}

/** All attempts of a question, within the deadline; null when a condition does not hold. */
async function ask(send: (until: { abortSignal: AbortSignal }) => Promise<unknown>): Promise<Run[] | null> {
  const abortSignal = AbortSignal.timeout(1_000);
  // Some of the SDK's waits, as the one for credentials, do not heed the signal.
  const late = once(abortSignal, "abort").then(() => Promise.reject(abortSignal.reason));
  try {
    return answerSchema.parse(await Promise.race([send({ abortSignal }), late])).Items;
  } catch (cause) {
    if (cause instanceof ConditionalCheckFailedException) return null;
    throw new Refusal("STORE_UNAVAILABLE", cause);
  }
}
