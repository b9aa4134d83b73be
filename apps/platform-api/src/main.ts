import { once } from "node:events";
import { userInfo } from "node:os";
import { createInterface } from "node:readline/promises";
import { text } from "node:stream/consumers";
import { setFlagsFromString } from "node:v8";
import { runCli } from "./cli.ts";
import { processEnvironment } from "./config/config.ts";
import { startWatchdog } from "./watchdog.ts";

const EXIT_GRACE_MS = 500;

const MIN_NODE = 22;
if (Number.parseInt(process.versions.node, 10) < MIN_NODE) {
  process.stderr.write(
    `error: platform-api needs Node ${MIN_NODE} or later, and this is ${process.version}\n`,
  );
  process.exit(1);
}

// V8 moves allocations whose objects live long to its old space for good. What it learns from first logins, which wait
// for upstreams, makes each garbage collection under load four times as long.
setFlagsFromString("--no-allocation-site-pretenuring");

// stderr holds only our own errors, so warnings of libraries are dropped.
process.removeAllListeners("warning");
console.warn = () => {};

startWatchdog(processEnvironment());

const args = process.argv.slice(2);
const isServer = args[0] === "serve";
if (!isServer) process.stdout.on("error", endUnread);
process.exitCode = await runCli(args, {
  env: processEnvironment(),
  out: (line) => process.stdout.write(line),
  err: (line) => process.stderr.write(line),
  ...(process.stderr.isTTY && { rewrite }),
  readInput: () => text(process.stdin),
  ask: process.stdin.isTTY ? ask : null,
  operator: operator(),
  // The listeners stay, so that a second signal does not end a process that is draining.
  onStop: (stop) => {
    for (const signal of ["SIGTERM", "SIGINT"] as const) process.on(signal, stop);
  },
});

// The SDK cannot cancel a request for credentials. One without an answer must not keep the process alive, and nor must a
// log that nobody reads. The output of a command waits for its reader.
const end = isServer ? () => process.exit() : () => process.stdout.write("", () => process.exit());
setTimeout(end, EXIT_GRACE_MS).unref();

/** Ends a command whose result cannot be written. A reader that has enough, such as `head`, wants to hear nothing of it. */
function endUnread({ code }: NodeJS.ErrnoException): void {
  if (code !== "EPIPE") process.stderr.write(`error: the result could not be written to stdout (${code})\n`);
  process.exit(1);
}

/** One that is wider than the terminal would stay. */
function rewrite(line: string): void {
  process.stderr.write(`\r\u001b[K${line.slice(0, (process.stderr.columns || 80) - 1)}`);
}

/** Asks on stderr, because stdout holds only the result. An input that ends counts as no answer. */
async function ask(question: string): Promise<string> {
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  try {
    const ended = once(lines, "close").then(() => "");
    return await Promise.race([lines.question(question).catch(() => ""), ended]);
  } finally {
    lines.close();
  }
}

/** A container's user may have a number and no name. */
function operator(): string {
  try {
    return userInfo().username;
  } catch {
    return `uid ${process.getuid?.() ?? "unknown"}`;
  }
}
