import { afterAll, beforeAll, expect, it } from "vitest";
import { type Processes, startProcesses } from "./driver.ts";
import { playMatrix } from "./matrix.ts";

/** A test that plays this many histories of the seed. @returns the processes, while tests run */
export function playsHistories(seed: number, count: number): () => Processes {
  let processes: Processes;
  beforeAll(async () => {
    processes = await startProcesses();
  });
  afterAll(() => processes.close());

  it("the product does only what the model allows, in every history of the seed", async ({ task }) => {
    const { histories, steps, givenUp } = await playMatrix(processes, {
      seed,
      goesOn: (played) => played.histories + played.givenUp < count,
    });
    task.meta.summary = `matrix: ${histories} histories of ${steps} steps, seed ${seed}`;
    expect(givenUp).toBeLessThan(count / 10);
  }, 300_000);
  return () => processes;
}
