import { afterAll, beforeAll, expect, it } from "vitest";
import { type Processes, startProcesses } from "./driver.ts";
import { type Played, playMatrix } from "./matrix.ts";

const SEED = 20_261_125;
const HISTORIES = 100;

let processes: Processes;

beforeAll(async () => {
  processes = await startProcesses();
});
afterAll(() => processes.close());

const goesOn = ({ histories, givenUp }: Played) => histories + givenUp < HISTORIES;

it("does nothing that the contract does not allow, in any of the seed's histories", async ({ task }) => {
  const { histories, steps, givenUp } = await playMatrix(processes, { seed: SEED, goesOn });
  task.meta.summary = `matrix: ${histories} histories of ${steps} steps, seed ${SEED}`;
  expect(givenUp).toBeLessThan(HISTORIES / 10);
}, 300_000);

it("shows the shortest history in which a person is lost to another organization", async () => {
  const failing = playMatrix(withoutConflicts(processes), { seed: SEED, goesOn });
  await expect(failing).rejects.toThrow(
    /^--seed \d+, history \d+\n.*\n +x: .*\n +y: .*\n(.+\n){1,4}seen: +\{.*"user".*\nallowed: .*"IDENTITY_CONFLICT"/,
  );
}, 300_000);

/** The processes, seen by an observer who takes every conflict for an answer. */
function withoutConflicts({ settle, close }: Processes): Processes {
  return {
    close,
    async settle(world) {
      const town = await settle(world);
      const play = town.play.bind(town);
      town.play = async (...step) => {
        const seen = await play(...step);
        const answers = seen?.answers.map((answer) =>
          answer.refused === "IDENTITY_CONFLICT" ? { user: "ada@shared" } : answer,
        );
        return seen && { ...seen, answers: answers ?? [] };
      };
      return town;
    },
  };
}
