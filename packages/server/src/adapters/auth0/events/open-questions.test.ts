import { expect, it } from "vitest";
import type { Question } from "../../../domain/index.ts";
import { ManagementError } from "../management-error.ts";
import { OpenQuestions } from "./open-questions.ts";
import { pauseAfter } from "./patience.ts";

const patience = { maxPauseMs: 1, onFailure: () => {} };
const question = (at: string | null): Question => ({ subject: "waad|jane", at, answers: 0 });

it("asks again where something happens while it asks, with the later time", async () => {
  const questions = new OpenQuestions(0);
  const asked: (string | null)[] = [];
  const end = new AbortController();
  questions.add(question("2026-11-30T12:00:02.000Z"));
  const ask = async ({ at }: Question) => {
    asked.push(at);
    if (asked.length === 1) questions.add(question("2026-11-30T12:00:01.000Z"));
    else if (asked.length === 2) questions.add(question("2026-11-30T12:00:03.000Z"));
    else end.abort();
    return null;
  };
  await expect(questions.answer(ask, patience, end.signal)).rejects.toThrow();
  expect(asked.map((at) => at?.at(-6))).toEqual(["2", "2", "3"]);
  expect(questions.list()).toEqual([]);
});

it("waits as long as Auth0 asks for, also where the domain says only that it is unavailable", () => {
  const busy = new ManagementError("status", "429", { status: 429, retryAfterMs: 7_000 });
  expect(pauseAfter(busy, 1, patience)).toBe(7_000);
  expect(pauseAfter(new Error("a user", { cause: busy }), 1, patience)).toBe(7_000);
  expect(pauseAfter(new Error("a user"), 1, patience)).toBe(1);
});
