import { createSocket } from "node:dgram";
import { once } from "node:events";
import { expect, onTestFinished, test } from "vitest";
import { DEFAULTS } from "./config.ts";
import { refuseBusyPorts } from "./ports.ts";

test("names a port that is busy for UDP alone", async () => {
  const socket = createSocket("udp4");
  socket.bind(0, "127.0.0.1");
  onTestFinished(() => {
    socket.close();
  });
  await once(socket, "listening");
  const { port } = socket.address();
  await expect(refuseBusyPorts({ ...DEFAULTS, DNS_PORT: port })).rejects.toThrow(
    `port ${port} is in use, the DNS server needs it: stop what listens there, or set DNS_PORT`,
  );
});
