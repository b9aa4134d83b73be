import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Writable } from "node:stream";
import { expect, it, onTestFinished } from "vitest";
import { fileOutlet, LossyLog, streamOutlet } from "./lossy-log.ts";

/** A log whose outlet is done with a text when the test says so. */
function start() {
  const written: string[] = [];
  let done: (lost: number) => void = () => {};
  const log = new LossyLog(() => ({
    write(lines, whenDone) {
      written.push(lines);
      done = whenDone;
    },
    writeNow: (lines) => void written.push(`now ${lines}`),
  }));
  return { log, written, done: (lost = 0) => done(lost) };
}

const outcome = (outlet: ReturnType<typeof fileOutlet>, lines: string) =>
  new Promise<number>((resolve) => outlet.write(lines, resolve));

it("writes a line at once, and together what comes until that is done", () => {
  const { log, written, done } = start();
  for (const line of ["1\n", "2\n", "3\n"]) log.write(line);
  expect(written).toEqual(["1\n"]);
  done();
  expect(written).toEqual(["1\n", "2\n3\n"]);
  done();
  log.write("4\n");
  expect(written.at(-1)).toBe("4\n");
});

it("writes what waits while the process exits", () => {
  const { log, written } = start();
  for (const line of ["1\n", "2\n", "3\n"]) log.write(line);
  log.writeNow();
  expect(written).toEqual(["1\n", "now 2\n3\n"]);
});

it("T8K: keeps 4 MiB for a reader that stops, counts what it drops, and goes on with the reader", () => {
  const { log, written, done } = start();
  const line = `${"x".repeat(1_023)}\n`;
  for (let count = 0; count < 4_096 + 1 + 5; count += 1) log.write(line);
  log.write(line.repeat(2));
  expect(log.lost).toBe(7);
  done();
  expect(written.map(({ length }) => length)).toEqual([1_024, 4_194_304]);
  log.write("later\n");
  done(4_096);
  expect([written.at(-1), log.lost]).toEqual(["later\n", 7 + 4_096]);
});

it.runIf(process.platform === "linux")(
  "T8K: a file on a full disk loses the lines, and fails quietly",
  async () => {
    const fd = openSync("/dev/full", "w");
    onTestFinished(() => closeSync(fd));
    const outlet = fileOutlet(fd);
    expect([await outcome(outlet, "1\n2\n"), await outcome(outlet, "3\n")]).toEqual([2, 1]);
    outlet.writeNow("4\n");
  },
);

it("a file has every line, in any script, also those that are written while the process exits", async () => {
  const folder = mkdtempSync(join(tmpdir(), "lossy-log-"));
  const fd = openSync(join(folder, "log"), "a");
  onTestFinished(() => {
    closeSync(fd);
    rmSync(folder, { recursive: true });
  });
  const outlet = fileOutlet(fd);
  expect(await outcome(outlet, "ä\n😀\n")).toBe(0);
  outlet.writeNow("now\n");
  expect(readFileSync(join(folder, "log"), "utf8")).toBe("ä\n😀\nnow\n");
});

it("T8K: a stream whose reader has gone loses the lines, and the next text begins a new line", async () => {
  const written: string[] = [];
  const outcomes = [null, new Error("EPIPE"), new Error("EPIPE"), null, null];
  const stream = new Writable({
    write(chunk, _, callback) {
      written.push(String(chunk));
      callback(outcomes.shift());
    },
    // As stdout does, which errors do not close.
    destroy(error, callback) {
      callback(error);
      Reflect.get(stream, "_undestroy").call(stream);
    },
  });
  const outlet = streamOutlet(stream);
  const lost: number[] = [];
  for (const lines of ["1\n", "2\n3\n", "4\n", "5\n", "6\n"]) lost.push(await outcome(outlet, lines));
  expect(lost).toEqual([0, 2, 1, 0, 0]);
  expect(written).toEqual(["1\n", "2\n3\n", "\n4\n", "\n5\n", "6\n"]);
});
