import { createSocket, type Socket as UdpSocket } from "node:dgram";
import { once } from "node:events";
import { createServer, type Server, type Socket } from "node:net";
import { listenError } from "../service-errors.ts";
import { answerQuery, type DnsBehaviour } from "./answer.ts";
import { TxtRecords } from "./records.ts";

export type { DnsBehaviour } from "./answer.ts";
export { TxtRecords } from "./records.ts";

export interface DnsServerOptions {
  readonly host: string;
  /** For UDP and TCP. 0 takes any that is free for both. */
  readonly port: number;
  /** The records are in a file there, which `dns set` changes. */
  readonly dataFolder: string;
}

export interface RunningDnsServer {
  readonly port: number;
  readonly records: TxtRecords;
  /** Until the next call. */
  behave(how: DnsBehaviour): void;
  /** Closes every connection immediately. */
  close(): Promise<void>;
}

const ATTEMPTS = 20;
/** Two bytes of length precede a message (RFC 1035 §4.2.2). */
const LENGTH_BYTES = 2;

/** Starts a DNS server that knows TXT records, and that no other name exists. @throws when a port is in use */
export async function startDnsServer({
  host,
  port,
  dataFolder,
}: DnsServerOptions): Promise<RunningDnsServer> {
  const records = new TxtRecords(dataFolder);
  let behaviour: DnsBehaviour = "answer";
  const answer = (message: Buffer, transport: "udp" | "tcp") =>
    answerQuery(message, transport, { records, behaviour });
  const sockets = new Set<Socket>();
  const { tcp, udp, taken } = await listen(host, port);
  tcp.on("connection", (socket) => {
    sockets.add(socket.on("error", () => {}).on("close", () => sockets.delete(socket)));
    answerStream(socket, (message) => answer(message, "tcp"));
  });
  udp.on("error", () => {}); // a client has gone
  udp.on("message", (message, client) => {
    const response = answer(message, "udp");
    if (response !== null) udp.send(response, client.port, client.address);
  });
  return {
    port: taken,
    records,
    behave: (how) => {
      behaviour = how;
    },
    close: async () => {
      const closed = [once(tcp.close(), "close"), once(udp.close(), "close")];
      for (const socket of sockets) socket.destroy();
      await Promise.all(closed);
    },
  };
}

/** A port that is free for TCP may be taken for UDP. */
async function listen(
  host: string,
  port: number,
  attempts = port === 0 ? ATTEMPTS : 1,
): Promise<{ tcp: Server; udp: UdpSocket; taken: number }> {
  const [tcp, udp] = [createServer(), createSocket("udp4")];
  try {
    await once(tcp.listen(port, host), "listening");
    const address = tcp.address();
    const taken = typeof address === "object" && address !== null ? address.port : port;
    udp.bind(taken, host);
    await once(udp, "listening");
    return { tcp, udp, taken };
  } catch (error) {
    tcp.close();
    udp.close();
    if (attempts > 1) return listen(host, port, attempts - 1);
    throw listenError(error, port, "DNS server");
  }
}

function answerStream(socket: Socket, answer: (message: Buffer) => Buffer | null): void {
  let waiting = Buffer.alloc(0);
  socket.on("data", (bytes) => {
    waiting = Buffer.concat([waiting, bytes]);
    while (waiting.length >= LENGTH_BYTES) {
      const end = LENGTH_BYTES + waiting.readUInt16BE(0);
      if (waiting.length < end) return;
      const response = answer(waiting.subarray(LENGTH_BYTES, end));
      waiting = waiting.subarray(end);
      if (response === null) continue;
      const length = Buffer.alloc(LENGTH_BYTES);
      length.writeUInt16BE(response.length);
      socket.write(Buffer.concat([length, response]));
    }
  });
}
