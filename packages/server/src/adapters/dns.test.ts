import { Resolver } from "node:dns/promises";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import type { TxtAnswer } from "../domain/index.ts";
import { dnsTxtLookup, isResolver } from "./dns.ts";
import { type DnsServer, type Reply, startDnsServer } from "./testing/dns-server.ts";

const NAME = "_platform-api.acme.example";
const VALUE = "platform-api-domain=0123456789abcdef0123456789abcdef";
const UNBOUNDED = new AbortController().signal;
const FIFTY = Array.from({ length: 50 }, (_, n) => `record-${String(n).padStart(2, "0")}`);
const POLL = { interval: 5, timeout: 10_000 };
const none: TxtAnswer = { kind: "none" };
const failed: TxtAnswer = { kind: "failed" };
const values = (...of: readonly string[]): TxtAnswer => ({ kind: "values", values: of });

let one: DnsServer;
let other: DnsServer;
beforeAll(async () => {
  [one, other] = await Promise.all([startDnsServer(), startDnsServer()]);
});
afterAll(() => Promise.all([one.close(), other.close()]));
afterEach(() => void vi.useRealTimers());
beforeEach(() => {
  for (const { replies, asked } of [one, other]) {
    replies.clear();
    asked.splice(0);
  }
});

/** What the first server's reply is taken for. */
async function answerTo(reply: Reply) {
  one.replies.set(NAME, reply);
  const [answer] = await dnsTxtLookup([one.address]).txt(NAME, UNBOUNDED);
  return answer;
}

describe("the TXT records of a name", () => {
  it.each<readonly [string, Reply, TxtAnswer]>([
    ["one record", { txt: [VALUE] }, values(VALUE)],
    ["several records", { txt: ["v=spf1 -all", VALUE] }, values("v=spf1 -all", VALUE)],
    ["a record in chunks", { txt: [["platform-api-", "domain=", "01"]] }, values("platform-api-domain=01")],
    ["an empty record", { txt: [""] }, values("")],
    ["those that a CNAME leads to", { cname: "verify.acme.example", txt: [VALUE] }, values(VALUE)],
    ["NXDOMAIN", { rcode: 3 }, none],
    ["NODATA", { rcode: 0 }, none],
    ["a CNAME to a name without records", { cname: "verify.acme.example", txt: [] }, none],
    ["SERVFAIL", { rcode: 2 }, failed],
    ["REFUSED", { rcode: 5 }, failed],
  ])("are read from %s", async (_, reply, answer) => {
    expect(await answerTo(reply)).toEqual(answer);
  });

  it("are asked for again over TCP when an answer is truncated", async () => {
    const answer = await answerTo({ txt: [...FIFTY, VALUE] });
    expect(answer).toEqual(values(...FIFTY, VALUE));
    expect(one.asked).toEqual([`udp ${NAME}`, `tcp ${NAME}`]);
  });

  it("are asked of every resolver at the same time, and answered in their order", async () => {
    one.replies.set(NAME, { txt: [VALUE] });
    other.replies.set(NAME, { rcode: 3 });
    const outcomes: unknown[] = [];
    const lookup = dnsTxtLookup([other.address, one.address], (...[operation, outcome, ms]) =>
      outcomes.push([operation, outcome, ms >= 0]),
    );
    expect(await lookup.txt(NAME, UNBOUNDED)).toEqual([none, values(VALUE)]);
    one.replies.delete(NAME);
    other.replies.set(NAME, { txt: [VALUE] });
    expect(await lookup.txt(NAME, UNBOUNDED)).toEqual([values(VALUE), none]);
    expect(outcomes).toEqual(Array(4).fill(["TXT", "ok", true]));
  });

  it("fail within two seconds where a resolver is silent, and hold up no other one", async () => {
    one.replies.set(NAME, "silent");
    other.replies.set(NAME, { txt: [VALUE] });
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    const asking = dnsTxtLookup([one.address, other.address]).txt(NAME, UNBOUNDED);
    await expect.poll(() => [one.asked.length, other.asked.length], POLL).toEqual([1, 1]);
    await expect.poll(() => vi.getTimerCount(), POLL).toBe(1); // the other one has answered
    vi.advanceTimersByTime(2_000);
    expect(vi.getTimerCount()).toBe(0);
    expect(await asking).toEqual([failed, values(VALUE)]);
    expect(one.asked).toEqual([`udp ${NAME}`]);
  });

  it("fail at once when the signal aborts, also before they are asked for", async () => {
    one.replies.set(NAME, "silent");
    const outcomes: string[] = [];
    const lookup = dnsTxtLookup([one.address], (_, outcome) => outcomes.push(outcome));
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] }); // the two seconds never end
    expect(await lookup.txt(NAME, AbortSignal.timeout(50))).toEqual([failed]);
    expect(await lookup.txt(NAME, AbortSignal.abort())).toEqual([failed]);
    expect(outcomes).toEqual(["failed", "failed"]);
  });

  it.each([
    ["a name that is too long", `${"a.".repeat(150)}example`],
    ["a label that is too long", `${"a".repeat(64)}.example`],
    ["an empty label", "a..example"],
  ])("fail for %s", async (_, name) => {
    expect(await dnsTxtLookup([one.address]).txt(name, UNBOUNDED)).toEqual([failed]);
  });

  it("fail where nothing listens", async () => {
    const gone = await startDnsServer();
    await gone.close();
    expect(await dnsTxtLookup([gone.address]).txt(NAME, UNBOUNDED)).toEqual([failed]);
  });
});

describe("a resolver", () => {
  it.each([
    "1.1.1.1",
    "1.1.1.1:53",
    "127.0.0.1:65535",
    "::1",
    "2606:4700:4700::1111",
    "[::1]",
    "[2606:4700:4700::1111]:5353",
    "fe80::1%eth0",
    "[fe80::1%eth0]:53",
  ])("may be %s", (text) => {
    expect(isResolver(text)).toBe(true);
    expect(() => new Resolver().setServers([text])).not.toThrow();
  });

  it.each([
    "",
    "dns.example",
    "localhost:53",
    "1.1.1",
    "1.1.1.1.1",
    "256.1.1.1",
    "1.1.1.1:",
    "1.1.1.1:0",
    "1.1.1.1:65536",
    "1.1.1.1:x",
    " 1.1.1.1",
    "1.1.1.1 ",
    "1.1.1.1\n",
    "[1.1.1.1]:53",
    "[::1",
    "::1]:53",
    "[::1]x",
    "https://1.1.1.1",
  ])("may not be %j", (text) => {
    expect(isResolver(text)).toBe(false);
  });
});
