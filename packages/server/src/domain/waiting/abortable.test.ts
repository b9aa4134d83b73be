import { expect, it } from "vitest";
import { UNBOUNDED } from "../testing/people.ts";
import { untilEither } from "./abortable.ts";

const ORDERS = [
  ["one", 0],
  ["the other", 1],
] as const;

it.each(ORDERS)("work until either signal aborts has the reason of %s if it is first", async (_, first) => {
  const controllers = [new AbortController(), new AbortController()] as const;
  const [one, other] = [controllers[0].signal, controllers[1].signal];
  const reason = await untilEither(one, other, async (either) => {
    expect(either.aborted).toBe(false);
    controllers[first].abort("first");
    controllers[1 - first]?.abort("late");
    return either.reason;
  });
  expect(reason).toBe("first");
});

it.each(ORDERS)("work whose signal %s has aborted already begins with an aborted one", async (_, first) => {
  const signals = [UNBOUNDED, UNBOUNDED] as [AbortSignal, AbortSignal];
  signals[first] = AbortSignal.abort("before");
  expect(await untilEither(...signals, async (either) => either.reason)).toBe("before");
});

it.each(ORDERS)("nothing that work has left is aborted later by %s", async (_, first) => {
  const controllers = [new AbortController(), new AbortController()] as const;
  const left: AbortSignal[] = [];
  const work = async (either: AbortSignal) => {
    left.push(either);
    throw new Error("failed");
  };
  const [one, other] = [controllers[0].signal, controllers[1].signal];
  await expect(untilEither(one, other, work)).rejects.toThrow("failed");
  controllers[first].abort();
  expect(left.map(({ aborted }) => aborted)).toEqual([false]);
});
