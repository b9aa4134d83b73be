/**
 * The services that platform-api asks: DynamoDB, embedded, the user directory, and the tenant's keys. The first two are
 * also reachable through a front that counts and records the requests.
 */
import { once } from "node:events";
import { Agent, createServer, type IncomingMessage, type RequestListener, request } from "node:http";
import { startEmbeddedDynamodb } from "@platform-api/dev/embedded-dynamodb";
import { startUserDirectory } from "@platform-api/dev/user-directory";
import { z } from "zod";
import type { RecordedCall } from "../upstreams.ts";

const LOOPBACK = { host: "127.0.0.1", port: 0 };
const command = z.discriminatedUnion("do", [
  z.object({
    do: z.literal("start"),
    jwks: z.string(),
    serviceToken: z.string(),
    databaseUrl: z.string().optional(),
  }),
  /** Answers with the calls since the last `take`. */
  z.object({ do: z.literal("take") }),
]);

let calls: RecordedCall[] = [];

async function listen(handler: RequestListener): Promise<string> {
  const server = createServer(handler).listen(LOOPBACK);
  await once(server, "listening");
  const address = server.address();
  return `http://127.0.0.1:${typeof address === "object" ? address?.port : ""}`;
}

/** Passes requests on and records them. */
function front(service: RecordedCall["service"], target: string): Promise<string> {
  const agent = new Agent({ keepAlive: true });
  return listen(async (incoming, outgoing) => {
    const body = await textOf(incoming);
    const { method = "GET", url: path = "/", headers } = incoming;
    const operation = String(headers["x-amz-target"] ?? "").replace(/^.*\./, "");
    calls.push({ service, operation, method, path, body });
    const passed = request(new URL(path, target), { method, headers, agent }, (reply) => {
      outgoing.writeHead(reply.statusCode ?? 502, reply.headers);
      reply.pipe(outgoing);
    });
    passed.end(body);
  });
}

async function textOf(incoming: IncomingMessage): Promise<string> {
  let text = "";
  for await (const chunk of incoming.setEncoding("utf8")) text += chunk;
  return text;
}

async function start(jwks: string, token: string, databaseUrl: string | undefined) {
  const [dynamodb, directory] = await Promise.all([
    startEmbeddedDynamodb(LOOPBACK),
    startUserDirectory({ ...LOOPBACK, token, ...(databaseUrl && { databaseUrl }) }),
  ]);
  return {
    store: dynamodb.endpoint,
    directory: directory.url,
    recordedStore: await front("store", dynamodb.endpoint),
    recordedDirectory: await front("directory", directory.url),
    jwks: await listen((_request, response) => {
      response.setHeader("content-type", "application/json").end(jwks);
    }),
  };
}

process.on("message", async (message) => {
  const asked = command.parse(message);
  if (asked.do === "start") {
    process.send?.(await start(asked.jwks, asked.serviceToken, asked.databaseUrl));
    return;
  }
  process.send?.(calls);
  calls = [];
});
