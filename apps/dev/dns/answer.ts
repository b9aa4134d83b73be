import {
  type Answer,
  AUTHORITATIVE_ANSWER,
  decode,
  encode,
  type Packet,
  TRUNCATED_RESPONSE,
} from "dns-packet";
import type { TxtRecords } from "./records.ts";

/** What the server does with queries. Only `answer` is kind. */
export type DnsBehaviour = "answer" | "silent" | "servfail" | "refused";

type Outcome = Pick<Packet, "answers" | "authorities"> & { readonly rcode: number };

/** RFC 1035 §4.1.1. */
const RCODES = { answer: 0, malformed: 1, servfail: 2, nxdomain: 3, unknownOpcode: 4, refused: 5 } as const;
const HEADER_BYTES = 12;
const RESPONSE_BIT = 0x8000;
const OPCODE_BITS = 0x7800;
/** Recursion desired is copied, recursion available is set: clients take the server for a resolver. */
const RECURSION_DESIRED = 0x0100;
const RECURSION_AVAILABLE = 0x0080;
/** Without EDNS (RFC 1035 §4.2.1), and the size that resolvers have agreed on with it. */
const PLAIN_UDP_BYTES = 512;
const EDNS_UDP_BYTES = 1_232;
const CHUNK_BYTES = 255;

/** @returns the response, or null to a message that gets none */
export function answerQuery(
  message: Buffer,
  transport: "udp" | "tcp",
  { records, behaviour }: { readonly records: TxtRecords; readonly behaviour: DnsBehaviour },
): Buffer | null {
  if (message.length < HEADER_BYTES || behaviour === "silent") return null;
  const [id, flags] = [message.readUInt16BE(0), message.readUInt16BE(2)];
  if (flags & RESPONSE_BIT) return null; // two servers would answer each other forever
  const kept = (flags & (OPCODE_BITS | RECURSION_DESIRED)) | RECURSION_AVAILABLE;
  const respond = ({ rcode, ...sections }: Outcome, query?: Packet): Packet => ({
    type: "response",
    id,
    flags: kept | AUTHORITATIVE_ANSWER | rcode,
    questions: query?.questions ?? [],
    ...sections,
    additionals: query !== undefined && optOf(query) !== undefined ? [OPT] : [],
  });
  if (behaviour !== "answer")
    return encode(respond({ rcode: RCODES[behaviour] }, parsed(message) ?? undefined));
  if (flags & OPCODE_BITS) return encode(respond({ rcode: RCODES.unknownOpcode }));
  const query = parsed(message);
  if (query === null) return encode(respond({ rcode: RCODES.malformed }));

  const response = respond(outcomeOf(query, records), query);
  const bytes = encode(response);
  const limit = optOf(query)?.udpPayloadSize ?? PLAIN_UDP_BYTES;
  if (transport === "tcp" || bytes.length <= Math.min(Math.max(limit, PLAIN_UDP_BYTES), EDNS_UDP_BYTES))
    return bytes;
  const truncated = { flags: (response.flags ?? 0) | TRUNCATED_RESPONSE, answers: [], authorities: [] };
  return encode({ ...response, ...truncated }); // the client asks again over TCP
}

function outcomeOf({ questions = [] }: Packet, records: TxtRecords): Outcome {
  const [question] = questions;
  if (question === undefined || questions.length > 1) return { rcode: RCODES.malformed };
  if (question.class !== "IN") return { rcode: RCODES.refused };
  const name = question.name.toLowerCase();
  try {
    const all = records.all();
    const values = all[name];
    if (values !== undefined && (question.type === "TXT" || isAny(question.type)))
      return { rcode: RCODES.answer, answers: values.map((value) => txt(question.name, value)) };
    // A name with a record below it exists (RFC 8020).
    const exists = values !== undefined || Object.keys(all).some((other) => other.endsWith(`.${name}`));
    return { rcode: exists ? RCODES.answer : RCODES.nxdomain, authorities: [SOA] };
  } catch {
    return { rcode: RCODES.servfail };
  }
}

/** The types of dns-packet do not know the query type ANY. */
function isAny(type: string): boolean {
  return type === "ANY";
}

/** A TTL of zero: what `dns set` does is seen at once. */
function txt(name: string, value: string): Answer {
  const bytes = Buffer.from(value);
  const data: Buffer[] = [];
  for (let start = 0; start < bytes.length; start += CHUNK_BYTES)
    data.push(bytes.subarray(start, start + CHUNK_BYTES));
  return { type: "TXT", name, ttl: 0, data };
}

/** Its minimum of zero forbids that a missing record is remembered (RFC 2308 §5). */
const SOA: Answer = {
  type: "SOA",
  name: ".",
  ttl: 0,
  data: {
    mname: "dns.invalid",
    rname: "nobody.invalid",
    serial: 1,
    refresh: 60,
    retry: 60,
    expire: 60,
    minimum: 0,
  },
};

const OPT: Answer = {
  type: "OPT",
  name: ".",
  udpPayloadSize: EDNS_UDP_BYTES,
  extendedRcode: 0,
  ednsVersion: 0,
  flags: 0,
  flag_do: false,
  options: [],
};

function optOf({ additionals = [] }: Packet) {
  return additionals.find((record) => record.type === "OPT");
}

function parsed(message: Buffer): Packet | null {
  try {
    return decode(message);
  } catch {
    return null;
  }
}
