import { beforeEach, describe, expect, it, vi } from "vitest";
import { type Administrator, operatorOf } from "../membership/standing.ts";
import type { Membership } from "../membership.ts";
import { parsePersonName } from "../person-name.ts";
import { MemoryAdministration } from "../testing/memory-administration.ts";
import { membership } from "../testing/memory-ports.ts";
import { ACME, address, GLOBEX, JANE, UNBOUNDED, userNumber } from "../testing/people.ts";
import { ADMIN, janeAs, operator, reasonOf } from "../testing/standings.ts";
import type { MemberQuery } from "./asked-members.ts";
import { listMembers, lookUpMembers, ownerAddresses } from "./list.ts";

let stores: MemoryAdministration;
beforeEach(() => {
  stores = new MemoryAdministration();
});

const ADA = parsePersonName("Ada");

const numbered = (n: number) => `p${String(n).padStart(2, "0")}@acme.example`;

/** The person of a number, at an address that sorts like it. */
function person(n: number, overrides: Partial<Membership> = {}): Membership {
  return membership({ userId: userNumber(n), email: address(numbered(n)), ...overrides });
}

function given(...members: readonly Membership[]): void {
  stores.memberships.put(...members, person(99, { organizationId: GLOBEX }));
  const owners = members.filter(({ role, status }) => role === "owner" && status === "active");
  stores.organizations.setOwners(ACME, ...owners.map(({ userId }) => userId));
}

/** A page, with the names of its members. */
async function page(query: Partial<MemberQuery> = {}) {
  const asked = { limit: 10, ...query };
  const { items, nextCursor } = await listMembers(await operator(), asked, stores, UNBOUNDED);
  return { names: items.map(({ email }) => email?.split("@")[0] ?? "erased"), nextCursor };
}

describe("a list of members", () => {
  it.each<[Partial<MemberQuery>, string[]]>([
    [{}, ["p01", "p02", "p04", "p20", "p03", "p21", "erased"]],
    [{ query: "P2" }, ["p20", "p21"]],
    [{ query: "20" }, []],
    [{ role: "member" }, ["p01", "p20", "p03", "erased"]],
    [{ status: "removed" }, ["p03", "p21", "erased"]],
    [{ query: userNumber(5) }, ["erased"]],
    [{ status: "removed", role: "admin", query: "p2" }, ["p21"]],
    [{ role: "owner" }, ["p04"]],
    [{ role: "owner", query: "P0" }, ["p04"]],
    [{ role: "owner", query: "p2" }, []],
    [{ role: "owner", status: "active" }, ["p04"]],
    [{ role: "owner", status: "removed" }, []],
    [{ query: userNumber(3) }, ["p03"]],
    [{ query: userNumber(3).toUpperCase() }, ["p03"]],
    [{ query: userNumber(3), status: "removed", role: "member" }, ["p03"]],
    [{ query: userNumber(3), status: "active" }, []],
    [{ query: userNumber(3), role: "owner" }, []],
    [{ query: userNumber(98) }, []],
    [{ query: userNumber(99) }, []],
    [{ query: userNumber(3).slice(0, 20) }, []],
  ])("answers %j with %j", async (query, names) => {
    given(
      person(1),
      person(2, { role: "admin" }),
      person(4, { role: "owner" }),
      person(20),
      person(3, { status: "removed" }),
      person(21, { role: "admin", status: "removed" }),
      person(5, { email: null, status: "removed" }),
    );
    expect(await page(query)).toEqual({ names, nextCursor: null });
  });

  it("shows the listed owners by address, if they still are owners", async () => {
    given(...[4, 3, 1, 2].map((n) => person(n, { role: "owner" })));
    stores.memberships.put(person(3, { role: "admin" }), person(2, { role: "owner", status: "removed" }));
    expect(await page({ role: "owner" })).toEqual({ names: ["p01", "p04"], nextCursor: null });
    expect(await page({ role: "owner", status: "removed" })).toEqual({ names: ["p02"], nextCursor: null });
  });
});

