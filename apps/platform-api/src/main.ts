import { text } from "node:stream/consumers";
import { runCli } from "./cli.ts";
import { processEnvironment } from "./config.ts";

// A library's warning would be the only thing on stderr that is no error of ours.
process.removeAllListeners("warning");

process.exitCode = await runCli(process.argv.slice(2), {
  env: processEnvironment(),
  out: (line) => process.stdout.write(line),
  err: (line) => process.stderr.write(line),
  readInput: () => text(process.stdin),
  // Listened to for good: a second signal must not end a process that drains.
  onStop: (stop) => {
    for (const signal of ["SIGTERM", "SIGINT"] as const) process.on(signal, stop);
  },
});
