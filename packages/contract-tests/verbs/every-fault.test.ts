import { afterAll, beforeAll, it } from "vitest";
import { disturb } from "./disturbed.ts";
import { everyFault } from "./store-faults.ts";
import { VERBS } from "./verbs.ts";
import { startVerbWorld, type VerbWorld } from "./world.ts";

/** Of a verb, on a busy machine. */
const TIMEOUT_MS = 300_000;

let world: VerbWorld;
beforeAll(async () => {
  world = await startVerbWorld();
});
afterAll(() => world.close());

it.each(Object.entries(VERBS))(
  "every fault at every request leaves each transaction whole or not made, while %s",
  async (_, verb) => {
    await disturb(verb, world, everyFault);
  },
  TIMEOUT_MS,
);
