import { createServer, type IncomingHttpHeaders } from "node:http";
import { DynamoDBClient, ListTablesCommand } from "@aws-sdk/client-dynamodb";
import { expect, it } from "vitest";
import { listen } from "../testing/fault-proxy.ts";
import { leaveOut } from "./left-out.ts";

const LEFT_OUT = ["loggerMiddleware", "getUserAgentMiddleware", "recursionDetectionMiddleware"];

it("removes steps that the SDK has under these names, and no other", () => {
  const client = new DynamoDBClient({ region: "eu-central-1" });
  const steps = () => client.middlewareStack.identify().map((step) => step.split(" ")[0] ?? "");
  const before = steps();
  expect(before).toEqual(expect.arrayContaining(LEFT_OUT));
  leaveOut(client);
  const kept = before.filter((step) => !LEFT_OUT.includes(step));
  expect(steps().sort()).toEqual([...kept, "userAgent"].sort());
});

it("names platform-api in the user-agent header", async () => {
  let seen: IncomingHttpHeaders = {};
  const server = createServer((request, response) => {
    seen = request.headers;
    response.end("{}");
  });
  const client = new DynamoDBClient({
    region: "eu-central-1",
    credentials: { accessKeyId: "local", secretAccessKey: "local" },
    endpoint: `http://127.0.0.1:${await listen(server)}`,
  });
  leaveOut(client);
  await client.send(new ListTablesCommand());
  expect(seen).toMatchObject({ "user-agent": "platform-api", "x-amz-target": expect.any(String) });
  expect(seen).not.toHaveProperty("x-amz-user-agent");
  client.destroy();
  server.close();
});
