import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type CacheKey, keyIn } from "../../server/src/adapters/cache-keys.ts";
import { ACME } from "../../server/src/domain/testing/people.ts";
import { CHANGES, type Change } from "./changes.ts";
import { PEOPLE } from "./people.ts";
import { EVERY_QUESTION, type Process, type Question, startWorld, type World } from "./world.ts";

const SEED = 11;

const asked = fc.record({
  afterMs: fc.oneof(fc.integer({ min: 1, max: 2_000 }), fc.integer({ min: 1, max: 15_000 })),
  question: fc.constantFrom(...EVERY_QUESTION),
});
/**
 * Requests before the change, so that each thing an answer is made of has been read at a moment of its own, and mostly
 * before the answer was made. Ann shares connection, domain and organization with the user.
 */
const warmUp = fc.record({
  byAnn: fc.array(asked, { minLength: 1, maxLength: 2 }),
  byEarlierToken: fc.array(asked, { minLength: 1, maxLength: 3 }),
  byToken: fc.array(asked, { minLength: 3, maxLength: 5, size: "max" }),
});

/** When requests arrive between the change and the last moment of the old answer. */
const PATTERNS: Readonly<Record<string, (fromMs: number, untilMs: number) => readonly number[]>> = {
  "no request arrives": () => [],
  "requests arrive all the time": (fromMs, untilMs) => {
    const everyMs = Math.max(100, (untilMs - fromMs) / 600);
    return Array.from({ length: Math.floor((untilMs - fromMs) / everyMs) }, (_, n) =>
      Math.floor(fromMs + n * everyMs),
    );
  },
  // What is cached for a shorter time has just been read again, so that only the age of the old thing can end the answer.
  "requests arrive shortly before that": (fromMs, untilMs) =>
    [3_000, 2_000, 1_000, 500].map((ms) => untilMs - ms).filter((ms) => ms >= fromMs),
  "requests arrive now and then": (fromMs, untilMs) => {
    const moments = fc.array(fc.integer({ min: fromMs, max: untilMs }), { minLength: 8, maxLength: 8 });
    const [sample = []] = fc.sample(moments, { seed: SEED, numRuns: 1 });
    return sample.toSorted((a, b) => a - b);
  },
};

/** Of the store. No process is notified of the others. */
const STORED = CHANGES.filter(([, { until }]) => until !== null && typeof until === "object");

describe.each(Object.keys(PATTERNS))("while %s", (pattern) => {
  it.concurrent.each(CHANGES)("when %s, the old answer ends in time", (_, change) =>
    expectOldAnswerToEnd(change, { pattern, mostMs: 2_000, arePollsFailing: false }),
  );
});

describe("while requests arrive all the time", () => {
  it.concurrent.each(STORED)("when %s, and polls fail, the old answer ends in time", (_, change) =>
    expectOldAnswerToEnd(change, {
      pattern: "requests arrive all the time",
      mostMs: 5_000,
      arePollsFailing: true,
    }),
  );
});

const [{ jane }, REMOVED, BLOCKED] = [PEOPLE, "a member is removed", "a user is blocked"];
const CHANGED = new Map(CHANGES);

it.concurrent.each<[string, string, number, CacheKey]>([
  [REMOVED, "40 s", 40_000, `memberships ${keyIn.membership(ACME, jane.userId)}`],
  [BLOCKED, "4 minutes", 240_000, `unblocked ${jane.userId}`],
])(
  "when %s by a change without an answer that is stored %s late, the old answer ends within 5 s, where its notice is repeated",
  async (name, _, lateMs, key) => {
    const { happens, shows } = CHANGED.get(name) ?? expect.fail();
    const answerAfter = async (isRepeated: boolean) => {
      const world = await startWorld();
      try {
        const ask = () => world.cached.ask("auth.validate", jane.token);
        const [before, sentMs] = [await ask(), world.clock.wallMs()];
        if (isRepeated) world.giveUp([key]);
        for (let ms = 0; ms < lateMs; ms += 10_000) await world.advance(10_000); // it is awake
        await ask(); // a notice has ended what was cached
        await happens(world);
        world.commit(sentMs);
        expect(await ask()).toBe(before);
        await world.advance(5_000);
        return await ask();
      } finally {
        await world.close();
      }
    };
    expect(await answerAfter(true)).toContain(shows);
    expect(await answerAfter(false)).not.toContain(shows);
  },
);

