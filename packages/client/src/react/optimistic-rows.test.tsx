// @vitest-environment happy-dom
import { defaultScheduler, notifyManager, QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { act, cleanup, renderHook } from "@testing-library/react";
import fc from "fast-check";
import type { ReactNode } from "react";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { type OptimisticRows, type Pages, type RowChange, useOptimisticRows, usePages } from "./react.tsx";

/** A row counts its accepted changes, so that a lost or doubled one shows. */
interface Row {
  readonly id: string;
  readonly count: number;
}

const queryKey = ["rows"];

beforeEach(() => {
  vi.useFakeTimers();
  // The default is a timer: an answer in the last millisecond of a wait would show only in the next one.
  notifyManager.setScheduler(queueMicrotask);
});
afterEach(() => {
  cleanup();
  notifyManager.setScheduler(defaultScheduler);
  vi.useRealTimers();
});

interface Shown extends OptimisticRows<Row> {
  readonly pages: Pages<Row>;
}

function useShown(load: () => Promise<Row[]>): Shown {
  const pages = usePages({ queryKey, load: async () => ({ items: await load(), nextCursor: null }) });
  const changes = useOptimisticRows({
    queryKey,
    rows: pages.items,
    idOf: ({ id }) => id,
    compare: (one, other) => one.id.localeCompare(other.id),
  });
  return { ...changes, pages };
}

const later = <T,>(ms: number, end: () => T) =>
  new Promise<T>((resolve, reject) => {
    setTimeout(() => {
      try {
        resolve(end());
      } catch (error) {
        reject(error);
      }
    }, ms);
  });

/** A server whose lists lag behind its rows by up to a second. */
class Server {
  readonly rows = new Map([
    ["a", 0],
    ["b", 0],
    ["c", 0],
  ]);
  #listed: Row[] = this.#now();
  isDown = false;

  #now(): Row[] {
    return [...this.rows].map(([id, count]) => ({ id, count }));
  }

  list = () =>
    later(200, () => {
      if (this.isDown) throw new Error("down");
      return this.#listed;
    });

  count = (id: string, ms: number, isRefused: boolean) =>
    later(ms, () => {
      if (isRefused) throw new Error("refused");
      const count = (this.rows.get(id) ?? 0) + 1;
      this.rows.set(id, count);
      setTimeout(() => {
        this.#listed = this.#now();
      }, 1_000);
      return { id, count };
    });
}

function show(server: Server) {
  const queryClient = new QueryClient({ defaultOptions: { queries: { retry: false } } });
  const wrapper = ({ children }: { children: ReactNode }) => (
    <QueryClientProvider client={queryClient}>{children}</QueryClientProvider>
  );
  const { result, unmount } = renderHook(() => useShown(server.list), { wrapper });
  /** Adds one to the count of a row. */
  const change = (added: Omit<RowChange<Row>, "apply">) => {
    let ended = Promise.resolve();
    act(() => {
      ended = result.current.change({ ...added, apply: plusOne }).then(
        () => {},
        () => {},
      );
    });
    return ended;
  };
  return { queryClient, result, change, unmount };
}

const pass = (ms: number) => act(() => vi.advanceTimersByTimeAsync(ms));
const plusOne = (row: Row) => ({ ...row, count: row.count + 1 });

const step = fc.oneof(
  fc.record({
    kind: fc.constant("change" as const),
    id: fc.constantFrom("a", "b", "c"),
    ms: fc.integer({ min: 1, max: 3_000 }),
    isRefused: fc.boolean(),
  }),
  fc.record({ kind: fc.constant("reload" as const) }),
  fc.record({ kind: fc.constant("wait" as const), ms: fc.integer({ min: 1, max: 4_000 }) }),
);

it("shows the accepted changes and those that wait, in every order, and ends with the server's rows", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 12 }), async (steps) => {
      const server = new Server();
      const { result, change, unmount } = show(server);
      await pass(300);
      const waiting = new Map<string, number>();
      for (const each of steps) {
        if (each.kind === "wait") await pass(each.ms);
        else if (each.kind === "reload") act(() => result.current.pages.reload());
        else {
          const { id, ms, isRefused } = each;
          const bump = (by: number) => waiting.set(id, (waiting.get(id) ?? 0) + by);
          bump(1);
          void change({ id, send: () => server.count(id, ms, isRefused) }).then(() => bump(-1));
          await pass(0);
        }
        const expected = [...server.rows].map(([id, count]) => ({
          id,
          count: count + (waiting.get(id) ?? 0),
        }));
        expect(result.current.rows).toEqual(expected);
      }
      await pass(60_000);
      expect(result.current.rows).toEqual([...server.rows].map(([id, count]) => ({ id, count })));
      expect(result.current.rows).toBe(result.current.pages.items);
      unmount();
    }),
    { numRuns: 60 },
  );
}, 60_000);

it("sends a change of a row only after the one before it has ended, and of another row at once", async () => {
  const server = new Server();
  const { result, change } = show(server);
  await pass(300);
  const sent: string[] = [];
  const send = (id: string, name: string) =>
    change({
      id,
      send: () => {
        sent.push(name);
        return server.count(id, 100, name === "first");
      },
    });
  send("a", "first");
  send("a", "second");
  send("b", "other");
  await pass(50);
  expect(sent).toEqual(["first", "other"]);
  await pass(100);
  expect(sent).toEqual(["first", "other", "second"]);
  // The refusal of the first is over once the second is accepted, also after the answers have gone.
  for (const ms of [100, 10_000]) {
    await pass(ms);
    expect(result.current.errors.size).toBe(0);
  }
});

it("keeps an answer while the lists cannot be loaded, and goes on trying", async () => {
  const server = new Server();
  const { result, change } = show(server);
  await pass(300);
  change({ id: "b", send: () => server.count("b", 10, false) });
  server.isDown = true;
  await pass(20_000);
  expect(result.current.rows[1]).toEqual({ id: "b", count: 1 });
  expect(result.current.pages.error).not.toBeNull();
  server.isDown = false;
  await pass(5_000);
  expect(result.current.pages.items[1]).toEqual({ id: "b", count: 1 });
  expect(result.current.rows).toBe(result.current.pages.items);
});

it("puts a row that the list does not contain in its place, and shows it once when the list has it", async () => {
  const server = new Server();
  const { result, change } = show(server);
  await pass(300);
  change({ id: "bb", send: () => server.count("bb", 500, false), absent: { id: "bb", count: 7 } });
  await pass(0);
  expect(result.current.rows.map(({ id }) => id)).toEqual(["a", "b", "bb", "c"]);
  await pass(10_000);
  expect(result.current.rows.map(({ id }) => id)).toEqual(["a", "b", "c", "bb"]);
});

it("says why a change was refused until that is dismissed, and forgets it with the page", async () => {
  const server = new Server();
  const { queryClient, result, change, unmount } = show(server);
  await pass(300);
  for (const id of ["a", "b"]) change({ id, send: () => server.count(id, 10, true) });
  await pass(100);
  const messages = () => [...result.current.errors].map(([id, { message }]) => [id, message]);
  expect(messages()).toEqual(["a", "b"].map((id) => [id, "refused"]));
  act(() => result.current.dismiss("b"));
  await pass(0);
  expect(messages()).toEqual([["a", "refused"]]);
  unmount();
  await pass(3_000);
  // Also the lists, which are no longer on a page.
  expect(queryClient.getMutationCache().getAll()).toEqual([]);
  expect(queryClient.getQueryCache().getAll()).toEqual([]);
});
