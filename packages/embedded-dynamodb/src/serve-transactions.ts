import { randomUUID } from "node:crypto";
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import { text } from "node:stream/consumers";
import type { Store } from "dynalite/db/index.js";
import { ApiError, answerOf } from "./api-error.ts";
import { Transactions } from "./transactions.ts";

const TARGET = "DynamoDB_20120810.TransactWriteItems";

/** Answers `TransactWriteItems` in place of a server of dynalite, which answers everything else. */
export function serveTransactions(server: Server, store: Store): void {
  const transactions = new Transactions(store);
  const others = server.listeners("request");
  server.removeAllListeners("request");
  server.on("request", (request, response) => {
    if (request.headers["x-amz-target"] === TARGET) {
      void answer(request, response, transactions);
      return;
    }
    for (const each of others) each.call(server, request, response);
    request.removeAllListeners("error"); // dynalite throws there when a client aborts its request
  });
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  transactions: Transactions,
): Promise<void> {
  try {
    const body = JSON.parse(await text(request));
    send(response, 200, await transactions.write(body));
  } catch (error) {
    const refusal = answerOf(error);
    if (refusal !== null) send(response, 400, refusal);
    else if (error instanceof SyntaxError)
      send(response, 400, { __type: "com.amazon.coral.service#SerializationException" });
    else send(response, 500, new ApiError("InternalServerError", String(error)).body);
  }
}

function send(response: ServerResponse, status: number, body: object): void {
  const text = JSON.stringify(body);
  const headers = {
    "content-type": "application/x-amz-json-1.0",
    "content-length": Buffer.byteLength(text),
    "x-amzn-requestid": randomUUID(),
  };
  response.writeHead(status, headers).end(text);
}
