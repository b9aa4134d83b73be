/** Makes recorded calls of DynamoDB and the user directory with the AWS SDK and `fetch` alone. */
import { Agent } from "node:http";
import {
  BatchGetItemCommand,
  DeleteItemCommand,
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  TransactWriteItemsCommand,
  UpdateItemCommand,
} from "@aws-sdk/client-dynamodb";
import { z } from "zod";
import { type RecordedCall, recordedCall, SERVICE_TOKEN } from "../upstreams.ts";

const command = z.discriminatedUnion("do", [
  z.object({
    do: z.literal("load"),
    store: z.string(),
    directory: z.string(),
    calls: z.array(recordedCall),
  }),
  /** Makes each call once, in order. */
  z.object({ do: z.literal("once") }),
  /** Repeats them for so long. */
  z.object({ do: z.literal("repeat"), ms: z.number(), atOnce: z.number() }),
]);

let calls: readonly RecordedCall[] = [];
/** One for each address of the store: its first request connects. */
const clients = new Map<string, DynamoDBClient>();
let client = clientOf("http://127.0.0.1:9");
let directory = "";

function clientOf(endpoint: string): DynamoDBClient {
  const known = clients.get(endpoint);
  if (known !== undefined) return known;
  const made = new DynamoDBClient({
    region: "eu-central-1",
    endpoint,
    credentials: { accessKeyId: "local", secretAccessKey: "local" },
    requestHandler: { httpAgent: new Agent({ keepAlive: true, maxSockets: 64 }) },
  });
  clients.set(endpoint, made);
  return made;
}

async function callStore(operation: string, body: string): Promise<unknown> {
  const input = JSON.parse(body);
  switch (operation) {
    case "GetItem":
      return client.send(new GetItemCommand(input));
    case "BatchGetItem":
      return client.send(new BatchGetItemCommand(input));
    case "Query":
      return client.send(new QueryCommand(input));
    case "PutItem":
      return client.send(new PutItemCommand(input));
    case "UpdateItem":
      return client.send(new UpdateItemCommand(input));
    case "DeleteItem":
      return client.send(new DeleteItemCommand(input));
    case "TransactWriteItems":
      // The SDK makes a token of its own: the recorded one belongs to the transaction that was recorded.
      return client.send(new TransactWriteItemsCommand({ ...input, ClientRequestToken: undefined }));
    default:
      throw new Error(`an operation that the bench does not know: ${operation}`);
  }
}

async function callDirectory({ method, path, body }: RecordedCall): Promise<void> {
  const headers = { authorization: `Bearer ${SERVICE_TOKEN}`, "content-type": "application/json" };
  const response = await fetch(`${directory}${path}`, { method, headers, body });
  await response.json();
  if (!response.ok) throw new Error(`the directory answered ${response.status}`);
}

async function make(call: RecordedCall): Promise<void> {
  if (call.service === "directory") await callDirectory(call);
  else await callStore(call.operation, call.body);
}

/** @returns how many calls it made */
async function repeat(ms: number, atOnce: number): Promise<number> {
  const endMs = performance.now() + ms;
  let count = 0;
  const worker = async () => {
    while (performance.now() < endMs) {
      const call = calls[count % calls.length];
      count += 1;
      if (call !== undefined) await make(call);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
  return count;
}

process.on("message", async (message) => {
  const asked = command.parse(message);
  if (asked.do === "load") {
    ({ calls, directory } = asked);
    client = clientOf(asked.store);
  } else if (asked.do === "once") {
    for (const call of calls) await make(call);
  }
  const count = asked.do === "repeat" ? await repeat(asked.ms, asked.atOnce) : calls.length;
  process.send?.({ count });
});
