import { it } from "vitest";
import { describeWith } from "../pages/programs.ts";
import { folderOfTests } from "../simulator/folder-of-tests.ts";
import { linkedStackOfTests } from "./linked.ts";
import { prove } from "./proof.ts";

/** `LEAK_ROWS=2000` is a small proof. */
const ROWS = Number(process.env.LEAK_ROWS ?? 100_000);
const SIZE = { rows: ROWS, subjects: ROWS / 20 };
const KILLS = { scan: 2, plan: 4, apply: 10, undo: 4 };
/** `LEAK_SEED=7` chooses the same places, and what writers do. */
const SEED = Number(process.env.LEAK_SEED ?? Date.now() % 1_000_000);
/** Five times what a busy machine needs. */
const MOST_MS = 900_000;

describeWith(["postgres", "pg_dump"], "a repair", () => {
  const stack = linkedStackOfTests(SIZE);
  const folder = folderOfTests("leak");

  it(
    `loses nothing, changes what is planned, and is undone, killed 20 times beside writers (seed ${SEED})`,
    async () => {
      await prove({ size: SIZE, kills: KILLS, seed: SEED, environment: stack.environment, folder });
    },
    MOST_MS,
  );
});
