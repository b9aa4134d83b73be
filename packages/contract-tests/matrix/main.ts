import { parseArgs } from "node:util";
import { startProcesses } from "./driver.ts";
import { playMatrix } from "./matrix.ts";

const USAGE = "Usage: pnpm matrix [--seed <integer>] [--minutes <number>]\n";
const { values } = parseArgs({ options: { seed: { type: "string" }, minutes: { type: "string" } } });
const seed = Number(values.seed ?? Math.floor(Math.random() * 1e9));
const minutes = Number(values.minutes ?? 1);

if (Number.isSafeInteger(seed) && minutes > 0) await run();
else {
  process.stderr.write(`error: --seed must be an integer and --minutes a number above 0\n${USAGE}`);
  process.exitCode = 2;
}

async function run(): Promise<void> {
  const processes = await startProcesses();
  const started = Date.now();
  const seconds = () => Math.round((Date.now() - started) / 1_000);
  process.stdout.write(`Seed ${seed}, for ${minutes} min\n`);
  try {
    await playMatrix(processes, {
      seed,
      goesOn: () => Date.now() < started + minutes * 60_000,
      progress: ({ histories, steps, givenUp }) => {
        const busy = givenUp > 0 ? `, ${givenUp} abandoned because the machine was too busy` : "";
        process.stdout.write(`${seconds()} s: ${histories} histories, ${steps} steps${busy}\n`);
      },
    });
    process.stdout.write("The contract allows everything that happened.\n");
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : error}\n`);
    process.exitCode = 1;
  } finally {
    await processes.close();
  }
}
