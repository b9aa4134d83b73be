import { expect } from "vitest";
import type { Reply } from "../../server/src/adapters/testing/dns-server.ts";

/** Where the record belongs, its value, and what the two resolvers say. */
export interface Zone {
  readonly domain: string;
  readonly name: string;
  readonly value: string;
  readonly say: (name: string, reply: Reply, only?: 0 | 1) => void;
}
const VERIFIED = { state: "verified", found: null };
const found = (kind: string, seenBy = 0, values: unknown = []) => ({
  state: "pending",
  verifiedBy: null,
  found: { kind, values, seenBy, resolvers: 2 },
});
const others = (count: number) => Array.from({ length: count }, (_, n) => `other-${n}`);

/** What DNS says of a claimed domain, and what a check answers. */
export const ZONES: readonly (readonly [string, (zone: Zone) => void, object])[] = [
  ["both resolvers", ({ name, value, say }) => say(name, { txt: ["v=spf1", value] }), VERIFIED],
  ["NXDOMAIN", () => {}, found("nothing")],
  ["the name without records", ({ name, say }) => say(name, { rcode: 0 }), found("nothing")],
  ["wrong value", ({ name, say }) => say(name, { txt: ["typo"] }), found("wrongValue", 0, ["typo"])],
  ["apex", ({ domain, value, say }) => say(domain, { txt: ["v=spf1", value] }), found("atApex")],
  [
    "doubled domain",
    ({ domain, name, value, say }) => say(`${name}.${domain}`, { txt: [value] }),
    found("doubledDomain"),
  ],
  [
    "one resolver of two",
    ({ name, value, say }) => say(name, { txt: [value] }, 1),
    found("oneResolver", 1, expect.anything()),
  ],
  ["SERVFAIL", ({ name, say }) => say(name, { rcode: 2 }), found("unreachable")],
  ["REFUSED", ({ name, say }) => say(name, { rcode: 5 }), found("unreachable")],
  ["timeout", ({ name, say }) => say(name, "silent"), found("unreachable")],
  [
    "one timeout",
    ({ name, value, say }) => {
      say(name, { txt: [value] }, 0);
      say(name, "silent", 1);
    },
    found("oneResolver", 1, expect.anything()),
  ],
  [
    "truncation, then TCP",
    ({ name, value, say }) => say(name, { txt: ["x".repeat(255), "y".repeat(255), value] }),
    VERIFIED,
  ],
  ["50 records with ours", ({ name, value, say }) => say(name, { txt: [...others(49), value] }), VERIFIED],
  [
    "50 other records",
    ({ name, say }) => say(name, { txt: others(50) }),
    found("wrongValue", 0, expect.objectContaining({ length: 5 })),
  ],
  [
    "a CNAME to the record",
    ({ name, value, say }) => say(name, { cname: "elsewhere.example", txt: [value] }),
    VERIFIED,
  ],
];
