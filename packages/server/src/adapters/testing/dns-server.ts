import { createSocket } from "node:dgram";
import { once } from "node:events";
import { createServer, type Socket } from "node:net";
import {
  type Answer,
  decode,
  encode,
  type Packet,
  RECURSION_AVAILABLE,
  RECURSION_DESIRED,
  streamDecode,
  streamEncode,
  TRUNCATED_RESPONSE,
} from "dns-packet";

/** What the server answers for a name. `silent`: nothing at all. */
export type Reply =
  | { readonly txt: readonly (string | readonly string[])[] }
  /** Another name, and its records. */
  | { readonly cname: string; readonly txt: readonly string[] }
  /** RFC 1035 §4.1.1 and 2308: 0 without records is NODATA. */
  | { readonly rcode: 0 | 2 | 3 | 5 }
  | "silent";

export interface DnsServer {
  /** `ip:port`, as `DNS_RESOLVERS` has it. */
  readonly address: string;
  readonly replies: Map<string, Reply>;
  /** The transport and the name of each question. */
  readonly asked: string[];
  close(): Promise<void>;
}

/** RFC 1035 §4.2.1; the resolver of Node announces more by EDNS, which this server does not know. */
const MAX_UDP_BYTES = 512;

/** A DNS server for TXT records on one port of UDP and TCP. Other names do not exist. */
export async function startDnsServer(): Promise<DnsServer> {
  const replies = new Map<string, Reply>();
  const asked: string[] = [];
  const udp = createSocket("udp4");
  const sockets = new Set<Socket>();
  const tcp = createServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => socket.destroy());
    socket.on("data", (data) => {
      const query = Buffer.from(data);
      const answer = answerTo(streamDecode(query), "tcp");
      if (answer !== null) socket.end(streamEncode(answer));
    });
  });

  function answerTo(query: Packet, transport: "udp" | "tcp") {
    const [question] = query.questions ?? [];
    if (question === undefined) return null;
    asked.push(`${transport} ${question.name}`);
    const reply = replies.get(question.name) ?? { rcode: 3 };
    if (reply === "silent") return null;
    const answers = answersOf(question.name, reply);
    const rcode = "rcode" in reply ? reply.rcode : 0;
    const flags = RECURSION_DESIRED | RECURSION_AVAILABLE | rcode;
    return { type: "response" as const, id: query.id ?? 0, flags, questions: [question], answers };
  }

  udp.on("message", (query, from) => {
    const answer = answerTo(decode(query), "udp");
    if (answer === null) return;
    const whole = encode(answer);
    const truncated = { ...answer, flags: answer.flags | TRUNCATED_RESPONSE, answers: [] };
    udp.send(whole.length > MAX_UDP_BYTES ? encode(truncated) : whole, from.port, from.address);
  });
  // UDP and TCP have their own ports: what the system gives for one is almost always free for the other.
  tcp.listen(0, "127.0.0.1");
  await once(tcp, "listening");
  const bound = tcp.address();
  const port = typeof bound === "object" && bound !== null ? bound.port : 0;
  udp.bind(port, "127.0.0.1");
  await once(udp, "listening");
  return {
    address: `127.0.0.1:${port}`,
    replies,
    asked,
    async close() {
      for (const socket of sockets) socket.destroy();
      udp.close();
      tcp.close();
      await once(tcp, "close");
    },
  };
}

function answersOf(name: string, reply: Exclude<Reply, "silent">): Answer[] {
  if (!("txt" in reply)) return [];
  const at = "cname" in reply ? reply.cname : name;
  const records = reply.txt.map((data): Answer => ({ type: "TXT", name: at, ttl: 60, data: [data].flat() }));
  return "cname" in reply ? [{ type: "CNAME", name, ttl: 60, data: at }, ...records] : records;
}
