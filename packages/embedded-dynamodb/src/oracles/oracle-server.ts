import { createServer, request, type Server } from "node:http";
import { startOracle } from "./oracle.ts";

/** @returns a server that passes its requests on to an oracle, which ends when it closes */
export async function createOracleServer(key: string): Promise<Server> {
  const { endpoint, stop } = await startOracle(key);
  const server = createServer((incoming, response) => {
    const { method, headers } = incoming;
    const outgoing = request(endpoint, { method, headers }, (reply) => {
      response.writeHead(reply.statusCode ?? 502, reply.headers);
      reply.pipe(response);
    });
    outgoing.on("error", () => response.destroy());
    incoming.pipe(outgoing);
  });
  const close = server.close.bind(server);
  server.close = (done) => {
    const wasListening = server.listening;
    return close((error) => {
      stop();
      done?.(wasListening ? error : undefined);
    });
  };
  return server;
}
