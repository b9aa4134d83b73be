import { afterAll, beforeAll, describe, it } from "vitest";
import { PAIRS, race, someTriples } from "./races.ts";
import { startVerbWorld, type VerbWorld } from "./world.ts";

const SEEDS = [1, 2, 3];
const TRIPLES = 40;

let world: VerbWorld;
beforeAll(async () => {
  world = await startVerbWorld();
});
afterAll(() => world.close());

describe("verbs at the same time come to what some order of them gives", () => {
  it.each(PAIRS)("%s, and %s", async (...pair) => {
    await race(pair, world, SEEDS);
  });

  it.each(someTriples(TRIPLES, 1))("%s, %s, and %s", async (...triple) => {
    await race(triple, world, SEEDS);
  });
});
