/** Bare `node:http` servers, each of which answers every request with the same bytes. */
import { createPublicKey, verify } from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { z } from "zod";

const bareServer = z.object({
  answer: z.object({ headers: z.array(z.string()), body: z.string() }),
  readsBody: z.boolean(),
  /** Verifies the request's bearer token with this RS256 key, and does nothing else with it. */
  publicKey: z.string().nullable(),
});

type BareServer = z.infer<typeof bareServer>;

function handler({ answer, readsBody, publicKey }: BareServer) {
  const end = (response: ServerResponse) => {
    response.writeHead(200, answer.headers);
    response.end(answer.body);
  };
  if (publicKey !== null) {
    const key = createPublicKey(publicKey);
    return (request: IncomingMessage, response: ServerResponse) => {
      const token = (request.headers.authorization ?? "").slice("Bearer ".length);
      const dot = token.lastIndexOf(".");
      const signature = Buffer.from(token.slice(dot + 1), "base64url");
      if (!verify("sha256", Buffer.from(token.slice(0, dot)), key, signature))
        throw new Error("a bad signature");
      end(response);
    };
  }
  if (!readsBody) return (_request: IncomingMessage, response: ServerResponse) => end(response);
  return (request: IncomingMessage, response: ServerResponse) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => end(response));
  };
}

process.on("message", async (message) => {
  const server = createServer(handler(bareServer.parse(message))).listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  process.send?.({ url: `http://127.0.0.1:${typeof address === "object" ? address?.port : ""}` });
});
