import { once } from "node:events";
import { type IncomingHttpHeaders, type IncomingMessage, request } from "node:http";
import { connect as connectHttp2, type OutgoingHttpHeaders } from "node:http2";
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
    port,
    host: "127.0.0.1",
    agent: false,
    method,
    path,
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
  socket.on("error", () => {}); // a proxy may close the connection just as the client sends more
  await new Promise((closed) => socket.once("close", closed));
  return reply;
}

/**
 * Asks for a tunnel in HTTP/2, without TLS and without an Upgrade, and sends text through it. Returns the status and all
 * that came back, or null from a proxy that does not speak HTTP/2 like this.
 */
export async function tunnelInHttp2(
  port: number,
  headers: OutgoingHttpHeaders,
  sent: string,
): Promise<readonly [status: number, reply: string] | null> {
  const session = connectHttp2(`http://127.0.0.1:${port}`);
  session.on("error", () => {});
  const stream = session.request({ ...headers, ":method": "CONNECT" });
  let status: number | undefined;
  let reply = "";
  stream.setEncoding("utf8").on("error", () => {});
  stream.on("response", (answer) => {
    status = answer[":status"];
  });
  stream.on("data", (chunk) => {
    reply += chunk;
  });
  stream.end(sent);
  await new Promise((closed) => stream.once("close", closed));
  session.destroy();
  return status === undefined ? null : [status, reply];
}