interface Conditions {
  readonly pattern: string;
  /** In which time a change of the store is seen. */
  readonly mostMs: number;
  /** From the change on. */
  readonly arePollsFailing: boolean;
}

async function expectOldAnswerToEnd(change: Change, conditions: Conditions): Promise<void> {
  const world = await startWorld();
  try {
    await expectOldAnswerToEndIn(world, change, conditions);
  } finally {
    await world.close();
  }
}

async function expectOldAnswerToEndIn(
  world: World,
  change: Change,
  { pattern, mostMs, arePollsFailing }: Conditions,
): Promise<void> {
  const { cached, uncached, clock } = world;
  const { token = change.of.token, shownBy = "auth.validate" } = change;
  const nowMs = () => clock.monotonicMs();
  const advanceTo = (ms: number) => world.advance(Math.max(0, ms - nowMs()));

  const [requests] = fc.sample(warmUp, { seed: SEED + pattern.length, numRuns: 1 });
  const warm = async (by: string, asks: readonly { afterMs: number; question: Question }[] = []) => {
    for (const { afterMs, question } of asks) {
      await cached.ask(question, by);
      await world.advance(afterMs);
    }
  };
  await warm(PEOPLE.ann.token, requests?.byAnn);
  await warm(change.of.earlierToken, requests?.byEarlierToken);
  await warm(token, requests?.byToken);
  // The listing comes first, because it corrects what is cached.
  const before = await askAll(cached, token, EVERY_QUESTION.toReversed());

  const changedMs = nowMs();
  await change.happens(world);
  world.commit();
  if (arePollsFailing) world.failPolls();
  const { until } = change;
  const untilMs = typeof until === "function" ? until(world) : until && world.heldUntil(until);
  const between: [Question, string][] = [];
  const ask = async (question: Question) => {
    between.push([question, await cached.ask(question, token)]);
  };
  if (untilMs !== null) {
    expect(untilMs).toBeGreaterThan(nowMs());
    if (typeof until !== "function") expect(untilMs - changedMs).toBeLessThanOrEqual(mostMs);
    // Otherwise nothing was cached, and there would be nothing to test.
    expect(await cached.ask(shownBy, token)).toBe(before[shownBy]);
    for (const [n, moment] of (PATTERNS[pattern]?.(nowMs(), untilMs) ?? []).entries()) {
      await advanceTo(moment);
      await ask(EVERY_QUESTION[n % EVERY_QUESTION.length] ?? "auth.validate");
    }
    if (between.length > 0) {
      await advanceTo(untilMs - 1);
      for (const question of EVERY_QUESTION) await ask(question);
    }
    await advanceTo(untilMs + 1);
  }

  const isNewTokenFirst = Object.keys(PATTERNS).indexOf(pattern) % 2 === 1;
  const expectNewTokenToAgree = async () => {
    const { laterToken } = change.of;
    expect(await askAll(cached, laterToken)).toEqual(await askAll(uncached, laterToken));
  };
  if (isNewTokenFirst) await expectNewTokenToAgree();
  const after = await askAll(cached, token);
  expect(after).toEqual(await askAll(uncached, token));
  if (!isNewTokenFirst) await expectNewTokenToAgree();
  expect(after[shownBy]).toContain(change.shows);
  expect(before[shownBy]).not.toContain(change.shows);
  for (const [question, answer] of between) expect([before[question], after[question]]).toContain(answer);
}

async function askAll(
  { ask }: Process,
  token: string,
  questions = EVERY_QUESTION,
): Promise<Readonly<Partial<Record<Question, string>>>> {
  const answers: Partial<Record<Question, string>> = {};
  for (const question of questions) answers[question] = await ask(question, token);
  return answers;
}
