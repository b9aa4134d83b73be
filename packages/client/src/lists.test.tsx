// @vitest-environment happy-dom
import { cleanup, render, screen } from "@testing-library/react";
import { setupServer } from "msw/node";
import { afterAll, afterEach, beforeAll, expect, expectTypeOf, it } from "vitest";
import type { Member } from "./organization.ts";
import { reasonOf } from "./platform-error.ts";
import {
  changeItems,
  PlatformProvider,
  useOptimisticMutation,
  usePages,
  usePlatform,
  usePlatformClient,
} from "./react.tsx";
import { platformHandlers } from "./testing/index.ts";

/** The page's own origin: happy-dom enforces CORS. */
const url = "http://localhost:3000";
const ACME = { organizationId: "acme" };
const NAMES = ["ann", "bob", "cid", "dan", "eve"];
const users = NAMES.map((name) => {
  return {
    email: `${name}@acme.example`,
    memberships: { acme: name === "ann" ? "owner" : "member" },
  } as const;
});
const platform = platformHandlers({ url, organizations: [{ id: "acme", name: "Acme" }], users });
const server = setupServer(...platform.handlers);
beforeAll(() => server.listen({ onUnhandledFrame: "error" }));
afterEach(() => {
  cleanup();
  told.length = 0;
  release();
  platform.reset();
});
afterAll(() => server.close());

/** What the page's own callbacks were told. */
const told: string[] = [];
const callbacks = {
  onSuccess: ({ role }: Member) => void told.push(role),
  onError: (error: unknown) => void told.push(reasonOf(error) ?? "none"),
};

function MemberList() {
  const { org } = usePlatform();
  const client = usePlatformClient();
  const input = { ...ACME, limit: 2 };
  const members = usePages({
    queryKey: org.members.list.infiniteQueryKey(input),
    load: (at, signal) => client.org.members.list.query({ ...input, ...at }, { signal }),
  });
  expectTypeOf(members.items).toEqualTypeOf<readonly Member[]>();
  const promotion = useOptimisticMutation(org.members.setRole.mutationOptions(callbacks), {
    queryKey: org.members.list.infiniteQueryKey(ACME),
    apply: (shown, { userId, role }, answer) =>
      changeItems(shown, (member) =>
        member.userId === userId ? (answer ?? { ...member, role, joinedAt: "soon" }) : member,
      ),
  });
  const [last] = members.items.slice(-1);
  const promote = () => last && promotion.mutate({ ...ACME, userId: last.userId, role: "admin" });
  const words: unknown[] = [
    ...[members.status, members.hasMore && "more", members.isLoadingMore && "loading more"],
    ...[members.isReloading && "reloading", members.error && reasonOf(members.error)],
    ...[promotion.status, reasonOf(promotion.error), last?.joinedAt === "soon" && "shown early"],
  ];
  return (
    <main>
      <p data-testid="items">
        {members.items.map(({ email, role }) => `${email?.slice(0, 3)} ${role}`).join()}
      </p>
      <p data-testid="state">{words.filter((word) => typeof word === "string").join()}</p>
      <button type="button" onClick={members.loadMore}>
        more
      </button>
      <button type="button" onClick={members.reload}>
        reload
      </button>
      <button type="button" onClick={promote}>
        promote
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
  await shows("loading,idle", "");
  await shows("ready,more,idle", "ann owner,bob member");
  hold();
  press("more");
  press("more"); // once is enough
  await shows("ready,more,loading more,idle", "ann owner,bob member");
  release();
  await shows("ready,more,idle", "ann owner,bob member,cid member,dan member");
  press("more");
  await shows("ready,idle", "ann owner,bob member,cid member,dan member,eve member");
  press("more");
  expect(platform.calls).toEqual(Array(3).fill("org.members.list"));
});

it("keeps what it shows when a later page or a reload fails, and tries again", async () => {
  show();
  await shows("ready,more,idle", "ann owner,bob member");
  platform.refuse("ROLE_REQUIRED", { times: 2 });
  press("more");
  await shows("ready,more,ROLE_REQUIRED,idle", "ann owner,bob member");
  hold();
  press("reload");
  await shows("ready,more,reloading,ROLE_REQUIRED,idle", "ann owner,bob member");
  release();
  await shows("ready,more,ROLE_REQUIRED,idle", "ann owner,bob member");
  press("more");
  await shows("ready,more,idle", "ann owner,bob member,cid member,dan member");
});

it("fails where there is no first page, and reloads", async () => {
  platform.refuse("NOT_A_MEMBER", { times: 1 });
  show();
  await shows("failed,NOT_A_MEMBER,idle", "");
  press("reload");
  await shows("ready,more,idle", "ann owner,bob member");
});

it("shows a change at once, then what the server answered, without loading the list again", async () => {
  show();
  await shows("ready,more,idle", "ann owner,bob member");
  hold();
  press("promote");
  await shows("ready,more,pending,shown early", "ann owner,bob admin");
  release();
  await shows("ready,more,success", "ann owner,bob admin");
  expect([platform.calls, told]).toEqual([["org.members.list", "org.members.setRole"], ["admin"]]);
});

it("takes a refused change back, with the server's reason, and loads the list again", async () => {
  show();
  await shows("ready,more,idle", "ann owner,bob member");
  hold();
  platform.refuse("CONFLICT", { procedure: "org.members.setRole" });
  press("promote");
  await shows("ready,more,pending,shown early", "ann owner,bob admin");
  release();
  await shows("ready,more,error,CONFLICT", "ann owner,bob member");
  expect(platform.calls).toEqual(["org.members.list", "org.members.setRole", "org.members.list"]);
  expect(told).toEqual(["CONFLICT"]);
});

it("ends a reload that would show what was before the change, and repeats it afterwards", async () => {
  show();
  await shows("ready,more,idle", "ann owner,bob member");
  hold();
  press("reload");
  await shows("ready,more,reloading,idle", "ann owner,bob member");
  press("promote");
  await shows("ready,more,pending,shown early", "ann owner,bob admin");
  release();
  await shows("ready,more,success", "ann owner,bob admin");
  await expect
    .poll(() => platform.calls)
    .toEqual(["org.members.list", "org.members.setRole", "org.members.list"]);
});
