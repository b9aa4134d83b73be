import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { connect, createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { z } from "zod";
import { type RunningDynamodb, startEmbeddedDynamodb } from "./embedded-dynamodb.ts";

const LOOPBACK = { host: "127.0.0.1", port: 0 };
const TABLE = {
  TableName: "people",
  BillingMode: "PAY_PER_REQUEST",
  AttributeDefinitions: [{ AttributeName: "pk", AttributeType: "S" }],
  KeySchema: [{ AttributeName: "pk", KeyType: "HASH" }],
};
const JANE = { pk: { S: "jane" } };

let dataFolder: string;
beforeAll(async () => {
  dataFolder = await mkdtemp(join(tmpdir(), "embedded-dynamodb-"));
});
afterAll(() => rm(dataFolder, { recursive: true }));

async function call({ endpoint }: RunningDynamodb, operation: string, input: object): Promise<unknown> {
  const headers = {
    "content-type": "application/x-amz-json-1.0",
    "x-amz-target": `DynamoDB_20120810.${operation}`,
    "x-amz-date": "20260101T000000Z",
    authorization: "AWS4-HMAC-SHA256 Credential=any, SignedHeaders=host, Signature=any",
  };
  const response = await fetch(endpoint, { method: "POST", headers, body: JSON.stringify(input) });
  return response.json();
}

async function connectTo({ endpoint }: RunningDynamodb): Promise<Socket> {
  const socket = connect(Number(new URL(endpoint).port), "127.0.0.1");
  await once(socket, "connect");
  return socket;
}

it("has a new table ready at once, and keeps it and its items across a restart", async () => {
  const first = await startEmbeddedDynamodb({ ...LOOPBACK, dataFolder });
  await call(first, "CreateTable", TABLE);
  // Twenty answers come long before the half second for which the store would otherwise prepare a table.
  const answers: unknown[] = [];
  for (let times = 0; times < 20; times += 1)
    answers.push(await call(first, "DescribeTable", { TableName: "people" }));
  expect(answers.at(-1)).toMatchObject({ Table: { TableStatus: "ACTIVE" } });
  await call(first, "PutItem", { TableName: "people", Item: JANE });
  await first.close();

  const second = await startEmbeddedDynamodb({ ...LOOPBACK, dataFolder });
  expect(await call(second, "GetItem", { TableName: "people", Key: JANE })).toEqual({ Item: JANE });
  await second.close();
});

it("keeps idle connections open, so that it closes none that a client has just begun to use", async () => {
  const running = await startEmbeddedDynamodb(LOOPBACK);
  const response = await fetch(running.endpoint);
  expect(response.headers.get("keep-alive")).toBe("timeout=3600");
  await running.close();
});

it("refuses a folder that another store uses", async () => {
  const running = await startEmbeddedDynamodb({ ...LOOPBACK, dataFolder });
  await expect(startEmbeddedDynamodb({ ...LOOPBACK, dataFolder })).rejects.toThrow(
    `data folder ${dataFolder} (embedded DynamoDB) is in use by process ${process.pid}: stop that process`,
  );
  await running.close();
});

it("says how to fix a broken folder, and releases it", async () => {
  const folder = join(dataFolder, "broken");
  await (await startEmbeddedDynamodb({ ...LOOPBACK, dataFolder: folder })).close();
  await writeFile(join(folder, "leveldb", "CURRENT"), "nonsense\n");
  await expect(startEmbeddedDynamodb({ ...LOOPBACK, dataFolder: folder })).rejects.toThrow(
    /^data folder \S+broken \(embedded DynamoDB\) cannot be opened \(.*nonsense.*\): delete it to start over$/,
  );
  await rm(folder, { recursive: true });
  await (await startEmbeddedDynamodb({ ...LOOPBACK, dataFolder: folder })).close();
});

it("names a port that is in use, and releases the folder", async () => {
  const other = createServer().listen(0, "127.0.0.1");
  await once(other, "listening");
  const { port } = z.object({ port: z.number() }).parse(other.address());
  await expect(startEmbeddedDynamodb({ ...LOOPBACK, port, dataFolder })).rejects.toThrow(
    `port ${port} (embedded DynamoDB) is in use: stop what listens there, or choose another port`,
  );
  other.close();
  await (await startEmbeddedDynamodb({ ...LOOPBACK, dataFolder })).close();
});

it("keeps serving after a client aborts its request", async () => {
  const running = await startEmbeddedDynamodb(LOOPBACK);
  const socket = await connectTo(running);
  socket.write("POST / HTTP/1.1\r\nHost: any\r\nContent-Length: 9\r\n\r\n{");
  await new Promise((resolve) => setTimeout(resolve, 50));
  socket.resetAndDestroy();
  expect(await call(running, "ListTables", {})).toEqual({ TableNames: [] });
  await running.close();
});

it("closes even while a client keeps an unused connection open", async () => {
  const running = await startEmbeddedDynamodb(LOOPBACK);
  const idle = await connectTo(running);
  const closed = once(idle.resume(), "close");
  await running.close();
  await closed;
});
