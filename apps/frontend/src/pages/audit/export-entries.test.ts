import { describe, expect, it, onTestFinished, vi } from "vitest";
import { errorOf, refusal } from "../../testing/refusals.ts";
import { entryOf } from "./entry-shape.fixture.ts";
import { exportEntries, exportName } from "./export-entries.ts";

const entry = (id: string) => entryOf({ id, action: "domain-missing", actor: "system", domain: "acme.com" });

const PAGES = new Map([
  ["", { items: [entry("1"), entry("2")], nextCursor: "a" }],
  ["a", { items: [], nextCursor: "b" }], // a page may be empty although more follows
  ["b", { items: [entry("3")], nextCursor: null }],
]);

async function load({ cursor = "" }: { readonly cursor?: string }) {
  const page = PAGES.get(cursor);
  if (page === undefined) throw new Error("no such page");
  return page;
}

describe("exportEntries", () => {
  it("writes the entries of all pages as the server sends them", async () => {
    const counts: number[] = [];
    const { signal } = new AbortController();
    const lines = await exportEntries({ load, onProgress: (count) => counts.push(count), signal });
    expect(lines).toEqual(["1", "2", "3"].map((id) => `${JSON.stringify(entry(id))}\n`));
    expect(counts).toEqual([2, 2, 3]);
  });

  it("stops before the next page when it is cancelled", async () => {
    const controller = new AbortController();
    const counts: number[] = [];
    const onProgress = (count: number) => {
      counts.push(count);
      controller.abort();
    };
    const exporting = exportEntries({ load, onProgress, signal: controller.signal });
    await expect(exporting).rejects.toMatchObject({ name: "AbortError" });
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
      const exporting = exportEntries({ load: limitedLoad, onProgress: () => {}, signal });
      await vi.advanceTimersByTimeAsync(40_999);
      const before = limitedLoad.mock.calls.length;
      await vi.advanceTimersByTimeAsync(1);
      expect(limitedLoad.mock.calls.length).toBeGreaterThan(before);
      expect(await exporting).toHaveLength(3);
    }
    const controller = new AbortController();
    const { signal } = controller;
    const waiting = exportEntries({ load: () => Promise.reject(limited), onProgress: () => {}, signal });
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
    await expect(exportEntries({ load: failing, onProgress: () => {}, signal })).rejects.toThrow("down");
  });
});

it("names the file after the organization and the day", () => {
  expect(exportName("acme", new Date(2026, 0, 5, 23, 59))).toBe("acme-audit-2026-01-05.ndjson");
  expect(exportName("a/c:me", new Date(2026, 10, 25))).toBe("a-c-me-audit-2026-11-25.ndjson");
});
