import { once } from "node:events";
import { createServer, type Server } from "node:http";
import { connect } from "node:net";
import { afterEach, expect, it } from "vitest";
import { answerClientError } from "./error-answers.ts";

let server: Server | undefined;
afterEach(() => server?.closeAllConnections());
afterEach(() => void server?.close());

it.each([
  ["the headers", "GET /validate HTTP/1.1\r\nHost: "],
  ["the body", "POST /validate HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\n"],
])(
  "T8G: closes a connection whose client sends %s too slowly and goes on behind the refusal",
  async (_, start) => {
    const timeouts = { headersTimeout: 50, requestTimeout: 50, connectionsCheckingInterval: 20 };
    server = createServer(timeouts, () => {}).on("clientError", answerClientError);
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const address = server.address();
    const port = typeof address === "object" ? address?.port : undefined;
    const client = connect({ port: port ?? 0, host: "127.0.0.1", allowHalfOpen: true });
    client.write(start);
    const [refusal] = await once(client, "data");
    expect(String(refusal)).toMatch(/^HTTP\/1\.1 408 /);
    const sending = setInterval(() => client.write("x"), 20);
    const [error] = await once(client, "error").finally(() => clearInterval(sending));
    expect(error).toMatchObject({ code: expect.stringMatching(/^(ECONNRESET|EPIPE)$/) });
  },
);
