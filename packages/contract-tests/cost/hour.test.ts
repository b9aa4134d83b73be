import { NotifiedCaches } from "@platform-api/server/adapters";
import { expect, it, onTestFinished } from "vitest";
import { DEFAULTS } from "../limits/source.ts";
import { readPage } from "../pages/page.ts";
import { PEOPLE } from "../staleness/people.ts";
import { startWorld } from "../staleness/world.ts";

const ROWS = readPage("docs/limits-and-cost.md").section("Cost").rows;
const HOUR_MS = 3_600_000;
/** The process gets every third of the requests, of which one comes in a second. */
const EVERY_MS = 3_000;

/** How many items the process reads of Jane, beside Ann, with whom she shares organization, connection and domain. */
async function readsInAnHour(isNotified: boolean): Promise<number> {
  const notified = new NotifiedCaches(DEFAULTS.MEMORY_TTL_MS);
  const world = await startWorld(notified);
  onTestFinished(world.close);
  const { cached, clock, reads } = world;
  let ofJane = 0;
  for (let ms = 0; ms < HOUR_MS; ms += EVERY_MS) {
    if (isNotified) notified.freshness.untilMs = clock.monotonicMs() + EVERY_MS + 1;
    await cached.ask("auth.validate", PEOPLE.ann.token);
    const before = reads();
    expect(await cached.ask("auth.validate", PEOPLE.jane.token)).toMatch(/^200/);
    ofJane += reads() - before;
    clock.advance(EVERY_MS);
  }
  return ofJane;
}

it.each([
  ["an hour at work in one process, measured", true],
  ["the same without polls, measured", false],
])("docs/limits-and-cost.md has the read units of: %s", async (what, isNotified) => {
  const reads = await readsInAnHour(isNotified);
  expect(ROWS.find(([name]) => name === what)).toEqual([what, `${reads.toLocaleString("en")} read units`]);
});