describe("a search", () => {
  const called = (n: number, name: string | null, overrides: Partial<Membership> = {}) =>
    person(n, { name: parsePersonName(name), ...overrides });
  beforeEach(() =>
    given(
      called(1, "Ada Turner"),
      called(2, "Bo Turner-Adams", { role: "admin" }),
      called(3, "Zoë Turner", { status: "removed" }),
      called(4, "Turner Ada", { role: "owner", email: address("t.turner@acme.example") }),
      called(5, null, { email: address("turnip@partner.example"), invitedFromOutside: true }),
      called(6, null, { email: address("x@acme.example") }),
    ),
  );

  it.each<[Partial<MemberQuery>, string[]]>([
    [{ query: "turner" }, ["p01", "p02", "t.turner", "p03"]],
    [{ query: " TURN " }, ["p01", "p02", "t.turner", "turnip", "p03"]],
    [{ query: "ad tur" }, ["p01", "p02", "t.turner"]],
    [{ query: "ada turner" }, ["p01", "p02", "t.turner"]],
    [{ query: "bo turner" }, ["p02"]],
    [{ query: "turner, b" }, ["p02"]],
    [{ query: "zoe" }, ["p03"]],
    [{ query: "ZOË", status: "active" }, []],
    [{ query: "partner" }, ["turnip"]],
    [{ query: "acme" }, []],
    [{ query: "turner", role: "admin" }, ["p02"]],
    [{ query: "turner", role: "owner" }, ["t.turner"]],
    [{ query: "urner" }, []],
    [{ query: "t" }, ["t.turner", "turnip"]],
    [{ query: "t.turner" }, ["p01", "p02", "t.turner", "p03"]],
    [{ query: "t.turner@ac" }, ["t.turner"]],
    [{ query: "turner@" }, []],
    [{ query: "turner", sort: "name", status: "active" }, ["p01", "p02", "t.turner"]],
    [{ query: "turner", sort: "role" }, ["t.turner", "p02", "p01", "p03"]],
  ])("finds for %j %j", async (query, names) => {
    expect(await page(query)).toEqual({ names, nextCursor: null });
  });

  it.each([["turner"], ["t"], ["tur ad"], ["turn@"]])(
    "finds each once for %j, page by page",
    async (query) => {
      const all = await page({ query });
      for (const limit of [1, 2, 3]) {
        const names: string[] = [];
        for (let cursor: string | undefined; ; ) {
          const next = await page({ query, limit, cursor });
          names.push(...next.names);
          if (next.nextCursor === null) break;
          cursor = next.nextCursor;
        }
        expect(names.sort()).toEqual(all.names.sort());
      }
    },
  );

  it("asks the store for the words, and for those whom the rarest finds", async () => {
    const [words, found] = [
      vi.spyOn(stores.memberships, "wordPage"),
      vi.spyOn(stores.memberships, "findMany"),
    ];
    await page({ query: "ad turner" });
    expect(words.mock.calls.map(([, { word }]) => word)).toEqual(["turner", "ad"]);
    expect(found.mock.calls.map(([, userIds]) => userIds)).toEqual([[1, 4, 2].map(userNumber)]);
  });

  it("goes by the word that finds few among thousands, and else by the longest", async () => {
    const crowd = Array.from({ length: 1_100 }, (_, n) =>
      called(100 + n, n === 1_050 ? "Common Ra" : "Common Name", {
        email: address(`m${100 + n}@acme.example`),
      }),
    );
    stores.memberships.put(...crowd);
    expect(await page({ query: "common ra" })).toEqual({ names: ["m1150"], nextCursor: null });
    const { names, nextCursor } = await page({ query: "common na", limit: 100 });
    expect([names.length, nextCursor === null]).toEqual([100, false]);
    const all = new Set<string>();
    for (let cursor: string | undefined; ; ) {
      const next = await page({ query: "common na", limit: 100, cursor });
      for (const name of next.names) all.add(name);
      if (next.nextCursor === null) break;
      cursor = next.nextCursor;
    }
    expect(all.size).toBe(1_099);
  });
});

