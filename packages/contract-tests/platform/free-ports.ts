import { once } from "node:events";
import { createServer } from "node:net";

/** Finds loopback ports on which nothing listens. */
export async function freePorts(count: number): Promise<number[]> {
  const probes = Array.from({ length: count }, () => createServer().listen(0, "127.0.0.1"));
  await Promise.all(probes.map((probe) => once(probe, "listening")));
  return probes.map((probe) => {
    const address = probe.address();
    probe.close();
    if (address === null || typeof address === "string") throw new Error("not listening on a port");
    return address.port;
  });
}
