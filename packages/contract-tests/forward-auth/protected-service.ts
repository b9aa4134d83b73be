import { createHash } from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingMessage } from "node:http";
import { text } from "node:stream/consumers";
import { listen } from "../simulator/free-ports.ts";

/** A request as it reached the service. */
export interface Received {
  readonly method: string | undefined;
  readonly url: string;
  /** Names and values in turn. */
  readonly headers: readonly string[];
  readonly trailers: readonly string[];
  readonly body: string;
}

/** A service that trusts its proxy. It answers every request, agrees to every protocol, and remembers the request. */
export interface ProtectedService {
  readonly port: number;
  /** The request whose path, without its query, ends with this. */
  receivedAt(path: string): Received | undefined;
  close(): Promise<void>;
}

const ANSWER = "from the service";
/** RFC 6455 section 1.3. */
const WEBSOCKET = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

export async function startProtectedService(): Promise<ProtectedService> {
  const received: Received[] = [];
  const remember = ({ method, url = "", rawHeaders, rawTrailers }: IncomingMessage, body: string) =>
    received.push({ method, url, headers: rawHeaders, trailers: rawTrailers, body });
  const server = createServer((request, response) => {
    const answer = (body: string) => {
      remember(request, body);
      response.setHeader("content-type", "text/plain").setHeader("x-answer", "1").end(ANSWER);
    };
    text(request).then(answer, () => {}); // a proxy may give a request up
  });
  server.on("upgrade", (request, socket) => {
    remember(request, "");
    const accept = createHash("sha1")
      .update(`${request.headers["sec-websocket-key"]}${WEBSOCKET}`)
      .digest("base64");
    const { upgrade, "sec-websocket-version": version = "13" } = request.headers;
    const head =
      version === "13"
        ? ["HTTP/1.1 101 Switching Protocols", "Connection: Upgrade", `Upgrade: ${upgrade}`]
        : ["HTTP/1.1 426 Upgrade Required", "Content-Length: 0"];
    socket.write([...head, `Sec-WebSocket-Accept: ${accept}`, "", ""].join("\r\n"));
    socket.on("data", (message) => socket.end(`${message} came back`)).on("end", () => socket.end());
    socket.on("error", () => {});
  });
  // As a handler for every request does in Go: a client that has its 200 takes the connection for a tunnel.
  server.on("connect", (request, socket, head) => {
    remember(request, "");
    socket.unshift(head);
    socket.write("HTTP/1.1 200 OK\r\n\r\n");
    socket.on("data", (message) => socket.end(`${message} came back`)).on("end", () => socket.end());
    socket.on("error", () => {});
  });
  // A proxy answers 502 if the service closes an idle connection just as the proxy sends a PATCH over it.
  server.keepAliveTimeout = 0;
  const port = await listen(server);
  return {
    port,
    receivedAt: (path) => received.find(({ url }) => url.split("?")[0]?.endsWith(path)),
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

const IDENTITY = ["x-user-id", "x-organization-id", "x-organization-role", "x-actor-client"];

/**
 * What a service may take for the identity: the values of each header, in every spelling that some service reads as the
 * same. An empty value is as good as none.
 */
export function identityIn({ headers }: Received): Readonly<Record<string, readonly string[]>> {
  const valuesOf = (wanted: string) =>
    headers.filter((value, index, all) => {
      const name = all[index - 1]?.toLowerCase().replaceAll(/[^a-z0-9]/g, "-");
      return index % 2 === 1 && name === wanted && value !== "";
    });
  return Object.fromEntries(IDENTITY.map((name) => [name, valuesOf(name)]));
}

/** The values of one header. */
export function valuesOf({ headers }: Received, wanted: string): readonly string[] {
  return headers.filter((_, index) => index % 2 === 1 && headers[index - 1]?.toLowerCase() === wanted);
}