describe("a sorted list", () => {
  const came = (n: number, day: number, overrides: Partial<Membership> = {}) =>
    person(n, { createdAt: `2026-11-${String(day).padStart(2, "0")}T00:00:00.000Z`, ...overrides });
  beforeEach(() =>
    given(
      came(1, 11, { name: parsePersonName("zoe") }),
      came(2, 13, { role: "admin" }),
      came(3, 12, { role: "owner", name: parsePersonName("Ádám") }),
      came(4, 14, { name: parsePersonName("Adam B") }),
      came(5, 15, { status: "removed", name: ADA }),
      came(6, 16, { status: "removed", role: "admin", email: null }),
    ),
  );

  it.each<[Partial<MemberQuery>, string[]]>([
    [{ sort: "name" }, ["p03", "p04", "p01", "p02", "p05", "erased"]],
    [{ sort: "joined" }, ["p04", "p02", "p03", "p01", "erased", "p05"]],
    [{ sort: "role" }, ["p03", "p02", "p01", "p04", "erased", "p05"]],
    [{ sort: "name", status: "active" }, ["p03", "p04", "p01", "p02"]],
    [{ sort: "name", role: "member" }, ["p04", "p01", "p05"]],
    [{ sort: "joined", role: "admin" }, ["p02", "erased"]],
    [{ sort: "role", role: "member", status: "active" }, ["p01", "p04"]],
    [{ sort: "role", status: "removed" }, ["erased", "p05"]],
    [{ sort: "name", role: "owner" }, ["p03"]],
  ])("has for %j the members %j, whatever the size of a page", async (query, names) => {
    for (const limit of [1, 2, 4, 10]) {
      const found: string[] = [];
      for (let cursor: string | undefined; ; ) {
        const next = await page({ ...query, limit, cursor });
        found.push(...next.names);
        if (next.nextCursor === null) break;
        cursor = next.nextCursor;
      }
      expect(found).toEqual(names);
    }
  });

  it("asks the store as often for a page of one as for all of it", async () => {
    const asked = async (query: Partial<MemberQuery>) => {
      const spies = (["listPage", "placePage", "wordPage", "findMany"] as const).map((name) =>
        vi.spyOn(stores.memberships, name).mockClear(),
      );
      await page(query);
      return spies.map(({ mock }) => mock.calls.length);
    };
    for (const sort of ["name", "joined", "role"] as const)
      expect(await asked({ sort, limit: 1 })).toEqual(await asked({ sort }));
  });

  it("keeps the order of the store behind U+FFFF, so that no page leaves anybody out", async () => {
    stores.memberships.memberships.clear();
    given(
      person(1, { name: parsePersonName("\ufdfd"), role: "member" }),
      person(2, { name: parsePersonName("\u{10437}"), role: "admin" }),
    );
    expect((await page({ sort: "name" })).names).toEqual(["p01", "p02"]);
  });
});

describe("the first page", () => {
  const first = async (query: Partial<MemberQuery> = {}, by: Administrator = ADMIN) => {
    const { total, you, nextCursor } = await listMembers(by, { limit: 2, ...query }, stores, UNBOUNDED);
    return { total, you: you?.email ?? null, nextCursor };
  };
  const jane = membership({ role: "admin", name: ADA });

  it.each<[Partial<MemberQuery>, number, boolean, boolean]>([
    [{}, 6, true, true],
    [{ status: "active" }, 5, true, true],
    [{ role: "admin" }, 2, true, true],
    [{ role: "member" }, 3, true, false],
    [{ role: "owner" }, 1, true, false],
    [{ sort: "name" }, 6, true, true],
    [{ status: "removed" }, 1, true, false],
    [{ query: "p1" }, 2, false, false],
    [{ query: "ada" }, 1, true, true],
    [{ query: JANE }, 1, true, true],
    [{ query: "p11@" }, 1, true, false],
  ])("tells for %j of %d members (exact: %j), and of the caller: %j", async (query, count, isExact, isIn) => {
    const removed = { status: "removed", role: "admin" } as const;
    given(...[11, 12, 13].map((n) => person(n)), person(14, removed), person(15, { role: "owner" }), jane);
    expect(await first(query)).toMatchObject({
      total: { count, isExact },
      you: isIn ? "jane@acme.example" : null,
    });
  });

  it("tells an operator of nobody", async () => {
    given(jane);
    expect((await first({}, await operator())).you).toBeNull();
  });

  it("tells that there are more than 5,000", async () => {
    vi.spyOn(stores.memberships, "count").mockImplementation(async (_, { role, limit }) =>
      role === "member" ? { count: 4_999, isAll: true } : { count: 1, isAll: limit === 5_001 },
    );
    expect((await first()).total).toEqual({ count: 5_000, isExact: false });
    expect((await first({ role: "member" })).total).toEqual({ count: 4_999, isExact: true });
  });

  it("alone tells it", async () => {
    given(person(11), person(12), person(13), jane);
    const { nextCursor } = await first();
    expect(await first({ cursor: nextCursor ?? "" })).toEqual({ total: null, you: null, nextCursor: null });
  });
});

