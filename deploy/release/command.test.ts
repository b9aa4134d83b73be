import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { commandsIn } from "./command.ts";

const folder = mkdtempSync(join(tmpdir(), "command-"));
afterAll(() => rmSync(folder, { recursive: true }));
const has = (file: string) => existsSync(join(folder, file));

it("fails with the last lines of output", async () => {
  const failing = commandsIn(folder).run("sh", "-c", "seq 40; echo why >&2; exit 3");
  await expect(failing).rejects.toThrow(/^sh -c .* failed:\n12\n[\d\n]*\n40\nwhy$/);
});

it("an interrupted command has ended before it fails", async () => {
  const interruption = new AbortController();
  const script = "trap 'sleep 0.5; touch ended; exit' TERM; touch started; while :; do sleep 0.1; done";
  const interrupted = commandsIn(folder, interruption.signal).run("sh", "-c", script);
  const failed = expect(interrupted).rejects.toThrow("Interrupted.");
  await expect.poll(() => has("started"), { timeout: 10_000 }).toBe(true);
  interruption.abort(new Error("Interrupted."));
  await failed;
  expect(has("ended")).toBe(true);
});

it("does not wait for what an interrupted command leaves behind", async () => {
  const interruption = new AbortController();
  const script = "sleep 30 & echo $! > left.tmp && mv left.tmp left; exec sleep 30";
  const interrupted = commandsIn(folder, interruption.signal).run("sh", "-c", script);
  const failed = expect(interrupted).rejects.toThrow("Interrupted.");
  await expect.poll(() => has("left"), { timeout: 10_000 }).toBe(true);
  interruption.abort(new Error("Interrupted."));
  await failed;
  await commandsIn(folder).run("sh", "-c", "kill $(cat left)");
});
