import fc from "fast-check";
import type { Event, History } from "./world.ts";

const upTo = (max: number) => fc.nat({ max });
const named = <Name extends string>(...names: readonly Name[]) => fc.constantFrom(...names);
const soon = fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, upTo(60));
const takesMs = fc.oneof({ weight: 6, arbitrary: soon }, upTo(700));
const fate = fc.record({
  evaluatedMs: takesMs,
  replyMs: takesMs,
  isLost: fc.constantFrom(...Array<boolean>(60).fill(false), true),
});
const REPLIED = { evaluatedMs: 0, replyMs: 0, isLost: false };
const subject = fc.constantFrom(0, 0, 1);
const process = upTo(1);
const token = fc.oneof(upTo(1), upTo(4));

type Weighted = { readonly weight: number; readonly arbitrary: fc.Arbitrary<Event> };

const ASKING: readonly Weighted[] = [
  {
    weight: 8,
    arbitrary: fc.record({
      event: named("pass"),
      ms: fc.oneof(upTo(300), fc.constantFrom(1_000, 5_200), upTo(8_000)),
    }),
  },
  {
    weight: 12,
    arbitrary: fc.record({
      event: named("ask"),
      token,
      process,
      isChange: fc.constantFrom(false, false, true),
    }),
  },
];

/** What may happen besides. A history has some of these kinds, so that what belongs together comes together. */
const KINDS: readonly (readonly Weighted[])[] = [
  [
    {
      weight: 3,
      arbitrary: fc.record({
        event: named("login"),
        subject,
        isSidless: fc.constantFrom(false, false, true),
      }),
    },
    { weight: 3, arbitrary: fc.record({ event: named("refresh"), token }) },
  ],
  [
    {
      weight: 5,
      arbitrary: fc.record({
        event: named("tell"),
        subject,
        change: named("blocked", "blocked", "lifted", "lifted", "deleted"),
        isEarly: fc.boolean(),
      }),
    },
    {
      weight: 5,
      arbitrary: fc.record({
        event: named("follow"),
        follower: upTo(1),
        count: fc.integer({ min: 1, max: 3 }),
        dies: fc.boolean(),
      }),
    },
  ],
  [
    {
      weight: 6,
      arbitrary: fc.record({
        event: named("logout"),
        token,
        ofSession: fc.constantFrom(true, true, true, false),
        toldMs: fc.array(fc.oneof(fc.constant(0), upTo(4_000)), { minLength: 1, maxLength: 3 }),
      }),
    },
  ],
  [
    {
      weight: 3,
      arbitrary: fc.record({
        event: named("sign out"),
        token,
        how: named("by itself", "user", "subject"),
      }),
    },
  ],
  [
    {
      weight: 5,
      arbitrary: fc.record({
        event: named("block"),
        isBlocked: fc.boolean(),
        subject: fc.constantFrom(0, 1, null),
        operator: upTo(1),
      }),
    },
  ],
  [{ weight: 3, arbitrary: fc.record({ event: named("unlink", "unlink", "restart"), process }) }],
  [{ weight: 2, arbitrary: fc.record({ event: named("outage"), ms: fc.constantFrom(300, 300, 7_000) }) }],
];

/** Two sessions begin each history. */
const LOGIN: Event = { event: "login", subject: 0, isSidless: false };
const aheadMs = fc.constantFrom(0, 0, -10_000, 10_000);

export const history: fc.Arbitrary<History> = fc.record({
  events: fc
    .subarray([...KINDS], { minLength: 1 })
    .chain((kinds) => fc.array(fc.oneof(...ASKING, ...kinds.flat()), { minLength: 3, maxLength: 24 }))
    .map((events) => [LOGIN, LOGIN, ...events]),
  fates: fc.oneof(fc.constant([REPLIED]), fc.array(fate, { minLength: 1, maxLength: 12 })),
  operatorsAheadMs: fc.tuple(aheadMs, aheadMs),
  providerAheadMs: fc.constantFrom(0, 0, -700, 700),
  isNew: fc.boolean(),
});
