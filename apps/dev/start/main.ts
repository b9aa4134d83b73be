import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";
import { printableLines } from "@platform-api/platform-api/terminal";
import { processEnvironment, readStartConfig } from "./config.ts";
import { aboutFile, untilGone } from "./data-folder.ts";
import { describe, describeStandIns } from "./description.ts";
import { onceOrphaned } from "./launchers.ts";
import { startStack } from "./stack.ts";
import { startStandIns } from "./stand-ins.ts";

const out = (text: string) => process.stdout.write(printableLines(text));
// A closed terminal or pipe must not interrupt an orderly stop.
for (const stream of [process.stdout, process.stderr]) stream.on("error", () => {});

/** A part whose files are gone may never stop. */
const LONGEST_STOP_MS = 10_000;

const onlyStandIns = process.argv[2] === "stand-ins";
const asked = new AbortController();
const asking = once(asked.signal, "abort").then(() => {
  out("\nStopping: waiting for what is being answered …\n");
  return "asked" as const;
});
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => asked.abort());
onceOrphaned(() => asked.abort(), processEnvironment());
process.exit(await run(asked.signal));

/** Runs the stack, or only its stand-ins, until a signal stops it. @returns the exit status, 1 when it ends by itself or the start fails */
async function run(signal: AbortSignal): Promise<number> {
  try {
    const config = readStartConfig();
    const began = performance.now();
    const seconds = () => `${((performance.now() - began) / 1_000).toFixed(1).padStart(5)} s`;
    const options = { progress: (step: string) => out(`${seconds()}  waiting for ${step}\n`), signal };
    out(`Starting ${onlyStandIns ? "the stand-ins" : "platform-api and the services around it"}\n`);
    const stack = await (onlyStandIns ? startStandIns(config, options) : startStack(config, options));
    const { short, whole } = (onlyStandIns ? describeStandIns : describe)(config, stack.people);
    writeFileSync(aboutFile(config), whole);
    out(`${seconds()}  ready\n\n${short}`);

    const exited = stack.ended.then(() => "exited" as const);
    const gone = untilGone(config.DATA_FOLDER).then(() => "gone" as const);
    const end = await Promise.race([asking, exited, gone]);
    if (end === "gone") {
      out(`\nThe data folder ${config.DATA_FOLDER} is gone, and what it held is lost. Stopping …\n`);
      await Promise.race([stack.stop().catch(() => {}), pause(LONGEST_STOP_MS)]);
      return 1;
    }
    if (end === "exited")
      out(`\nplatform-api has exited (see ${config.DATA_FOLDER}/platform-api.log). Stopping the rest …\n`);
    await stack.stop();
    out(`Stopped. The data is kept in ${config.DATA_FOLDER}.\n`);
    return end === "asked" ? 0 : 1;
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
