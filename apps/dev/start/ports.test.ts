import { createSocket } from "node:dgram";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { lockFolder, STORE_FOLDER } from "../data-folder/folder-lock.ts";
import { DEFAULTS } from "./config.ts";
import { aboutFile } from "./data-folder.ts";
import { refuseBusyPorts } from "./ports.ts";

/** A port that is busy for UDP alone. */
async function busyPort(): Promise<number> {
  const socket = createSocket("udp4");
  socket.bind(0, "127.0.0.1");
  onTestFinished(() => {
    socket.close();
  });
  await once(socket, "listening");
  return socket.address().port;
}

test("names a port that is busy for UDP alone", async () => {
  const port = await busyPort();
  await expect(refuseBusyPorts({ ...DEFAULTS, DNS_PORT: port })).rejects.toThrow(
    `port ${port} is in use, the DNS server needs it: stop what listens there, or set DNS_PORT`,
  );
});

test("names no port but the stack, its address and how to stop it, where the stack of the folder runs already, on whichever ports", async () => {
  const DATA_FOLDER = await mkdtemp(join(tmpdir(), "ports-"));
  onTestFinished(() => rm(DATA_FOLDER, { recursive: true }));
  const config = { ...DEFAULTS, DATA_FOLDER, DNS_PORT: await busyPort() };
  const unlock = await lockFolder(join(DATA_FOLDER, STORE_FOLDER), "test");
  const running = (where: string) =>
    `the stack of ${DATA_FOLDER} runs already: process ${process.pid}, ${where}
Stop it with Ctrl-C where it was started, or with: kill ${process.pid}`;
  await expect(refuseBusyPorts(config)).rejects.toThrow(new Error(running("is not ready yet")));
  await writeFile(aboutFile(config), "  frontend  http://127.0.0.1:4002  sign in\n");
  await expect(refuseBusyPorts(config)).rejects.toThrow(new Error(running("http://127.0.0.1:4002")));
  await expect(refuseBusyPorts(config, [])).rejects.toThrow(new Error(running("http://127.0.0.1:4002")));
  await unlock();
  await expect(refuseBusyPorts(config)).rejects.toThrow("set DNS_PORT");
});
