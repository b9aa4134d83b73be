import { expect, it } from "vitest";
import { Reads, readFromCache, readOutsideCaches, recordReads, unrecorded } from "./reads.ts";
import { SingleFlight } from "./single-flight.ts";

const LINK = { untilMs: 1 };
const MEMBERSHIP = { untilMs: 2 };
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
  const flights = new SingleFlight<void>();
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
