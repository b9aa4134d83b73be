import { createServer, type IncomingMessage, type ServerResponse } from "node:http";

export type Answer = (response: ServerResponse, request: IncomingMessage) => void;

/** A key set endpoint on loopback that can be made to fail. */
export interface JwksServer {
  readonly url: string;
  /** The answer to the next requests. */
  answer: Answer;
  /** Requests so far. */
  hits: number;
  /** Requests whose connection is still open. */
  open: number;
  close(): Promise<void>;
}

export async function startJwksServer(answer: Answer): Promise<JwksServer> {
  const server = createServer((request, response) => {
    jwks.hits++;
    jwks.open++;
    response.on("close", () => jwks.open--);
    jwks.answer(response, request);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("not listening");
  const jwks: JwksServer = {
    url: `http://127.0.0.1:${address.port}/.well-known/jwks.json`,
    answer,
    hits: 0,
    open: 0,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  return jwks;
}

export function body(content: unknown, headers: Record<string, string> = {}): Answer {
  return (response) => {
    const bytes = Buffer.isBuffer(content) ? content : Buffer.from(JSON.stringify(content));
    response.writeHead(200, { "content-type": "application/json", ...headers }).end(bytes);
  };
}

export function status(code: number, headers: Record<string, string> = {}, content = ""): Answer {
  return (response) => {
    response.writeHead(code, headers).end(content);
  };
}

/** Sends headers, then one byte at a time forever. */
export function drip(code: number): Answer {
  return (response) => {
    response.writeHead(code);
    const timer = setInterval(() => response.write(" "), 10);
    response.on("close", () => clearInterval(timer));
  };
}

export const hang: Answer = () => {};

export const reset: Answer = (response) => {
  response.destroy();
};

/** Promises more than it sends. */
export const truncated: Answer = (response) => {
  response.writeHead(200, { "content-length": "1000" });
  response.write('{"keys":[');
  setTimeout(() => response.destroy(), 10);
};
