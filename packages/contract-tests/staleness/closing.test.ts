import { expect, it } from "vitest";
import { ACME } from "../../server/src/domain/testing/people.ts";
import { PEOPLE } from "./people.ts";
import { EVERY_QUESTION, type Process, startWorld, type World } from "./world.ts";

const END_MS = 90_000;
const SEEN_MS = 2_000;
const { jane } = PEOPLE;

/** Asks a process as one whose token it remembers. */
const ASKED = [...EVERY_QUESTION, "standings"] as const;
const asking = (question: (typeof ASKED)[number]) => (process: Process) =>
  question === "standings" ? process.standingOf(jane) : process.ask(question, jane.token);

/** Acme is open, and closes at this time; null for never. */
function closeAcme({ stores: { organizations } }: World, atMs: number | null, rev: string): void {
  const acme = organizations.organizations.get(ACME) ?? expect.fail("there is no Acme");
  const closing =
    atMs === null ? null : ({ at: new Date(atMs).toISOString(), by: null, mail: "sent" } as const);
  organizations.put({ ...acme, state: "open", closing, rev });
}

it.concurrent.each(ASKED)(
  "T8Y: an organization is closed at its time in every process, and open until then, for %s",
  async (question) => {
    const world = await startWorld();
    const ask = asking(question);
    const askBoth = async () => {
      const [cached, uncached] = [await ask(world.cached), await ask(world.uncached)];
      expect(cached).toBe(uncached);
      return cached;
    };
    try {
      const beganMs = world.clock.wallMs();
      closeAcme(world, beganMs + END_MS, "closing");
      const open = await askBoth();
      for (let ms = 10_000; ms < END_MS; ms += 10_000) {
        await world.advance(10_000);
        expect(await askBoth()).toBe(open);
      }
      await world.advance(beganMs + END_MS - world.clock.wallMs() - 1);
      expect(await askBoth()).toBe(open);
      await world.advance(1);
      const closed = await askBoth();
      expect(closed).not.toBe(open);
      await world.advance(10 * END_MS);
      expect(await askBoth()).toBe(closed);
      closeAcme(world, null, "reopened");
      world.commit();
      await world.advance(SEEN_MS);
      expect((await askBoth()).replace('"closesAt":null', "")).toBe(open.replace(/"closesAt":"[^"]+"/, ""));
    } finally {
      await world.close();
    }
  },
);

it("T8Y: an organization that is kept open in time stays open in a process that is notified of it", async () => {
  const world = await startWorld();
  try {
    closeAcme(world, world.clock.wallMs() + END_MS, "closing");
    const ask = () => world.cached.ask("auth.validate", jane.token);
    const open = await ask();
    await world.advance(END_MS - SEEN_MS);
    expect(await ask()).toBe(open);
    closeAcme(world, null, "kept");
    world.commit();
    for (let ms = 0; ms < END_MS; ms += 1_000) {
      await world.advance(1_000);
      if (ms >= SEEN_MS) expect(await ask()).toBe(open);
    }
  } finally {
    await world.close();
  }
});
