import { randomUUID } from "node:crypto";
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import { text } from "node:stream/consumers";
import { ApiError, answerOf } from "./api-error.ts";

/** Answers a body. @throws what it answers with status 400 */
type Operation = (body: never) => Promise<object>;

/**
 * Answers these operations in place of a server of dynalite, which answers everything else.
 * @returns what resolves when nothing is worked on, also for clients that have gone
 */
export function serveOperations(
  server: Server,
  operations: Readonly<Record<string, Operation>>,
): () => Promise<void> {
  const working = new Set<Promise<void>>();
  const byTarget = new Map(
    Object.entries(operations).map(([name, run]) => [`DynamoDB_20120810.${name}`, run]),
  );
  const others = server.listeners("request");
  server.removeAllListeners("request");
  server.on("request", (request, response) => {
    const operation = byTarget.get(String(request.headers["x-amz-target"]));
    if (operation !== undefined) {
      void answer(request, response, operation);
      return;
    }
    // Where its body does not come, it never ends.
    request.once("end", () => {
      const work = untilAnswered(response);
      working.add(work);
      void work.then(() => working.delete(work));
    });
    for (const each of others) each.call(server, request, response);
    request.removeAllListeners("error"); // dynalite throws there when a client aborts its request
  });
  return async () => {
    while (working.size > 0) await Promise.all(working);
  };
}

/** Until dynalite has made its answer, whether or not somebody still waits for it. */
function untilAnswered(response: ServerResponse): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const end = response.end.bind(response) as (...answer: unknown[]) => ServerResponse;
  response.end = (...answer: unknown[]) => {
    resolve();
    return end(...answer);
  };
  return promise;
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  operation: Operation,
): Promise<void> {
  try {
    const body = JSON.parse(await text(request));
    send(response, 200, await operation(body as never));
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