describe("a cursor", () => {
  const FILTER = { query: "p", role: "member", status: "active" } as const;
  const cursorFor = async (query: Partial<MemberQuery>) =>
    (await page({ ...query, limit: 1 })).nextCursor ?? expect.fail("one page");
  beforeEach(() => given(person(1), person(2), person(3)));

  it.each<[string, Partial<MemberQuery>]>([
    ["another query", { ...FILTER, query: "p0" }],
    ["another role", { ...FILTER, role: "admin" }],
    ["another status", { ...FILTER, status: "removed" }],
    ["no filter", {}],
    ["another order", { ...FILTER, sort: "name" }],
  ])("is INPUT_INVALID for a list with %s", async (_, query) => {
    const cursor = await cursorFor(FILTER);
    expect(await reasonOf(page({ ...query, cursor }))).toBe("INPUT_INVALID");
  });

  it("is INPUT_INVALID for the same list of another organization", async () => {
    const cursor = await cursorFor(FILTER);
    stores.organizations.put({ ...(await operator()).organization, id: GLOBEX });
    const elsewhere = await operatorOf("operator:jo", GLOBEX, stores.organizations, UNBOUNDED);
    const listed = listMembers(elsewhere, { ...FILTER, cursor, limit: 10 }, stores, UNBOUNDED);
    expect(await reasonOf(listed)).toBe("INPUT_INVALID");
  });

  it("is good with another limit, and with the query in other letters", async () => {
    const cursor = await cursorFor(FILTER);
    const next = await page({ ...FILTER, query: "P", cursor, limit: 100 });
    expect(next).toEqual({ names: ["p02", "p03"], nextCursor: null });
  });
});

describe("a look-up of members", () => {
  it("answers who they are, by address, and leaves out everybody else", async () => {
    given(person(3, { role: "owner", name: ADA }), person(1, { status: "removed" }), person(2));
    given(person(0, { email: null, status: "removed" }));
    const asked = [0, 3, 98, 1, 99, 3].map(userNumber);
    expect(await lookUpMembers(await janeAs("member"), asked, stores, UNBOUNDED)).toEqual([
      { userId: userNumber(1), email: numbered(1), name: null, role: "member", status: "removed" },
      { userId: userNumber(3), email: numbered(3), name: ADA, role: "owner", status: "active" },
      { userId: userNumber(0), email: null, name: null, role: "member", status: "removed" },
    ]);
  });

  it("asks the store once for each", async () => {
    given(person(3));
    const find = vi.spyOn(stores.memberships, "findMany");
    await lookUpMembers(await janeAs("member"), [userNumber(3), userNumber(3)], stores, UNBOUNDED);
    expect(find.mock.calls.map(([, userIds]) => userIds)).toEqual([[userNumber(3)]]);
  });
});

describe("the addresses of owners", () => {
  const shown = async () => ownerAddresses(await janeAs("member"), stores, UNBOUNDED);

  it("are those of the three who have been owners for longest", async () => {
    given(...[5, 2, 4, 1].map((n) => person(n, { role: "owner" })), person(3, { role: "admin" }));
    const inAnyOrder = [...stores.memberships.memberships.values()].toReversed();
    vi.spyOn(stores.memberships, "findMany").mockImplementation(async (_, userIds) =>
      inAnyOrder.filter(({ userId }) => userIds.includes(userId)),
    );
    expect(await shown()).toEqual([5, 2, 4].map(numbered));
  });

  it("leave out who is not an owner any more, and are empty while the list is empty", async () => {
    given(person(2, { role: "owner" }), person(1, { role: "owner" }));
    stores.memberships.put(person(2, { role: "owner", status: "removed" }));
    expect(await shown()).toEqual([numbered(1)]);
    stores.organizations.setOwners(ACME);
    expect(await shown()).toEqual([]);
  });
});
