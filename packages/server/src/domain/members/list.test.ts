import { beforeEach, describe, expect, it, vi } from "vitest";
import { operatorOf } from "../membership/standing.ts";
import type { Membership } from "../membership.ts";
import { MemoryAdministration } from "../testing/memory-administration.ts";
import { membership } from "../testing/memory-ports.ts";
import { ACME, address, GLOBEX, UNBOUNDED, userNumber } from "../testing/people.ts";
import { janeAs, operator, reasonOf } from "../testing/standings.ts";
import { listMembers, lookUpMembers, type MemberQuery, ownerAddresses } from "./list.ts";

let stores: MemoryAdministration;
beforeEach(() => {
  stores = new MemoryAdministration();
});

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
    given(person(3, { role: "owner" }), person(1, { status: "removed" }), person(2));
    given(person(0, { email: null, status: "removed" }));
    const asked = [0, 3, 98, 1, 99, 3].map(userNumber);
    expect(await lookUpMembers(await janeAs("member"), asked, stores, UNBOUNDED)).toEqual([
      { userId: userNumber(1), email: numbered(1), role: "member", status: "removed" },
      { userId: userNumber(3), email: numbered(3), role: "owner", status: "active" },
      { userId: userNumber(0), email: null, role: "member", status: "removed" },
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
