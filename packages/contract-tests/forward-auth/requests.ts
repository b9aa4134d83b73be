import { once } from "node:events";
import { type IncomingHttpHeaders, type IncomingMessage, request } from "node:http";
import { connect } from "node:net";
import { text } from "node:stream/consumers";

export interface Sent {
  readonly method?: string;
  readonly path: string;
  /** Names and values in turn. */
  readonly headers?: readonly string[];
  readonly body?: string | Buffer;
}

/** What the client of the proxy saw. */
export interface Answer {
  readonly status: number | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  /** Null for a body that is not ours. */
  readonly reason: string | null;
  readonly ms: number;
}

/** Sends a request with exactly these headers over its own connection. */
export async function send(
  port: number,
  { method = "GET", path, headers = [], body }: Sent,
): Promise<Answer> {
  const beganMs = performance.now();
  const outgoing = request({
    ...{ port, host: "127.0.0.1", agent: false, method, path },
    headers: ["Host", "service.example", ...headers],
  }).end(body);
  const [response]: IncomingMessage[] = await once(outgoing, "response");
  if (response === undefined) throw new Error("no response");
  const answer = await text(response);
  return {
    status: response.statusCode,
    headers: response.headers,
    body: answer,
    reason: /"reason":"(\w+)"/.exec(answer)?.[1] ?? null,
    ms: performance.now() - beganMs,
  };
}

/** Sends text, and then each further text when something has come back. Returns all that came back. */
export async function sendRaw(port: number, ...[first, ...further]: string[]): Promise<string> {
  const socket = connect(port, "127.0.0.1");
  let reply = "";
  socket.setEncoding("utf8").on("data", (chunk) => {
    reply += chunk;
    const next = further.shift();
    if (next !== undefined) socket.write(next);
  });
  socket.write(first ?? "");
  await once(socket, "close");
  return reply;
}
