import { execFileSync } from "node:child_process";
import { setTimeout as pause } from "node:timers/promises";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { untilEither } from "@platform-api/server/domain";
import { expect, it, onTestFinished } from "vitest";
import { fileText, ROOT } from "../pages/page.ts";

setFlagsFromString("--expose-gc");
const collectGarbage: () => void = runInNewContext("gc");

it("work ends at a timeout that it alone still needs, whatever the garbage collector takes", async () => {
  const collecting = setInterval(collectGarbage, 5);
  onTestFinished(() => clearInterval(collecting));
  const caller = new AbortController();
  const work = untilEither(caller.signal, AbortSignal.timeout(100), async (either) => {
    while (!either.aborted) await pause(10); // as between the pages of a count
    throw either.reason;
  });
  const outcome = work.catch(({ name }) => name);
  expect(await Promise.race([outcome, pause(10_000, "never")])).toBe("TimeoutError");
});

it("no code combines signals by `AbortSignal.any`, which may never abort at a timeout", () => {
  const search = ["ls-files", "--", "packages/*/src/*.ts", "apps/*/src/*.ts"];
  const files = execFileSync("git", search, { cwd: ROOT, encoding: "utf8" }).trim().split("\n");
  expect(files.length).toBeGreaterThan(300);
  expect(files.filter((file) => fileText(file).includes("AbortSignal.any("))).toEqual([]);
});
