import { once } from "node:events";
import { createServer, type ServerResponse } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { setImmediate as turnOfLoop } from "node:timers/promises";
import { expect, it } from "vitest";
import { serveOperations } from "./serve-operations.ts";

it("a request is worked on until dynalite has answered it, though its client has gone", async () => {
  const begun = Promise.withResolvers<ServerResponse>();
  const server = createServer((request, response) => {
    request.resume().once("end", () => begun.resolve(response));
  });
  const idle = serveOperations(server, {});
  await idle();
  await once(server.listen(0, "127.0.0.1"), "listening");
  const { port } = server.address() as AddressInfo;
  connect(port, "127.0.0.1")
    .on("error", () => {})
    .end("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
  const response = await begun.promise;
  response.socket?.destroy();
  await once(server.close(), "close");
  let isIdle = false;
  const ended = idle().then(() => {
    isIdle = true;
  });
  await turnOfLoop();
  expect(isIdle).toBe(false);
  response.end();
  await ended;
});
