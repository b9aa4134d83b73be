// @vitest-environment happy-dom
import { cleanup, render, screen } from "@testing-library/react";
import { setupServer } from "msw/node";
import { afterAll, afterEach, beforeAll, expect, expectTypeOf, it } from "vitest";
import type { Member } from "./organization.ts";
import { reasonOf } from "./platform-error.ts";
import { PlatformProvider, useOptimisticRows, usePages, usePlatform, usePlatformClient } from "./react.tsx";
import { platformHandlers } from "./testing/index.ts";

/** Longer than the second that it would be, for a busy machine. */
const SOON = { timeout: 10_000 };

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

function MemberList() {
  const { org } = usePlatform();
  const client = usePlatformClient();
  const input = { ...ACME, limit: 2 };
  const members = usePages({
    queryKey: org.members.list.infiniteQueryKey(input),
    load: (at, signal) => client.org.members.list.query({ ...input, ...at }, { signal }),
  });
  expectTypeOf(members.items).toEqualTypeOf<readonly Member[]>();
  const { rows, errors, change, dismiss } = useOptimisticRows({
    queryKey: org.members.list.infiniteQueryKey(ACME),
    rows: members.items,
    idOf: ({ userId }) => userId,
    compare: (one, other) => (one.email ?? "").localeCompare(other.email ?? ""),
  });
  const bob = users.find(({ email }) => email.startsWith("bob"))?.userId ?? "";
  const give = (role: Member["role"]) => () =>
    void change({
      id: bob,
      apply: (member) => ({ ...member, role, joinedAt: "soon" }),
      send: () => client.org.members.setRole.mutate({ ...ACME, userId: bob, role }),
    }).catch(() => {});
  const error = errors.get(bob);
  const words: unknown[] = [
    ...[members.status, members.hasMore && "more", members.isLoadingMore && "loading more"],
    ...[members.isReloading && "reloading", members.error && reasonOf(members.error)],
    ...[rows.some(({ joinedAt }) => joinedAt === "soon") && "shown early", error && reasonOf(error)],
  ];
  return (
    <main>
      <p data-testid="items">{rows.map(({ email, role }) => `${email?.slice(0, 3)} ${role}`).join()}</p>
      <p data-testid="state">{words.filter((word) => typeof word === "string").join()}</p>
      <button type="button" onClick={members.loadMore}>
        more
      </button>
      <button type="button" onClick={members.reload}>
        reload
      </button>
      <button type="button" onClick={give("admin")}>
        promote
      </button>
      <button type="button" onClick={give("owner")}>
        crown
      </button>
      <button type="button" onClick={() => dismiss(bob)}>
        dismiss
      </button>
    </main>
  );
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

const textOf = (id: string) => screen.getByTestId(id).textContent;
const shows = (state: string, items: string) =>
  expect
    .poll(() => [textOf("state"), textOf("items")], { interval: 2, timeout: 10_000 })
    .toEqual([state, items]);
const press = (name: string) => screen.getByRole("button", { name }).click();

function show() {
  render(
    <PlatformProvider url={url} fetch={send} token={platform.tokenFor("ann@acme.example")}>
      <MemberList />
    </PlatformProvider>,
  );
}

it("loads a list page by page, to its end", async () => {
  show();
  await shows("loading", "");
  await shows("ready,more", "ann owner,bob member");
  hold();
  press("more");
  press("more"); // once is enough
  await shows("ready,more,loading more", "ann owner,bob member");
  release();
  await shows("ready,more", "ann owner,bob member,cid member,dan member");
  press("more");
  await shows("ready", "ann owner,bob member,cid member,dan member,eve member");
  press("more");
  expect(platform.calls).toEqual(Array(3).fill("org.members.list"));
});

it("keeps what it shows when a later page or a reload fails, and tries again", async () => {
  show();
  await shows("ready,more", "ann owner,bob member");
  platform.refuse("ROLE_REQUIRED", { times: 2 });
  press("more");
  await shows("ready,more,ROLE_REQUIRED", "ann owner,bob member");
  hold();
  press("reload");
  await shows("ready,more,reloading,ROLE_REQUIRED", "ann owner,bob member");
  release();
  await shows("ready,more,ROLE_REQUIRED", "ann owner,bob member");
  press("more");
  await shows("ready,more", "ann owner,bob member,cid member,dan member");
});

it("fails where there is no first page, and reloads", async () => {
  platform.refuse("NOT_A_MEMBER", { times: 1 });
  show();
  await shows("failed,NOT_A_MEMBER", "");
  press("reload");
  await shows("ready,more", "ann owner,bob member");
});

it("shows a change at once, then the server's answer, and loads the list again after 2 s", async () => {
  show();
  await shows("ready,more", "ann owner,bob member");
  hold();
  press("promote");
  await shows("ready,more,shown early", "ann owner,bob admin");
  release();
  await shows("ready,more", "ann owner,bob admin");
  expect(platform.calls).toEqual(["org.members.list", "org.members.setRole"]);
  await expect.poll(() => platform.calls.length, { timeout: 10_000 }).toBe(3);
  await shows("ready,more", "ann owner,bob admin");
});

it("keeps the answer over a list that lags behind it", async () => {
  show();
  await shows("ready,more", "ann owner,bob member");
  platform.change("org.members.list", ({ items, ...page }) => {
    return { ...page, items: items.map((member) => ({ ...member, role: "member" as const })) };
  });
  press("promote");
  await shows("ready,more", "ann owner,bob admin");
  press("reload");
  await expect.poll(() => platform.calls.filter((call) => call === "org.members.list").length, SOON).toBe(2);
  await shows("ready,more", "ann member,bob admin");
});

it("sends the changes of a row in order, and takes a refused one away without the other", async () => {
  show();
  await shows("ready,more", "ann owner,bob member");
  hold();
  platform.refuse("CONFLICT", { procedure: "org.members.setRole", times: 1 });
  press("promote");
  press("crown");
  await shows("ready,more,shown early", "ann owner,bob owner");
  release();
  await shows("ready,more", "ann owner,bob owner");
  const changes = platform.calls.filter((call) => call === "org.members.setRole");
  expect(changes).toHaveLength(2);
});

it("takes all refused changes of a row away, says why until it is dismissed, and loads the list again", async () => {
  show();
  await shows("ready,more", "ann owner,bob member");
  hold();
  platform.refuse("CONFLICT", { procedure: "org.members.setRole" });
  press("promote");
  press("crown");
  await shows("ready,more,shown early", "ann owner,bob owner");
  release();
  await shows("ready,more,CONFLICT", "ann owner,bob member");
  press("dismiss");
  await shows("ready,more", "ann owner,bob member");
  await expect.poll(() => platform.calls.at(-1), { timeout: 10_000 }).toBe("org.members.list");
});
