import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type ServedProcess, startProcess, WITHOUT_UPSTREAMS } from "../simulator/served-process.ts";

const SCRIPT = "/docs/swagger-ui-bundle.js";
const SCRIPT_BYTES = 1_700_000;
const MAX_GROWTH_MIB = 50;
/** More requests than the kernel buffers on both sides, so that sending ends only when the connection closes. */
const UNREAD = { clients: 10, requests: 1_500, padding: "x".repeat(10_000) };

describe.skipIf(process.platform !== "linux")("T75: memory", () => {
  let server: ServedProcess;
  let clients: Socket[] = [];
  let beforeMiB: number;
  let mostMiB: number;
  let sampling: NodeJS.Timeout;

  const sample = () => {
    mostMiB = Math.max(mostMiB, server.residentMiB());
  };
  beforeAll(async () => {
    server = await startProcess(WITHOUT_UPSTREAMS);
  });
  beforeEach(() => {
    beforeMiB = server.residentMiB();
    mostMiB = beforeMiB;
    sampling = setInterval(sample, 20);
  });
  afterEach(() => {
    clearInterval(sampling);
    sample();
    for (const client of clients) client.destroy();
    clients = [];
    expect(mostMiB - beforeMiB).toBeLessThan(MAX_GROWTH_MIB);
  });
  afterAll(async () => {
    if (server.kill("SIGKILL")) await server.exit;
  });

  function client(): Socket {
    const socket = connect(Number(new URL(server.url).port), "127.0.0.1");
    clients.push(socket);
    return socket;
  }

  it.each(["gzip", "identity"])(
    "the process grows by less than 50 MiB over 300 requests for the viewer's script as %s, ten at a time",
    async (encoding) => {
      const headers = { "accept-encoding": encoding };
      const download = async () =>
        (await (await fetch(`${server.url}${SCRIPT}`, { headers })).bytes()).length;
      for (let count = 0; count < 300; count += 10) {
        const sizes = await Promise.all(Array.from({ length: 10 }, download));
        expect(Math.min(...sizes)).toBeGreaterThan(SCRIPT_BYTES);
      }
    },
  );

  it("the process grows by less than 50 MiB over 400 pipelined requests on one connection", async () => {
    const socket = client();
    const request = (connection: string) =>
      `GET ${SCRIPT} HTTP/1.1\r\nHost: x\r\nConnection: ${connection}\r\n\r\n`;
    socket.write(request("keep-alive").repeat(399) + request("close"));
    let bytes = 0;
    for await (const chunk of socket) bytes += chunk.length;
    expect(bytes).toBeGreaterThan(400 * SCRIPT_BYTES);
  });

  it("the process grows by less than 50 MiB while clients never read, and disconnects each of them", async () => {
    const paths = [SCRIPT, "/openapi.json"].flatMap((path) => Array(UNREAD.clients).fill(path));
    await Promise.all(
      paths.map(async (path) => {
        const socket = client().pause();
        socket.write(`GET ${path}?${UNREAD.padding} HTTP/1.1\r\nHost: x\r\n\r\n`.repeat(UNREAD.requests));
        const [error] = await once(socket, "error");
        expect(error).toMatchObject({ code: expect.stringMatching(/^(ECONNRESET|EPIPE)$/) });
      }),
    );
  });
});
