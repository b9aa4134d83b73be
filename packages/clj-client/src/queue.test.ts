import { expect, it } from "vitest";
import { createQueue } from "./queue.ts";

const never = new AbortController().signal;

it("runs tasks in order of arrival, `inFlight` of them at once", async () => {
  const queue = createQueue({ inFlight: 2, waiting: 9 });
  const started: number[] = [];
  const finish = new Map<number, () => void>();
  const task = (n: number) => () =>
    new Promise<void>((resolve) => {
      started.push(n);
      finish.set(n, resolve);
    });
  const tasks = [1, 2, 3, 4].map((n) => queue(never, task(n)));
  await settle();
  expect(started).toEqual([1, 2]);
  finish.get(2)?.();
  await settle();
  expect(started).toEqual([1, 2, 3]);
  for (const n of [1, 3]) finish.get(n)?.();
  await settle();
  finish.get(4)?.();
  await Promise.all(tasks);
  expect(started).toEqual([1, 2, 3, 4]);
});

it("frees the slot of a task that failed", async () => {
  const queue = createQueue({ inFlight: 1, waiting: 1 });
  const failed = queue(never, () => Promise.reject(new Error("failed")));
  const next = queue(never, async () => "done");
  await expect(failed).rejects.toThrow("failed");
  expect(await next).toBe("done");
});

it("hands an aborted waiter's slot to the next and never runs it", async () => {
  const queue = createQueue({ inFlight: 1, waiting: 1 });
  const { promise, resolve } = Promise.withResolvers<void>();
  const running = queue(never, () => promise);
  const leaver = new AbortController();
  const left = queue(leaver.signal, async () => expect.fail("ran"));
  await expect(queue(never, async () => {})).rejects.toMatchObject({ failure: "overloaded" });
  expect(queue.counts()).toEqual({ active: 1, waiting: 1 });
  leaver.abort(new Error("left"));
  await expect(left).rejects.toThrow("left");
  const next = queue(never, async () => "done");
  resolve();
  await running;
  expect(await next).toBe("done");
  expect(queue.counts()).toEqual({ active: 0, waiting: 0 });
});

it("never runs a task whose signal has already aborted", async () => {
  const queue = createQueue({ inFlight: 1, waiting: 1 });
  const gone = AbortSignal.abort(new Error("gone"));
  await expect(queue(gone, async () => expect.fail("ran"))).rejects.toThrow("gone");
});

function settle(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
