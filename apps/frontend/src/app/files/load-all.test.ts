import { describe, expect, it, onTestFinished, vi } from "vitest";
import { errorOf, refusal } from "../../testing/refusals.ts";
import { loadAll } from "./load-all.ts";

const PAGES = new Map([
  ["", { items: [1, 2], nextCursor: "a" }],
  ["a", { items: [], nextCursor: "b" }], // a page may be empty although more follows
  ["b", { items: [3], nextCursor: null }],
]);

async function load({ cursor = "" }: { readonly cursor?: string }) {
  const page = PAGES.get(cursor);
  if (page === undefined) throw new Error("no such page");
  return page;
}

describe("loadAll", () => {
  it("loads all pages", async () => {
    const counts: number[] = [];
    const { signal } = new AbortController();
    const loaded = await loadAll({ load, onProgress: (count) => counts.push(count), signal });
    expect(loaded).toEqual({ items: [1, 2, 3], hasMore: false });
    expect(counts).toEqual([2, 2, 3]);
  });

  it.each([
    [3, { items: [1, 2, 3], hasMore: false }],
    [2, { items: [1, 2], hasMore: true }],
    [1, { items: [1], hasMore: true }],
  ])("loads at most %d, and knows whether there are more", async (atMost, expected) => {
    const { signal } = new AbortController();
    expect(await loadAll({ load, onProgress: () => {}, signal, atMost })).toEqual(expected);
  });

  it("stops before the next page when it is cancelled", async () => {
    const controller = new AbortController();
    const counts: number[] = [];
    const onProgress = (count: number) => {
      counts.push(count);
      controller.abort();
    };
    const loading = loadAll({ load, onProgress, signal: controller.signal });
    await expect(loading).rejects.toMatchObject({ name: "AbortError" });
    expect(counts).toEqual([2]);
  });

  it("waits where the rate is limited, as long as the server says, and misses no page; cancelling ends the wait", async () => {
    vi.useFakeTimers();
    onTestFinished(() => void vi.useRealTimers());
    const limited = await errorOf(refusal("RATE_LIMITED", { status: 429, headers: { "retry-after": "41" } }));
    const refused = vi.fn(load).mockRejectedValueOnce(limited);
    const inThird = vi.fn(load).mockImplementationOnce(load).mockImplementationOnce(load);
    inThird.mockRejectedValueOnce(limited);
    for (const limitedLoad of [refused, inThird]) {
      const { signal } = new AbortController();
      const loading = loadAll({ load: limitedLoad, onProgress: () => {}, signal });
      await vi.advanceTimersByTimeAsync(40_999);
      const before = limitedLoad.mock.calls.length;
      await vi.advanceTimersByTimeAsync(1);
      expect(limitedLoad.mock.calls.length).toBeGreaterThan(before);
      expect((await loading).items).toHaveLength(3);
    }
    const controller = new AbortController();
    const { signal } = controller;
    const waiting = loadAll({ load: () => Promise.reject(limited), onProgress: () => {}, signal });
    setTimeout(() => controller.abort(), 1_000);
    await Promise.all([
      expect(waiting).rejects.toMatchObject({ name: "AbortError" }),
      vi.advanceTimersByTimeAsync(1_000),
    ]);
  });

  it("gives nothing when a page fails", async () => {
    const failing = async (at: { readonly cursor?: string }) => {
      if (at.cursor === "b") throw new Error("down");
      return load(at);
    };
    const { signal } = new AbortController();
    await expect(loadAll({ load: failing, onProgress: () => {}, signal })).rejects.toThrow("down");
  });
});
