import { expect, it } from "vitest";
import {
  endedReads,
  endRead,
  holds,
  loadsCache,
  Reads,
  readFromCache,
  readOutsideCaches,
  recordReads,
  renewsCache,
  unrecorded,
} from "./reads.ts";
import { SingleFlight } from "./single-flight.ts";

const LINK = { untilMs: 1, lastMs: 3 };
const MEMBERSHIP = { untilMs: 2, lastMs: 3 };
const later = () => new Promise<void>((resolve) => setImmediate(resolve));

it.each<[what: string, work: () => Promise<unknown>, expected: Pick<Reads, "cached" | "complete">]>([
  ["nothing", async () => {}, { cached: [], complete: true }],
  [
    "cached values, each once",
    async () => {
      readFromCache(LINK);
      await later();
      readFromCache(MEMBERSHIP);
      readFromCache(LINK);
    },
    { cached: [LINK, MEMBERSHIP], complete: true },
  ],
  [
    "a value that no cache holds",
    async () => {
      readFromCache(LINK);
      await later();
      readOutsideCaches();
    },
    { cached: [LINK], complete: false },
  ],
  [
    "a cache's own read, which then counts as cached",
    async () => {
      await unrecorded(async () => {
        await later();
        readOutsideCaches();
        readFromCache(MEMBERSHIP);
      });
      readFromCache(LINK);
    },
    { cached: [LINK], complete: true },
  ],
])("records %s", async (_, work, expected) => {
  const reads = new Reads();
  await recordReads(reads, work);
  expect(reads).toEqual(expected);
});

it.each<[work: string, within: <T>(read: () => T) => T, loads: boolean, renews: boolean]>([
  ["a request's own read", (read) => recordReads(new Reads(), read), false, false],
  ["a cache's first read", (read) => unrecorded(read), true, false],
  ["a renewal", (read) => unrecorded(read, true), true, true],
  ["a cache's first read within a renewal", (read) => unrecorded(() => unrecorded(read), true), true, true],
  ["a renewal within a first read", (read) => unrecorded(() => unrecorded(read, true)), true, true],
])("knows %s", (_, within, loads, renews) => {
  expect(within(() => [loadsCache(), renewsCache()])).toEqual([loads, renews]);
});

it("keeps the reads of concurrent requests apart", async () => {
  const [one, other] = [new Reads(), new Reads()];
  const read = (reads: Reads, entry: typeof LINK) =>
    recordReads(reads, async () => {
      await later();
      readFromCache(entry);
    });
  await Promise.all([read(one, LINK), read(other, MEMBERSHIP)]);
  expect([one.cached, other.cached]).toEqual([[LINK], [MEMBERSHIP]]);
});

it("does not count what another request read for this one", async () => {
  const flights = new SingleFlight<void>("DIRECTORY_UNAVAILABLE");
  const [opener, joiner] = [new Reads(), new Reads()];
  const work = async () => {
    await later();
    readFromCache(LINK);
  };
  const join = (reads: Reads) =>
    recordReads(reads, () => flights.join("key", work, new AbortController().signal));
  await Promise.all([join(opener), join(joiner)]);
  expect([opener, joiner]).toEqual([
    { cached: [LINK], complete: true },
    { cached: [], complete: false },
  ]);
});

it.each<[when: string, nowMs: number, notifiedUntilMs: number, expected: boolean]>([
  ["before its time is up, whatever is notified", 9, 0, true],
  ["no longer without being notified", 10, 10, false],
  ["longer while this process is notified", 10, 11, true],
  ["to the end of its memory while notified", 19, 20, true],
  ["no longer than its memory, though notified", 20, 30, false],
])("a read holds %s", (_, nowMs, notifiedUntilMs, expected) => {
  expect(holds({ untilMs: 10, lastMs: 20 }, nowMs, { untilMs: notifiedUntilMs })).toBe(expected);
});

it("a read that is ended holds no more, notified or not, and is counted", () => {
  const read = { untilMs: 10, lastMs: 20 };
  const before = endedReads();
  endRead(read);
  expect([holds(read, 0, { untilMs: 30 }), endedReads()]).toEqual([false, before + 1]);
});
