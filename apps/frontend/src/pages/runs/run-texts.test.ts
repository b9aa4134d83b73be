import { expect, it } from "vitest";
import { aRun, stepsOf } from "./run.fixture.ts";
import { changeText, durationText, type StopReason, stepState, stopText } from "./run-texts.ts";
import type { Run, RunStatus, Step } from "./runs-client.ts";

it.each([
  [0, "0.0 s"],
  [420, "0.4 s"],
  [9_949, "9.9 s"],
  [9_950, "10 s"],
  [59_499, "59 s"],
  [59_500, "1 min 0 s"],
  [125_000, "2 min 5 s"],
  [3_600_000, "1 h 0 min"],
  [12_000_000, "3 h 20 min"],
])("durationText shows %i ms as %s", (ms, text) => {
  expect(durationText(ms)).toBe(text);
});

it.each<[Step["status"], RunStatus, number, RunStatus, string]>([
  ["pending", "running", 1, "queued", "Not yet"],
  ["pending", "failed", 2, "queued", "Not reached"],
  ["pending", "stopped", 2, "queued", "Not reached"],
  ["pending", "stopped", 1, "stopped", "Not finished"],
  ["waiting", "cancelled", 1, "cancelled", "Not finished"],
  ["running", "running", 1, "running", "Working…"],
  ["waiting", "waiting", 1, "waiting", "Waiting for you"],
  ["done", "running", 0, "succeeded", "3.0 s"],
  ["failed", "failed", 1, "failed", "Failed after 3.0 s"],
])("a %s step of a %s run, at position %i, looks %s and says %s", (status, of, index, glyph, text) => {
  const steps = stepsOf(1, { status: "pending" });
  steps[index] = { name: steps[index]?.name ?? "read", status, durationMs: 3_000 };
  expect(steps.map((step) => stepState(step, aRun({ status: of, steps })))[index]).toEqual({ glyph, text });
});

/** A missing one does not compile. */
const REASONS: Record<StopReason, RegExp> = {
  NOT_A_MEMBER: /not a member of Acme/,
  MEMBERSHIP_REMOVED: /you were removed from Acme$/,
  ROLE_REQUIRED: /your role in Acme/,
  IDENTITY_BLOCKED: /blocked/,
  TOKEN_REVOKED: /sign-in/,
  SSO_REQUIRED: /Acme now requires single sign-on/,
  STORE_UNAVAILABLE: /could not check/,
};

it.each([...Object.entries(REASONS), ["BORED", /access has changed/], ["", /access has changed/]] as const)(
  "a run that was stopped for %s says why and what to do",
  (reason, said) => {
    const { title, what, next } = stopText(reason, "Acme");
    expect(title).toMatch(/^Stopped: \S/);
    expect(title).toMatch(said);
    expect(`${what} ${next}`).toMatch(/^[A-Z][^{}]+\. [A-Z][^{}]+\.$/);
  },
);

const WAITING = aRun({ status: "waiting", steps: stepsOf(3, { status: "waiting" }) });

it.each<[string, Run, Run, string]>([
  ["nothing", aRun(), aRun({ durationMs: 9 }), ""],
  ["a step", aRun(), aRun({ steps: stepsOf(2) }), "Find headings, dates and numbers: done"],
  [
    "the last step of two",
    aRun(),
    WAITING,
    "Find headings, dates and numbers: done. Write a summary: done. Needs approval",
  ],
  [
    "a failed step",
    aRun(),
    aRun({ status: "failed", steps: stepsOf(1, { status: "failed" }) }),
    "Find headings, dates and numbers: failed. Failed",
  ],
  [
    "the end",
    WAITING,
    aRun({ ...WAITING, status: "stopped", stopped: "TOKEN_REVOKED" }),
    "Stopped: the sign-in that started it was ended",
  ],
])("changeText tells %s", (_, before, now, text) => {
  expect(changeText(before, now, "Acme")).toBe(text);
});
