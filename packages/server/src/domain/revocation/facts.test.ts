import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { subjectFacts } from "../testing/people.ts";
import {
  afterSaying,
  afterTimes,
  BLOCKERS,
  type Blocker,
  noFacts,
  type SaidBlocked,
  secondsOf,
} from "./facts.ts";

const EMPTY = subjectFacts();
const at = (second: number) => `2026-11-30T12:00:0${second}.000Z`;
const says = (second: number, isBlocked: boolean): SaidBlocked => ({ isBlocked, at: at(second) });

it.each<[string, SaidBlocked | null, SaidBlocked, SaidBlocked]>([
  ["a block is the first word", null, says(1, true), says(1, true)],
  [
    "a lift is kept, so that an older block that comes later changes nothing",
    null,
    says(1, false),
    says(1, false),
  ],
  ["a later lift decides", says(1, true), says(2, false), says(2, false)],
  ["an older lift changes nothing", says(2, true), says(1, false), says(2, true)],
  ["an older block changes nothing", says(2, false), says(1, true), says(2, false)],
  ["of both at the same time the block decides", says(1, false), says(1, true), says(1, true)],
  ["of both at the same time the block stays", says(1, true), says(1, false), says(1, true)],
  ["the same again changes nothing", says(1, true), says(1, true), says(1, true)],
])("what one source says: %s", (_, known, said, expected) => {
  const facts = subjectFacts({ sources: { event: known, operator: says(9, true) } });
  const after = afterSaying(facts, "event", said);
  expect(after.sources).toEqual({ event: expected, operator: says(9, true) });
  if (expected === known) expect(after).toBe(facts);
});

it.each<[string, number | null, number | null | undefined, number | null]>([
  ["the first time counts", null, 5, 5],
  ["a later one counts", 5, 6, 6],
  ["an older one changes nothing", 5, 4, 5],
  ["the same one changes nothing", 5, 5, 5],
  ["no time changes nothing", 5, null, 5],
  ["a time that is not named changes nothing", 5, undefined, 5],
  ["zero is a time", null, 0, 0],
])("each of the times of a subject: %s", (_, known, time, expected) => {
  for (const name of ["notBefore", "sidlessNotBefore", "logoutBefore"] as const) {
    const facts = subjectFacts({ [name]: known });
    const after = afterTimes(facts, time === undefined ? {} : { [name]: time });
    expect(after).toEqual(subjectFacts({ [name]: expected }));
    if (expected === known) expect(after).toBe(facts);
  }
});

it("a subject of which nothing is stored has no fact", () => {
  const nothing = { notBefore: null, sidlessNotBefore: null, logoutBefore: null };
  expect(noFacts(EMPTY)).toEqual({
    tenant: "default",
    subject: "waad|old",
    ...nothing,
    sources: { event: null, operator: null },
  });
});

it("a time is told in whole seconds, as in tokens", () => {
  expect(secondsOf(new Date("1970-01-01T00:01:40.999Z"))).toBe(100);
});

describe("any facts", () => {
  type Merge = (facts: typeof EMPTY) => typeof EMPTY;
  const second = fc.integer({ min: 0, max: 5 });
  const fact: fc.Arbitrary<Merge> = fc.oneof(
    fc
      .tuple(fc.constantFrom(...BLOCKERS), second, fc.boolean())
      .map(([by, second, isBlocked]: [Blocker, number, boolean]): Merge => {
        return (facts) => afterSaying(facts, by, says(second, isBlocked));
      }),
    fc
      .record({ notBefore: second, sidlessNotBefore: second, logoutBefore: second }, { requiredKeys: [] })
      .map(
        (times): Merge =>
          (facts) =>
            afterTimes(facts, times),
      ),
  );
  const merged = (facts: readonly Merge[]) => facts.reduce((known, merge) => merge(known), EMPTY);

  it("are the same in any order, read by two, and with duplicates", () => {
    const histories = fc
      .array(fact, { maxLength: 8 })
      .chain((facts) =>
        fc.tuple(
          fc.constant(facts),
          fc.shuffledSubarray([...facts, ...facts], { minLength: 2 * facts.length }),
        ),
      );
    fc.assert(
      fc.property(histories, ([facts, again]) => {
        expect(merged(again)).toEqual(merged(facts));
      }),
    );
  });

  it("leaves facts that are known already the same object, so that nothing is stored", () => {
    fc.assert(
      fc.property(fc.array(fact, { maxLength: 8 }), (facts) => {
        const known = merged(facts);
        for (const merge of facts) expect(merge(known)).toBe(known);
      }),
    );
  });
});
