import { once } from "node:events";
import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { gzipSync } from "node:zlib";
import { afterEach, expect, it } from "vitest";
import { createCljClient } from "./client.ts";

// Real connections, which interception cannot simulate.

const email = "jane@asked.example";
let server: Server;

afterEach(() => {
  server.closeAllConnections();
  server.close();
});

async function clientOf(listener: RequestListener) {
  server = createServer(listener).listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return createCljClient({ url: `http://127.0.0.1:${port}`, token: "t", attemptMs: 1_000 });
}

it("reports a refused connection as transport, with its cause", async () => {
  const client = await clientOf(() => {});
  server.close();
  const refused = { failure: "transport", cause: { cause: { code: "ECONNREFUSED" } } };
  await expect(client.ensure({ email })).rejects.toMatchObject(refused);
});

it("reports a connection cut within the body as transport", async () => {
  let requests = 0;
  const client = await clientOf((_, response) => {
    requests++;
    response.writeHead(200, { "content-type": "application/json", "content-length": 90 });
    response.write('{"id":', () => response.destroy());
  });
  await expect(client.ensure({ email })).rejects.toMatchObject({ failure: "transport" });
  expect(requests).toBe(3);
});

it("decompresses no more of a reply than the size limit", async () => {
  const bomb = gzipSync(Buffer.alloc(20 * 1024 * 1024, " ")); // 20 kB on the wire
  const client = await clientOf((_, response) => {
    response.writeHead(200, { "content-type": "application/json", "content-encoding": "gzip" }).end(bomb);
  });
  const before = process.memoryUsage().arrayBuffers;
  await expect(client.ensure({ email })).rejects.toMatchObject({ failure: "malformed" });
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(8 * 1024 * 1024);
});

it.each([
  ["the caller aborts", 200, '{"id":'],
  ["the status is an error", 500, "{"],
  ["the reply is too large", 200, " ".repeat(20_000)],
])("leaves no connection open when %s", async (reason, status, body) => {
  const caller = new AbortController();
  const closed = Promise.withResolvers<void>();
  const client = await clientOf((request, response) => {
    request.socket.on("close", () => closed.resolve());
    response.writeHead(status, { "content-type": "application/json" });
    response.write(body);
    if (reason === "the caller aborts") setTimeout(() => caller.abort(), 50); // when it reads the body
  });
  await expect(client.ensure({ email }, { signal: caller.signal })).rejects.toThrow();
  await closed.promise;
});
