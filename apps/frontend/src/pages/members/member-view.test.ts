import type { Member } from "@platform-api/client";
import { describe, expect, it } from "vitest";
import { member } from "./member.fixture.ts";
import { type MemberView, orderOf, totalText, viewOf, visibleRows } from "./member-view.ts";

const ID = "0a1b2c3d-0000-4000-8000-000000000001";

const at = (email: string, changes: Partial<Member> = {}) => member({ userId: email, email, ...changes });

it.each([
  ["", "", "", "", { query: "", role: null, status: "active", sort: null }],
  [" Be ", "admin", "removed", "name", { query: "Be", role: "admin", status: "removed", sort: "name" }],
  ["", "king", "gone", "size", { query: "", role: null, status: "active", sort: null }],
] as const)("the parameters q=%j role=%j status=%j sort=%j name a view", (q, role, status, sort, view) => {
  expect(viewOf({ q, role, status, sort })).toEqual(view);
});

it.each([
  [null, "me,ann,ben,kim,?"],
  ["name", "me,kim,ann,ben,?"],
  ["role", "me,kim,ann,ben,?"],
  ["joined", "me,?,kim,ann,ben"],
] as const)("sorted by %s, the caller is first: %s", (sort, names) => {
  const rows = [
    at("kim@a.example", { name: "Ada", role: "owner", joinedAt: "2026-11-28T00:00:00Z" }),
    at("?", { email: null, joinedAt: "2026-11-29T00:00:00Z" }),
    at("me@a.example", { userId: "me", joinedAt: "2026-11-30T00:00:00Z" }),
    at("ben@a.example", { joinedAt: "2026-11-26T00:00:00Z" }),
    at("ann@a.example", { joinedAt: "2026-11-27T00:00:00Z" }),
  ];
  const sorted = rows.sort(orderOf(sort, "me")).map(({ email }) => (email ?? "?").split("@")[0]);
  expect(sorted.join()).toBe(names);
});

it.each([
  [2_043, true, {}, "2,043 people"],
  [5_000, false, {}, "5,000+ people"],
  [1, true, { role: "owner" }, "1 owner"],
  [1, true, { role: "admin", status: "removed", query: "be" }, "1 removed admin found"],
  [50, false, { query: "be" }, "50+ people found"],
] as const)("%d members (all of them: %s) of the view %j are %s", (count, isExact, view, text) => {
  expect(
    totalText({ count, isExact }, { ...viewOf({ q: "", role: "", status: "", sort: "" }), ...view }),
  ).toBe(text);
});

it("names the invitations that a list of everyone shows, apart from the people", () => {
  const view = viewOf({ q: "", role: "", status: "", sort: "" });
  expect(totalText({ count: 2_002, isExact: true }, view, 3)).toBe("2,002 people and 3 invitations");
});

describe("visibleRows", () => {
  const ann = at("ann@a.example");
  const kim = at("kim@a.example");
  const everyone: MemberView = { query: "", role: null, status: "active", sort: null };
  const order = orderOf(null, "nobody");
  const namesOf = (
    options: Omit<Parameters<typeof visibleRows>[0], "order">,
    view: Partial<MemberView> = {},
  ) =>
    visibleRows({ ...options, order }, { ...everyone, ...view })
      .map(({ email }) => email?.split("@")[0])
      .join();
  const list = (changed: readonly Member[], hasMore = false) => ({ loaded: [ann, kim], hasMore, changed });

  it("leaves out a removed row", () => {
    expect(namesOf(list([ann, { ...kim, status: "removed" }]))).toBe("ann");
  });

  it("keeps a row of another role until the list is loaded again", () => {
    expect(namesOf(list([ann, { ...kim, role: "admin" }]), { role: "member" })).toBe("ann,kim");
    expect(namesOf(list([ann, at("ben@a.example", { role: "admin" }), kim]), { role: "member" })).toBe(
      "ann,kim",
    );
  });

  it.each([
    ["be", "ben"],
    ["BEN@", "ben"],
    [ID.toUpperCase(), "ben"],
    ["en", ""],
  ])("shows a row that was not loaded if the search %j finds it", (query, shown) => {
    const changed = [at("ben@a.example", { userId: ID })];
    expect(namesOf({ loaded: [], hasMore: false, changed }, { query })).toBe(shown);
  });

  it("shows no row behind those that are not loaded yet", () => {
    const [ben, zoe] = [at("ben@a.example"), at("zoe@a.example")];
    expect(namesOf(list([ann, ben, kim, zoe], true))).toBe("ann,ben,kim");
    expect(namesOf(list([ann, ben, kim, zoe]))).toBe("ann,ben,kim,zoe");
    expect(namesOf(list([ann, { ...ben, email: null }, kim], true))).toBe("ann,kim");
  });
});
