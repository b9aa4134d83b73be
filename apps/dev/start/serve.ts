import { runCli } from "@platform-api/platform-api";
import { processEnvironment } from "./config.ts";

// The child process of `start`. Their channel closes when `start` stops it, and also when `start` is killed.
const stopped = Promise.withResolvers<void>();
if (process.connected) process.once("disconnect", stopped.resolve);
else stopped.resolve();

function run(...args: readonly string[]): Promise<number> {
  return runCli(args, {
    env: processEnvironment(),
    out: (text) => process.stdout.write(text),
    err: (text) => process.stderr.write(text),
    readInput: async () => "",
    ask: null,
    operator: "start",
    onStop: (stop) => void stopped.promise.then(stop),
  });
}

// In production they are two processes.
const served = run("serve").finally(stopped.resolve);
await run("events", "follow");
process.exitCode = await served;
if (process.connected) process.disconnect();
