import { once } from "node:events";
import { printableLines } from "@platform-api/platform-api/terminal";
import { processEnvironment, readStartConfig } from "./config.ts";
import { describe, describeStandIns } from "./description.ts";
import { onceOrphaned } from "./launchers.ts";
import { startStack } from "./stack.ts";
import { startStandIns } from "./stand-ins.ts";

const out = (text: string) => process.stdout.write(printableLines(text));
// A closed terminal or pipe must not interrupt an orderly stop.
for (const stream of [process.stdout, process.stderr]) stream.on("error", () => {});

const onlyStandIns = process.argv[2] === "stand-ins";
const asked = new AbortController();
const stopping = once(asked.signal, "abort").then(() => out("\nStopping …\n"));
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => asked.abort());
onceOrphaned(() => asked.abort(), processEnvironment());
process.exit(await run(asked.signal));

/** Runs the stack, or only its stand-ins, until a signal stops it. @returns the exit status, 1 when platform-api exits or the start fails */
async function run(signal: AbortSignal): Promise<number> {
  try {
    const config = readStartConfig();
    const began = performance.now();
    const seconds = () => `${((performance.now() - began) / 1_000).toFixed(1).padStart(5)} s`;
    const options = { progress: (step: string) => out(`${seconds()}  ${step}\n`), signal };
    out(`Starting ${onlyStandIns ? "the stand-ins" : "platform-api and the services around it"}\n`);
    const stack = await (onlyStandIns ? startStandIns(config, options) : startStack(config, options));
    out(`${seconds()}  ready\n\n${(onlyStandIns ? describeStandIns : describe)(config, stack.people)}`);

    await Promise.race([stopping, stack.ended]);
    if (!signal.aborted)
      out(`\nplatform-api has exited (see ${config.DATA_FOLDER}/platform-api.log). Stopping the rest …\n`);
    const status = signal.aborted ? 0 : 1;
    await stack.stop();
    out(`Stopped. The data is kept in ${config.DATA_FOLDER}.\n`);
    return status;
  } catch (error) {
    if (signal.aborted && error === signal.reason) {
      out("Stopped.\n");
      return 0;
    }
    const problem = error instanceof Error ? error.message : String(error);
    process.stderr.write(printableLines(`\ncannot start:\n${problem}\n`));
    return 1;
  }
}
