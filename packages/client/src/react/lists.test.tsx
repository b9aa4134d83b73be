// @vitest-environment happy-dom
import { act, cleanup, renderHook } from "@testing-library/react";
import { setupServer } from "msw/node";
import type { ReactNode } from "react";
import { afterAll, afterEach, beforeAll, expect, expectTypeOf, it } from "vitest";
import type { Member } from "../organization.ts";
import { reasonOf } from "../platform-error.ts";
import { platformHandlers } from "../testing/index.ts";
import { PlatformProvider, useOptimisticRows, usePages, usePlatform, usePlatformClient } from "./react.tsx";

/** The page's own origin: happy-dom enforces CORS. */
const url = "http://localhost:3000";
const ACME = { organizationId: "acme" };
const NAMES = ["ann", "bob", "cid", "dan", "eve"];
const users = NAMES.map((name) => {
  return {
    email: `${name}@acme.example`,
    userId: crypto.randomUUID(),
    memberships: { acme: name === "ann" ? "owner" : "member" },
  } as const;
});
const platform = platformHandlers({ url, organizations: [{ id: "acme", name: "Acme" }], users });
const server = setupServer(...platform.handlers);
beforeAll(() => server.listen({ onUnhandledFrame: "error" }));
afterEach(() => {
  cleanup();
  release();
  platform.reset();
});
afterAll(() => server.close());

function useMembers() {
  const { org } = usePlatform();
  const client = usePlatformClient();
  const input = { ...ACME, limit: 2 };
  const members = usePages({
    queryKey: org.members.list.infiniteQueryKey(input),
    load: (at, signal) => client.org.members.list.query({ ...input, ...at }, { signal }),
  });
  expectTypeOf(members.items).toEqualTypeOf<readonly Member[]>();
  const { rows, change } = useOptimisticRows({
    queryKey: org.members.list.infiniteQueryKey(ACME),
    rows: members.items,
    idOf: ({ userId }) => userId,
    compare: (one, other) => (one.email ?? "").localeCompare(other.email ?? ""),
  });
  const bob = users.find(({ email }) => email.startsWith("bob"))?.userId ?? "";
  const promote = () =>
    change({
      id: bob,
      apply: (member) => ({ ...member, role: "admin", joinedAt: "soon" }),
      send: () => client.org.members.setRole.mutate({ ...ACME, userId: bob, role: "admin" }),
    });
  return { ...members, rows, promote };
}

/** Requests wait while it is set. */
let held: ReturnType<typeof Promise.withResolvers<void>> | null = null;
const hold = () => {
  held = Promise.withResolvers();
};
const release = () => {
  held?.resolve();
  held = null;
};
const send: typeof fetch = async (...request) => {
  await held?.promise;
  return fetch(...request);
};

function show() {
  const token = platform.tokenFor("ann@acme.example");
  const wrapper = ({ children }: { children: ReactNode }) => (
    <PlatformProvider url={url} fetch={send} token={token}>
      {children}
    </PlatformProvider>
  );
  const { result } = renderHook(useMembers, { wrapper });
  /** Waits until the list is in this state: `status`, and the names of what is true. */
  const shows = (expected: string, items: string) =>
    expect
      .poll(() => [stateOf(result.current), itemsOf(result.current)], { interval: 2, timeout: 10_000 })
      .toEqual([expected, items]);
  return { result, shows };
}

type Shown = ReturnType<typeof useMembers>;

function stateOf({ status, hasMore, isLoadingMore, isReloading, rows, error }: Shown): string {
  const isEarly = rows.some(({ joinedAt }) => joinedAt === "soon");
  const flags = Object.entries({ hasMore, isLoadingMore, isReloading, isEarly });
  const names = flags.flatMap(([name, isSet]) => (isSet ? [name] : []));
  return [status, ...names, ...(error === null ? [] : [reasonOf(error)])].join();
}

const itemsOf = ({ rows }: Shown) => rows.map(({ email, role }) => `${email?.slice(0, 3)} ${role}`).join();

it("loads a list page by page, to its end", async () => {
  const { result, shows } = show();
  await shows("loading", "");
  await shows("ready,hasMore", "ann owner,bob member");
  hold();
  act(() => result.current.loadMore());
  act(() => result.current.loadMore()); // once is enough
  await shows("ready,hasMore,isLoadingMore", "ann owner,bob member");
  release();
  await shows("ready,hasMore", "ann owner,bob member,cid member,dan member");
  act(() => result.current.loadMore());
  await shows("ready", "ann owner,bob member,cid member,dan member,eve member");
  act(() => result.current.loadMore());
  expect(platform.calls).toEqual(Array(3).fill("org.members.list"));
});

it("keeps what it shows when a later page or a reload fails, and tries again", async () => {
  const { result, shows } = show();
  await shows("ready,hasMore", "ann owner,bob member");
  platform.refuse("ROLE_REQUIRED", { times: 2 });
  act(() => result.current.loadMore());
  await shows("ready,hasMore,ROLE_REQUIRED", "ann owner,bob member");
  hold();
  act(() => result.current.reload());
  await shows("ready,hasMore,isReloading,ROLE_REQUIRED", "ann owner,bob member");
  release();
  await shows("ready,hasMore,ROLE_REQUIRED", "ann owner,bob member");
  act(() => result.current.loadMore());
  await shows("ready,hasMore", "ann owner,bob member,cid member,dan member");
});

it("fails where there is no first page, and reloads", async () => {
  platform.refuse("NOT_A_MEMBER", { times: 1 });
  const { result, shows } = show();
  await shows("failed,NOT_A_MEMBER", "");
  act(() => result.current.reload());
  await shows("ready,hasMore", "ann owner,bob member");
});

it("shows a change at once, then the server's answer, and loads the list again after 2 s", async () => {
  const { result, shows } = show();
  await shows("ready,hasMore", "ann owner,bob member");
  hold();
  act(() => void result.current.promote());
  await shows("ready,hasMore,isEarly", "ann owner,bob admin");
  release();
  await shows("ready,hasMore", "ann owner,bob admin");
  expect(platform.calls).toEqual(["org.members.list", "org.members.setRole"]);
  await expect.poll(() => platform.calls.length, { timeout: 10_000 }).toBe(3);
  await shows("ready,hasMore", "ann owner,bob admin");
});
