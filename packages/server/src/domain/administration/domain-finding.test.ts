import { describe, expect, it } from "vitest";
import { parseDomain } from "../email.ts";
import { MemoryOrganizations } from "../testing/memory-organizations.ts";
import { MemoryDns, memorySelfService } from "../testing/memory-self-service.ts";
import { UNBOUNDED } from "../testing/people.ts";
import type { TxtAnswer } from "./domain-claim.ts";
import { findingOf, lookForRecord } from "./domain-finding.ts";

const TOKEN = "0123456789abcdef0123456789abcdef";
const OURS = `platform-api-domain=${TOKEN}`;
const OLD = "platform-api-domain=ffffffffffffffffffffffffffffffff";
const SPF = "v=spf1 -all";

const values = (...of: string[]): TxtAnswer => ({ kind: "values", values: of });
/** NXDOMAIN or no TXT record. */
const none: TxtAnswer = { kind: "none" };
/** A time-out, SERVFAIL or REFUSED. */
const failed: TxtAnswer = { kind: "failed" };
const both = (answer: TxtAnswer) => [answer, answer];
const FIFTY = Array.from({ length: 50 }, (_, n) => `other-${n}`);

interface Row {
  readonly record: readonly TxtAnswer[];
  readonly apex?: readonly TxtAnswer[];
  readonly doubled?: readonly TxtAnswer[];
  readonly is: string;
  readonly values?: readonly string[];
}

const ROWS: Record<string, Row> = {
  "seen by every resolver": { record: both(values(OURS)), is: "seen 2/2" },
  "ours among many": { record: both(values(...FIFTY, OURS)), is: "seen 2/2" },
  "NXDOMAIN everywhere": { record: both(none), is: "missing nothing 0/2" },
  "an answer without values": { record: both(values()), is: "missing nothing 0/2" },
  "another value": { record: both(values(SPF)), is: "missing wrongValue 0/2", values: [SPF] },
  "the value of an earlier claim": { record: both(values(OLD)), is: "missing wrongValue 0/2", values: [OLD] },
  "ours with more around it": {
    record: both(values(`"${OURS}"`)),
    is: "missing wrongValue 0/2",
    values: [`"${OURS}"`],
  },
  "ours in upper case": {
    record: both(values(OURS.toUpperCase())),
    is: "missing wrongValue 0/2",
    values: [OURS.toUpperCase()],
  },
  "at the apex": { record: both(none), apex: both(values(SPF, OURS)), is: "missing atApex 0/2" },
  "at the apex, beside a wildcard's value": {
    record: both(values(SPF)),
    apex: [none, values(OURS)],
    is: "missing atApex 0/2",
    values: [SPF],
  },
  "other values at the apex": { record: both(none), apex: both(values(SPF)), is: "missing nothing 0/2" },
  "under the doubled name": {
    record: both(none),
    doubled: both(values(OURS)),
    is: "missing doubledDomain 0/2",
  },
  "other values under the doubled name": {
    record: both(none),
    doubled: both(values(OLD)),
    is: "missing nothing 0/2",
  },
  "seen by one, NXDOMAIN at the other": {
    record: [values(OURS), none],
    is: "unclear oneResolver 1/2",
    values: [OURS],
  },
  "seen by one, and the old value at the other": {
    record: [values(OLD), values(OURS)],
    is: "unclear oneResolver 1/2",
    values: [OLD, OURS],
  },
  "seen by one, and the other silent": {
    record: [values(OURS), failed],
    is: "unclear failed oneResolver 1/2",
    values: [OURS],
  },
  "every resolver silent": { record: both(failed), is: "unclear failed unreachable 0/2" },
  "one silent, NXDOMAIN at the other": { record: [failed, none], is: "unclear failed unreachable 0/2" },
  "one silent, another value at the other": {
    record: [values(SPF), failed],
    is: "unclear failed wrongValue 0/2",
    values: [SPF],
  },
  "silent, but ours is at the apex": {
    record: both(failed),
    apex: [values(OURS), failed],
    is: "unclear failed atApex 0/2",
  },
  "only the other names cannot be asked": {
    record: both(none),
    apex: both(failed),
    doubled: both(failed),
    is: "missing nothing 0/2",
  },
  "one resolver of one": { record: [values(OURS)], is: "seen 1/1" },
  "two resolvers of three": {
    record: [values(OURS), values(OURS), none],
    is: "unclear oneResolver 2/3",
    values: [OURS],
  },
  "no resolver": { record: [], is: "unclear nothing 0/0" },
};

describe("the record of a domain", () => {
  it.each(Object.entries(ROWS))(
    "is judged when it is %s",
    (_, { record, apex, doubled, is, values = [] }) => {
      const finding = findingOf({ record, apex: apex ?? both(none), doubled: doubled ?? both(none) }, OURS);
      const { isSeen, isMissing, hasFailed, found } = finding;
      const verdict = isSeen ? "seen" : isMissing ? "missing" : "unclear";
      const counted =
        found === null ? `${record.length}/${record.length}` : `${found.seenBy}/${found.resolvers}`;
      const words = [verdict, ...(hasFailed ? ["failed"] : []), ...(found ? [found.kind] : []), counted];
      expect(words.join(" ")).toBe(is);
      expect(found?.values ?? []).toEqual(values);
      expect(isSeen).toBe(found === null);
    },
  );

  it("shows at most five values, each once, those that look like ours first, and never the apex's", () => {
    const record = [values(...FIFTY, OLD), values(SPF, OLD)];
    const { found } = findingOf({ record, apex: both(values("secret")), doubled: both(values("x")) }, OURS);
    expect(found?.values).toEqual([OLD, "other-0", "other-1", "other-2", "other-3"]);
  });

  it("cuts long values between characters", () => {
    const long = `${"a".repeat(199)}🏢🏢`;
    const { found } = findingOf({ record: [values(long, "\ud800")], apex: [], doubled: [] }, OURS);
    expect(found?.values).toEqual([`${"a".repeat(199)}🏢…`, "\ufffd"]);
  });

  it("is looked for under three names, at the same time", async () => {
    const domain = parseDomain("eu.acme.example");
    if (domain === null) throw new Error("no domain");
    const asked: string[] = [];
    let answer = () => {};
    const waits = new Promise<void>((resolve) => {
      answer = resolve;
    });
    const dns = {
      txt: async (name: string) => {
        asked.push(name);
        if (asked.length === 3) answer();
        await waits;
        return [none];
      },
    };
    const { domainNames } = memorySelfService(new MemoryOrganizations());
    expect((await lookForRecord(domain, TOKEN, { dns, domainNames }, UNBOUNDED)).isMissing).toBe(true);
    const name = "_platform-api.eu.acme.example";
    expect(asked).toEqual([name, "eu.acme.example", `${name}.acme.example`]);
    const memory = new MemoryDns();
    memory.set(name, OURS);
    expect((await lookForRecord(domain, TOKEN, { dns: memory, domainNames }, UNBOUNDED)).isSeen).toBe(true);
  });
});
