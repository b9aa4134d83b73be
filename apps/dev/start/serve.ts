import { runCli } from "@platform-api/platform-api";
import { processEnvironment } from "./config.ts";

// The child process of `start`. Their channel closes when `start` stops it, and also when `start` is killed.
process.exitCode = await runCli(["serve"], {
  env: processEnvironment(),
  out: (text) => process.stdout.write(text),
  err: (text) => process.stderr.write(text),
  readInput: async () => "",
  ask: null,
  operator: "start",
  onStop: (stop) => {
    if (process.connected) process.once("disconnect", stop);
    else stop();
  },
});
if (process.connected) process.disconnect();
