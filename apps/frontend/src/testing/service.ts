import { once } from "node:events";
import { createServer, type IncomingMessage } from "node:http";
import { text } from "node:stream/consumers";

/** A response. "reset" ends the connection without one. */
export type Reply = { readonly status?: number; readonly body: unknown } | "reset";

export interface Asked {
  readonly path: string;
  readonly headers: IncomingMessage["headers"];
  readonly body: string;
}

export interface Service {
  readonly url: string;
  readonly asked: Asked[];
  /** By path without its query. Unknown paths answer 404. */
  replies: Record<string, Reply | (() => Reply | Promise<Reply>)>;
  close(): Promise<void>;
}

/** Starts a service on loopback with open CORS. A string body is sent as HTML, anything else as JSON. */
export async function startService(): Promise<Service> {
  const asked: Asked[] = [];
  const server = createServer(async (request, response) => {
    const cors = { "access-control-allow-origin": "*", "access-control-allow-headers": "*, authorization" };
    if (request.method === "OPTIONS") return response.writeHead(204, cors).end();
    const path = request.url ?? "/";
    asked.push({ path, headers: request.headers, body: await text(request) });
    const found = service.replies[path.split("?")[0] ?? ""] ?? { status: 404, body: {} };
    const reply = typeof found === "function" ? await found() : found;
    if (reply === "reset") return request.socket.destroy();
    const isText = typeof reply.body === "string";
    const type = isText ? "text/html" : "application/json";
    response.writeHead(reply.status ?? 200, { ...cors, "content-type": type });
    response.end(isText ? reply.body : JSON.stringify(reply.body));
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  const address = server.address();
  const port = typeof address === "object" ? address?.port : undefined;
  const service: Service = {
    url: `http://127.0.0.1:${port}`,
    asked,
    replies: {},
    close: async () => {
      const closed = once(server.close(), "close");
      server.closeAllConnections();
      await closed;
    },
  };
  return service;
}
