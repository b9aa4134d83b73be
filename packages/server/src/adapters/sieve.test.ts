import { expect, it } from "vitest";
import { Sieve } from "./sieve.ts";

const MAX = 4;

function filled(...keys: string[]) {
  const removed: string[] = [];
  const sieve = new Sieve<{ key: string; isUsed: boolean }>(MAX, ({ key }) => removed.push(key));
  const put = (...more: string[]) => {
    for (const key of more) sieve.set(key, { key, isUsed: false });
  };
  put(...keys);
  return { sieve, removed, put, kept: (...asked: string[]) => asked.filter((key) => sieve.get(key)) };
}

it("removes the oldest value that nobody asked for", () => {
  const { sieve, removed, put } = filled("a", "b", "c", "d");
  sieve.get("a");
  sieve.get("c");
  put("e");
  put("f");
  expect(removed).toEqual(["b", "d"]);
});

it("keeps a value that is asked for during a flood of others", () => {
  const { sieve, removed, put, kept } = filled("a", "b", "c", "d");
  for (let n = 0; n < 20; n++) {
    sieve.get("a");
    put(`flood-${n}`);
  }
  expect(kept("a", "b", "c", "d")).toEqual(["a"]);
  expect(removed).toHaveLength(20);
});

it("replaces and deletes a value, and says so each time", () => {
  const { sieve, removed, put, kept } = filled("a", "b");
  put("a");
  sieve.delete("b");
  sieve.delete("absent");
  expect([removed, kept("a", "b")]).toEqual([["a", "b"], ["a"]]);
});

it("never holds more than its maximum, whatever is asked, put and deleted", () => {
  const { sieve, removed, put, kept } = filled();
  const keys = Array.from({ length: 9 }, (_, n) => `k${n}`);
  let put_ = 0;
  for (let n = 0; n < 2_000; n++) {
    const key = keys[(n * 7 + (n >> 3)) % keys.length] ?? "";
    if (n % 5 === 0) sieve.delete(key);
    else if (n % 3 === 0) sieve.get(key);
    else {
      put(key);
      put_ += 1;
    }
    expect(put_ - removed.length).toBeLessThanOrEqual(MAX);
  }
  expect(kept(...keys)).toHaveLength(put_ - removed.length);
});
