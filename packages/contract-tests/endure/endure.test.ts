import { expect, it } from "vitest";
import { summary } from "./page.ts";
import { SHORT } from "./phases.ts";
import { endure } from "./run.ts";
import { isHeld, verdict } from "./verdict.ts";

it("under load, attacks and faults nobody is let in wrongly, and valid requests get 2xx, 502 or 503", async ({
  task,
}) => {
  const run = await endure(SHORT);
  task.meta.summary = `endure: ${summary(run)}`;
  const broken = verdict(run).filter((line) => line.isSafety && !isHeld(line));
  expect(broken).toEqual([]);
}, 360_000);
