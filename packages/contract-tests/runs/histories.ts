import fc from "fast-check";
import type { Event, History } from "./world.ts";

const upTo = (max: number) => fc.nat({ max });
const named = <Name extends string>(...names: readonly Name[]) => fc.constantFrom(...names);
const often = (value: number, others: fc.Arbitrary<number>) =>
  fc.oneof({ weight: 4, arbitrary: fc.constant(value) }, others);
const login = fc.constantFrom(0, 0, 1, 2);
const hers = fc.constantFrom(0, 1);
const process = upTo(1);
const holds = fc.constantFrom(true, true, false);
const readFate = fc.record({
  evaluatedMs: often(0, upTo(120)),
  replyMs: often(0, upTo(120)),
  isLost: fc.constant(false),
});
const runFate = fc.record({
  evaluatedMs: often(0, upTo(450)),
  replyMs: often(0, upTo(450)),
  isLost: fc.constantFrom(...Array<boolean>(40).fill(false), true),
});

type Weighted = { readonly weight: number; readonly arbitrary: fc.Arbitrary<Event> };

const WORKING: readonly Weighted[] = [
  {
    weight: 10,
    arbitrary: fc.record({
      event: named("pass"),
      ms: fc.oneof(upTo(400), fc.constantFrom(1_000, 3_000, 5_100), upTo(9_000), upTo(20_000)),
    }),
  },
  { weight: 5, arbitrary: fc.record({ event: named("start"), login }) },
  { weight: 2, arbitrary: fc.record({ event: named("approve"), run: upTo(2) }) },
];

/** What may happen besides. A history has some of these kinds, so that what belongs together comes together. */
const KINDS: readonly (readonly Weighted[])[] = [
  [{ weight: 3, arbitrary: fc.record({ event: named("remove"), holds }) }],
  [
    { weight: 2, arbitrary: fc.record({ event: named("block"), holds }) },
    { weight: 2, arbitrary: fc.record({ event: named("tell"), login: hers, holds }) },
  ],
  [
    { weight: 2, arbitrary: fc.record({ event: named("sign out") }) },
    { weight: 2, arbitrary: fc.record({ event: named("log out"), login: hers }) },
    { weight: 3, arbitrary: fc.record({ event: named("login", "login", "expire"), login }) },
  ],
  [{ weight: 3, arbitrary: fc.record({ event: named("enforce", "connection off"), holds }) }],
  [
    {
      weight: 5,
      arbitrary: fc.record({ event: named("crash", "crash", "leave", "boot", "boot"), process }),
    },
  ],
  [
    {
      weight: 2,
      arbitrary: fc.record({
        event: named("feed out", "feed out", "platform out", "runs out"),
        ms: fc.constantFrom(700, 4_000, 15_000, 70_000),
      }),
    },
  ],
  [{ weight: 1, arbitrary: fc.record({ event: named("cancel"), run: upTo(2) }) }],
];

/** Everybody has signed in, and Jane begins a run. */
const BEGIN: readonly Event[] = [
  { event: "login", login: 0 },
  { event: "login", login: 1 },
  { event: "login", login: 2 },
  { event: "pass", ms: 1_500 },
  { event: "start", login: 0 },
];

export const history: fc.Arbitrary<History> = fc.record({
  events: fc
    .subarray([...KINDS], { minLength: 1 })
    .chain((kinds) => fc.array(fc.oneof(...WORKING, ...kinds.flat()), { minLength: 3, maxLength: 22 }))
    .map((events) => [...BEGIN, ...events]),
  readFates: fc.array(readFate, { minLength: 1, maxLength: 10 }),
  runFates: fc.array(runFate, { minLength: 1, maxLength: 12 }),
  stepMs: fc.constantFrom(0, 2_000, 6_000, 11_000),
  hangs: fc.boolean(),
});
