import { expect, it } from "vitest";
import type { Processes } from "./driver.ts";
import { playsHistories } from "./histories-of-seed.ts";
import { playMatrix } from "./matrix.ts";

const SEED = 20_261_125;
// `more.test.ts` plays others.
const processes = playsHistories(SEED, 40);

it("a violation is reported as the shortest history that shows it", async () => {
  const failing = playMatrix(withoutConflicts(processes()), { seed: SEED, goesOn: () => true });
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
