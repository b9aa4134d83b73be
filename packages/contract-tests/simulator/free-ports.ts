import { once } from "node:events";
import { createServer, type Server } from "node:net";

/**
 * Ports below those that the system gives to connections and to `listen(0)` (from 32,768 on): one that is found stays free
 * until a service that takes a while to start listens on it. Each process has a hundred of its own.
 */
const FIRST = 11_000;
const OF_A_PROCESS = 100;
const PROCESSES = 210;

let used = 0;

/** Finds loopback ports on which nothing listens. No two calls of a process get the same one, until it has used them all. */
export async function freePorts(count: number): Promise<number[]> {
  const ports: number[] = [];
  for (let tries = 0; ports.length < count; tries += 1) {
    if (tries > 2 * OF_A_PROCESS) throw new Error("no free port");
    const port = FIRST + (process.pid % PROCESSES) * OF_A_PROCESS + (used % OF_A_PROCESS);
    used += 1;
    if (await isFree(port)) ports.push(port);
  }
  return ports;
}

async function isFree(port: number): Promise<boolean> {
  const probe = createServer().listen(port, "127.0.0.1");
  const isListening = await once(probe, "listening").then(
    () => true,
    () => false,
  );
  if (isListening) await once(probe.close(), "close");
  return isListening;
}

/** Lets a server listen on a loopback port that the system chooses. @returns the port */
export async function listen(server: Server): Promise<number> {
  await once(server.listen(0, "127.0.0.1"), "listening");
  const address = server.address();
  return typeof address === "object" ? (address?.port ?? 0) : 0;
}
