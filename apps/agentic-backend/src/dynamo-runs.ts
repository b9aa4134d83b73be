import { once } from "node:events";
import { ConditionalCheckFailedException, type DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { DynamoDBDocumentClient, PutCommand, QueryCommand } from "@aws-sdk/lib-dynamodb";
import { z } from "zod";
import { Refusal } from "./refusal.ts";
import { type Owner, type Runs, runSchema } from "./run.ts";

const DEADLINE_MS = 1_000;
// The SDK reads an empty 200 as `{}`: only what the store itself says counts as its answer.
const found = z.object({ Items: z.array(runSchema) });
const stored = z.object({ ConsumedCapacity: z.object({}) });

export function dynamoRuns(client: DynamoDBClient, TableName: string): Runs {
  const documents = DynamoDBDocumentClient.from(client);

  async function query(owner: Owner, comparison: "<" | "=", id: string, Limit: number) {
    const KeyConditionExpression = `pk = :pk AND sk ${comparison} :sk`;
    const ExpressionAttributeValues = { ":pk": owner, ":sk": id };
    const newestFirst = { ScanIndexForward: false, ConsistentRead: true, Limit };
    const input = { TableName, KeyConditionExpression, ExpressionAttributeValues, ...newestFirst };
    return (await ask(found, (until) => documents.send(new QueryCommand(input), until))).Items;
  }

  return {
    list: (owner, limit, before = "~") => query(owner, "<", before, limit),
    find: async (owner, id) => (await query(owner, "=", id, 1))[0] ?? null,
    async put(owner, run, replaced) {
      const input = {
        TableName,
        Item: { pk: owner, sk: run.id, ...run },
        ConditionExpression: replaced === null ? "attribute_not_exists(#status)" : "#status = :replaced",
        ExpressionAttributeNames: { "#status": "status" },
        ...(replaced !== null && { ExpressionAttributeValues: { ":replaced": replaced } }),
        ReturnConsumedCapacity: "TOTAL",
      } as const;
      try {
        await ask(stored, (until) => documents.send(new PutCommand(input), until));
        return true;
      } catch (error) {
        if (error instanceof Refusal && error.cause instanceof ConditionalCheckFailedException) return false;
        throw error;
      }
    },
  };
}

/** One question, all of its attempts within the deadline. @throws {Refusal} STORE_UNAVAILABLE */
async function ask<T>(
  answer: z.ZodType<T>,
  send: (until: { abortSignal: AbortSignal }) => Promise<unknown>,
): Promise<T> {
  const abortSignal = AbortSignal.timeout(DEADLINE_MS);
  // Some of the SDK's waits, as the one for credentials, do not heed the signal.
  const late = once(abortSignal, "abort").then(() => Promise.reject(abortSignal.reason));
  try {
    return answer.parse(await Promise.race([send({ abortSignal }), late]));
  } catch (cause) {
    throw new Refusal("STORE_UNAVAILABLE", { cause });
  }
}
