import { describe, expect, it } from "vitest";
import { MemoryOrganizations } from "../../memory/organizations.ts";
import { MemoryDns, memorySelfService } from "../../memory/self-service.ts";
import { parseDomain } from "../email.ts";
import { UNBOUNDED } from "../testing/people.ts";
import type { TxtAnswer } from "./claim.ts";
import { findingOf, lookForRecord } from "./finding.ts";

const TOKEN = "0123456789abcdef0123456789abcdef";
const OURS = `platform-api-domain=${TOKEN}`;
const UPPER = OURS.toUpperCase();
const OLD = "platform-api-domain=ffffffffffffffffffffffffffffffff";
const SPF = "v=spf1 -all";

const values = (...of: string[]): TxtAnswer => ({ kind: "values", values: of });
/** NXDOMAIN or no TXT record. */
const none: TxtAnswer = { kind: "none" };
/** A time-out, SERVFAIL or REFUSED. */
const failed: TxtAnswer = { kind: "failed" };
const both = (answer: TxtAnswer) => [answer, answer];
const FIFTY = Array.from({ length: 50 }, (_, n) => `other-${n}`);

type Answers = readonly TxtAnswer[];
/** What the resolvers answer; where it is not said, nothing is at the apex and under the doubled name. */
type Row = [string, Answers, is: string, values?: readonly string[], other?: Record<string, Answers>];

const ROWS: readonly Row[] = [
  ["seen by every resolver", both(values(OURS)), "seen 2/2"],
  ["ours among many", both(values(...FIFTY, OURS)), "seen 2/2"],
  ["NXDOMAIN everywhere", both(none), "missing nothing 0/2"],
  ["an answer without values", both(values()), "missing nothing 0/2"],
  ["another value", both(values(SPF)), "missing wrongValue 0/2", [SPF]],
  ["the value of an earlier claim", both(values(OLD)), "missing wrongValue 0/2", [OLD]],
  ["ours with more around it", both(values(`"${OURS}"`)), "missing wrongValue 0/2", [`"${OURS}"`]],
  ["ours in upper case", both(values(UPPER)), "missing wrongValue 0/2", [UPPER]],
  ["at the apex", both(none), "missing atApex 0/2", [], { apex: both(values(SPF, OURS)) }],
  ["there beside a wildcard", both(values(SPF)), "missing atApex 0/2", [SPF], { apex: [none, values(OURS)] }],
  ["other values at the apex", both(none), "missing nothing 0/2", [], { apex: both(values(SPF)) }],
  ["under the doubled name", both(none), "missing doubledDomain 0/2", [], { doubled: both(values(OURS)) }],
  ["others under the doubled name", both(none), "missing nothing 0/2", [], { doubled: both(values(OLD)) }],
  ["seen by one, NXDOMAIN at the other", [values(OURS), none], "unclear oneResolver 1/2", [OURS]],
  ["seen by one, old at the other", [values(OLD), values(OURS)], "unclear oneResolver 1/2", [OLD, OURS]],
  ["seen by one, the other silent", [values(OURS), failed], "unclear failed oneResolver 1/2", [OURS]],
  ["every resolver silent", both(failed), "unclear failed unreachable 0/2"],
  ["one silent, NXDOMAIN at the other", [failed, none], "unclear failed unreachable 0/2"],
  ["one silent, another value at the other", [values(SPF), failed], "unclear failed wrongValue 0/2", [SPF]],
  ["silent but at the apex", both(failed), "unclear failed atApex 0/2", [], { apex: [values(OURS), failed] }],
  ["the other names silent", both(none), "missing nothing 0/2", [], { apex: [failed], doubled: [failed] }],
  ["one resolver of one", [values(OURS)], "seen 1/1"],
  ["two resolvers of three", [values(OURS), values(OURS), none], "unclear oneResolver 2/3", [OURS]],
  ["no resolver", [], "unclear nothing 0/0"],
];

describe("the record of a domain", () => {
  it.each<Row>(ROWS)("is judged when it is %s", (_, record, is, expected = [], other = {}) => {
    const finding = findingOf({ record, apex: both(none), doubled: both(none), ...other }, OURS);
    const { isSeen, isMissing, hasFailed, found } = finding;
    const verdict = isSeen ? "seen" : isMissing ? "missing" : "unclear";
    const counted =
      found === null ? `${record.length}/${record.length}` : `${found.seenBy}/${found.resolvers}`;
    const words = [verdict, ...(hasFailed ? ["failed"] : []), ...(found ? [found.kind] : []), counted];
    expect([words.join(" "), found?.values ?? []]).toEqual([is, expected]);
  });

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
    const waiting = Promise.withResolvers<void>();
    const dns = {
      txt: async (name: string) => {
        if (asked.push(name) === 3) waiting.resolve();
        await waiting.promise;
        return [none];
      },
    };
    const { domainNames, recordLabel } = memorySelfService(new MemoryOrganizations());
    const ports = { dns, domainNames, recordLabel };
    expect((await lookForRecord(domain, TOKEN, ports, UNBOUNDED)).isMissing).toBe(true);
    const name = "_platform-api.eu.acme.example";
    expect(asked).toEqual([name, "eu.acme.example", `${name}.acme.example`]);
    const memory = new MemoryDns();
    memory.set(name, OURS);
    expect((await lookForRecord(domain, TOKEN, { ...ports, dns: memory }, UNBOUNDED)).isSeen).toBe(true);
  });

  it.each<[string, is: string, { own?: Answers; usual?: Answers }]>([
    ["under the label of the product", "seen", { own: both(values(OURS)) }],
    ["under the usual label, from before", "seen", { own: both(values(SPF)), usual: both(values(OURS)) }],
    ["under neither", "missing", { usual: both(values(SPF)) }],
    ["nowhere, as far as is known", "unknown", { usual: [none, failed] }],
    [
      "under each label for one resolver",
      "seen",
      { own: [values(OURS), failed], usual: [none, values(OURS)] },
    ],
  ])("finds a record %s: %s", async (_, is, { own, usual }) => {
    const domain = parseDomain("acme.example") ?? expect.fail("no domain");
    const { domainNames } = memorySelfService(new MemoryOrganizations());
    const dns = new MemoryDns();
    if (own !== undefined) dns.names.set("_acme-id.acme.example", own);
    if (usual !== undefined) dns.names.set("_platform-api.acme.example", usual);
    const ports = { dns, domainNames, recordLabel: "_acme-id" };
    const { isSeen, isMissing } = await lookForRecord(domain, TOKEN, ports, UNBOUNDED);
    expect(isSeen ? "seen" : isMissing ? "missing" : "unknown").toBe(is);
  });
});
