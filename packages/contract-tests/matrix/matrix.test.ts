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

it("the product does only what the model allows, in every history of the seed", async ({ task }) => {
  const { histories, steps, givenUp } = await playMatrix(processes, { seed: SEED, goesOn });
  task.meta.summary = `matrix: ${histories} histories of ${steps} steps, seed ${SEED}`;
  expect(givenUp).toBeLessThan(HISTORIES / 10);
}, 300_000);

it("a violation is reported as the shortest history that shows it", async () => {
  const failing = playMatrix(withoutConflicts(processes), { seed: SEED, goesOn });
  await expect(failing).rejects.toThrow(
    /^--seed \d+, history \d+\n.*\n +x: .*\n +y: .*\n(.+\n){1,4}seen: +\{.*"user".*\nallowed: .*"IDENTITY_CONFLICT"/,
  );
}, 300_000);

/** The processes, with every conflict reported as a successful answer. */
function withoutConflicts({ prepare, close }: Processes): Processes {
  return {
    close,
    async prepare(setup) {
      const run = await prepare(setup);
      const play = run.play.bind(run);
      run.play = async (...step) => {
        const seen = await play(...step);
        const answers = seen?.answers.map((answer) =>
          answer.refused === "IDENTITY_CONFLICT" ? { user: "ada@shared" } : answer,
        );
        return seen && { ...seen, answers: answers ?? [] };
      };
      return run;
    },
  };
}
