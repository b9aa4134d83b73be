import { it } from "vitest";
import { describeWith } from "../pages/programs.ts";
import { folderOfTests } from "../simulator/folder-of-tests.ts";
import { linkedStackOfTests } from "./linked.ts";
import { prove } from "./proof.ts";

const SIZE = { rows: 100_000, subjects: 5_000 };
const KILLS = { scan: 3, plan: 5, apply: 12, undo: 5 };
/** `LEAK_SEED=7` chooses the same places, and what writers do. */
const SEED = Number(process.env.LEAK_SEED ?? Date.now() % 1_000_000);
const MOST_MS = 300_000;

describeWith(["postgres", "pg_dump"], "a repair of 100,000 rows", () => {
  const stack = linkedStackOfTests(SIZE);
  const folder = folderOfTests("leak");

  it(
    `loses nothing, changes what is planned, and is undone, killed 25 times beside writers (seed ${SEED})`,
    async () => {
      await prove({ size: SIZE, kills: KILLS, seed: SEED, environment: stack.environment, folder });
    },
    MOST_MS,
  );
});
