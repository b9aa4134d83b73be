import { once } from "node:events";
import { readStartConfig } from "./config.ts";
import { describe } from "./description.ts";
import { startStack } from "./stack.ts";

const out = (text: string) => process.stdout.write(text);
// Whoever closes the terminal, or the pipe, is owed an end in order.
for (const stream of [process.stdout, process.stderr]) stream.on("error", () => {});

const asked = new AbortController();
const stopping = once(asked.signal, "abort").then(() => out("\nStopping …\n"));
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => asked.abort());
process.exit(await run(asked.signal));

/** Runs the stack until it is asked to stop. @returns the exit status: 1 when platform-api ends, or nothing starts */
async function run(signal: AbortSignal): Promise<number> {
  try {
    const config = readStartConfig();
    const began = performance.now();
    const seconds = () => `${((performance.now() - began) / 1_000).toFixed(1).padStart(5)} s`;
    out("Starting platform-api and everything around it\n");
    const stack = await startStack(config, { progress: (step) => out(`${seconds()}  ${step}\n`), signal });
    out(`${seconds()}  ready\n\n${describe(config, stack.people)}`);

    await Promise.race([stopping, stack.ended]);
    if (!signal.aborted)
      out(
        `\nplatform-api has ended by itself (${config.DATA_FOLDER}/platform-api.log says why); stopping the rest …\n`,
      );
    const status = signal.aborted ? 0 : 1;
    await stack.stop();
    out(`Stopped. What was stored is kept in ${config.DATA_FOLDER}.\n`);
    return status;
  } catch (error) {
    if (signal.aborted && error === signal.reason) {
      out("Stopped.\n");
      return 0;
    }
    process.stderr.write(`\ncannot start:\n${error instanceof Error ? error.message : String(error)}\n`);
    return 1;
  }
}
