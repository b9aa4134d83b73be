/** Loaded into platform-api by `--import`. Answers each message of the parent with what only the process itself knows. */
import { monitorEventLoopDelay } from "node:perf_hooks";

/** What the histogram adds to every delay, in milliseconds. */
const RESOLUTION_MS = 10;

const delay = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
delay.enable();
let unhandledRejections = 0;
process.on("unhandledRejection", () => {
  unhandledRejections += 1;
});

process.on("message", (message) => {
  globalThis.gc?.();
  const sockets = process.getActiveResourcesInfo().filter((resource) => resource === "TCPSocketWrap").length;
  const delayP99Ms = Math.max(0, delay.percentile(99) / 1e6 - RESOLUTION_MS);
  const { heapUsed, external } = process.memoryUsage();
  process.send?.({ usedMb: (heapUsed + external) / 1e6, delayP99Ms, sockets, unhandledRejections });
  if (message === "begin") delay.reset();
});
process.once("disconnect", () => process.exit()); // the parent has crashed
process.channel?.unref();
