import { once } from "node:events";
import { type DynamoDB, TransactionCanceledException } from "@aws-sdk/client-dynamodb";
import { DynamoDBDocument, type TransactWriteCommandInput } from "@aws-sdk/lib-dynamodb";
import { z } from "zod";
import { Refusal } from "./refusal.ts";

// The AWS SDK accepts an empty 200 as an answer. Only a response with DynamoDB's request id counts.
const answerSchema = z.object({
  $metadata: z.object({ requestId: z.string() }),
  Items: z.array(z.unknown()).default([]),
  LastEvaluatedKey: z.record(z.string(), z.unknown()).optional(),
});
type Answer = z.output<typeof answerSchema>;

export type Writes = NonNullable<TransactWriteCommandInput["TransactItems"]>;

export type DynamoTable = ReturnType<typeof openTable>;

/** A table. Each method throws {@link Refusal} STORE_UNAVAILABLE without an answer within 1 s. */
export function openTable(client: DynamoDB, TableName: string) {
  const documents = DynamoDBDocument.from(client, { marshallOptions: { removeUndefinedValues: true } });
  return {
    TableName,

    query(
      KeyConditionExpression: string,
      values: Record<string, string>,
      more: object = {},
    ): Promise<Answer> {
      const ExpressionAttributeValues = values;
      const input = { TableName, KeyConditionExpression, ExpressionAttributeValues, ConsistentRead: true };
      return sendWithin1s((until) => documents.query({ ...input, ...more }, until));
    },

    async put(Item: object): Promise<void> {
      await sendWithin1s((until) => documents.put({ TableName, Item: { ...Item } }, until));
    },

    async delete(Key: Record<string, string>): Promise<void> {
      await sendWithin1s((until) => documents.delete({ TableName, Key }, until));
    },

    /** @returns false when a condition does not hold, or somebody else is writing one of the items */
    async write(TransactItems: Writes): Promise<boolean> {
      try {
        await sendWithin1s((until) => documents.transactWrite({ TransactItems }, until));
        return true;
      } catch (error) {
        if (error instanceof Refusal && isLost(error.cause)) return false;
        throw error;
      }
    },
  };
}

function isLost(cause: unknown): boolean {
  if (!(cause instanceof TransactionCanceledException)) return false;
  const codes = cause.CancellationReasons?.map(({ Code }) => Code) ?? [];
  return codes.includes("ConditionalCheckFailed") || codes.includes("TransactionConflict");
}

/** @throws {Refusal} STORE_UNAVAILABLE for what is malformed */
export function parsed<T>(schema: z.ZodType<T>, value: unknown): T {
  const { data, error, success } = schema.safeParse(value);
  if (!success) throw new Refusal("STORE_UNAVAILABLE", error);
  return data;
}

/** Sends a request with all its attempts, within the deadline. */
async function sendWithin1s(
  send: (until: { abortSignal: AbortSignal }) => Promise<unknown>,
): Promise<Answer> {
  const abortSignal = AbortSignal.timeout(1_000);
  // Some of the AWS SDK's waits, such as the one for credentials, ignore the signal.
  const late = once(abortSignal, "abort").then(() => Promise.reject(abortSignal.reason));
  try {
    return answerSchema.parse(await Promise.race([send({ abortSignal }), late]));
  } catch (cause) {
    throw new Refusal("STORE_UNAVAILABLE", cause);
  }
}
