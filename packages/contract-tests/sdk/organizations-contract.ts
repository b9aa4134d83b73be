import type { PlatformClient } from "@platform-api/client";
import { beforeAll, describe, expect, it } from "vitest";
import { clientOf, everyItem, userIdOf as findUserId, refused } from "./callers.ts";
import { PEOPLE, type Person } from "./personas.ts";
import type { RunningPlatform } from "./platforms.ts";

const WAYNE = { organizationId: "wayne" };
const NOBODY = "7c18584b-d06e-4ad2-9ff1-6ef64128fed0";
/** The members of Wayne in the order of the list. */
const MEMBERS = ["admin", "owner", "member", "outsider", "otherAdmin", "coOwner", "former"] as const;

type Members = PlatformClient["org"]["members"];

/** How an organization administers itself, for the server and for the handlers alike. */
export function describeOrganizations(running: () => RunningPlatform): void {
  describe("for organizations", () => {
    const ids = new Map<Person, string>();
    const userIdOf = (person: Person) => ids.get(person) ?? "unknown";
    const as = async (person: Person) => (await clientOf(running(), person)).org;
    const membersAs = async (person: Person) => (await as(person)).members;

    beforeAll(async () => {
      for (const person of [...MEMBERS, "boss", "stranger"] as const)
        ids.set(person, await findUserId(running(), person));
      // An owner whom nothing has listed as one is listed by their first change.
      for (const person of ["owner", "coOwner"] as const) await (await as(person)).update.mutate(WAYNE);
    });

    describe("org.get", () => {
      it.each<Person>(["owner", "admin", "member", "outsider"])(
        "shows the organization to %s",
        async (who) => {
          const { owners, ...settings } = await (await as(who)).get.query(WAYNE);
          expect(settings).toEqual({
            id: "wayne",
            name: "wayne",
            jit: true,
            defaultRole: "member",
            enforceSso: false,
            state: "open",
            locked: ["jit"],
          });
          expect(owners).toEqual([PEOPLE.owner.email, PEOPLE.coOwner.email]);
        },
      );

      it.each<[Person, string, string]>([
        ["stranger", "wayne", "NOT_A_MEMBER"],
        ["stranger", "there-is-none", "NOT_A_MEMBER"],
        ["stranger", "not/an id", "NOT_A_MEMBER"],
        ["boss", "me", "NOT_A_MEMBER"],
        ["former", "wayne", "NOT_A_MEMBER"],
        ["latecomer", "initech", "SSO_REQUIRED"],
      ])("refuses %s in %s as %s", async (who, organizationId, reason) => {
        await expect((await as(who)).get.query({ organizationId })).rejects.toMatchObject(refused(reason));
      });
    });

    describe("org.update", () => {
      it("keeps what an admin or an owner changes", async () => {
        const [admin, owner] = [await as("admin"), await as("owner")];
        expect(await admin.update.mutate({ ...WAYNE, name: "Wayne" })).toMatchObject({ name: "Wayne" });
        const changed = { name: "wayne", defaultRole: "admin" } as const;
        expect(await owner.update.mutate({ ...WAYNE, ...changed, jit: true })).toMatchObject(changed);
        expect(await admin.get.query(WAYNE)).toMatchObject(changed);
        await owner.update.mutate({ ...WAYNE, defaultRole: "member" });
      });

      it.each<[Person, object, string]>([
        ["member", { name: "Mine" }, "ROLE_REQUIRED"],
        ["admin", { name: "Mine", jit: true }, "ROLE_REQUIRED"],
        ["admin", { enforceSso: false }, "ROLE_REQUIRED"],
        ["owner", { jit: false }, "ROLE_REQUIRED"],
        ["coOwner", { enforceSso: true }, "NOT_READY"],
        ["owner", { defaultRole: "owner" }, "INPUT_INVALID"],
        ["owner", { name: "" }, "INPUT_INVALID"],
        ["owner", { name: "see https://evil.example" }, "INPUT_INVALID"],
        ["owner", { nmae: "wayne" }, "INPUT_INVALID"],
        ["owner", { jit: "no" }, "INPUT_INVALID"],
      ])("refuses that %s changes %j as %s", async (who, changes, reason) => {
        const change = (await as(who)).update.mutate({ ...WAYNE, ...changes });
        await expect(change).rejects.toMatchObject(refused(reason));
      });
    });

    describe("org.members.list", () => {
      const emails = (items: readonly { email: string | null }[]) => items.map(({ email }) => email);
      const of = (people: readonly Person[]) => people.map((person) => PEOPLE[person].email);

      it("shows the active members by address, then the removed ones, page by page", async () => {
        const members = await membersAs("admin");
        const all = await members.list.query(WAYNE);
        expect([emails(all.items), all.nextCursor]).toEqual([of(MEMBERS), null]);
        const pages: number[] = [];
        const items = await everyItem(async (at) => {
          const page = await members.list.query({ ...WAYNE, limit: 2, ...at });
          pages.push(page.items.length);
          return page;
        });
        expect([items, pages]).toEqual([all.items, [2, 2, 2, 1]]);
        const [alfred] = all.items;
        expect(alfred).toEqual({
          userId: userIdOf("admin"),
          email: PEOPLE.admin.email,
          role: "admin",
          status: "active",
          origin: "invitation",
          outside: false,
          invitedBy: null,
          joinedAt: expect.any(String),
        });
        expect(new Date(alfred?.joinedAt ?? "").toISOString()).toBe(alfred?.joinedAt);
        expect(all.items.filter(({ outside }) => outside).map(({ email }) => email)).toEqual(
          of(["outsider", "coOwner"]),
        );
      });

      it.each<[Omit<Parameters<Members["list"]["query"]>[0], "organizationId">, readonly Person[]]>([
        [{ status: "removed" }, ["former"]],
        [{ status: "active", role: "member" }, ["member", "outsider"]],
        [{ role: "owner" }, ["owner", "coOwner"]],
        [{ query: "JASON@wayne" }, ["former"]],
        [{ query: "b", role: "owner" }, ["owner"]],
        [{ query: "ason" }, []],
      ])("finds %j", async (filter, people) => {
        const { items } = await (await membersAs("admin")).list.query({ ...WAYNE, ...filter });
        expect(emails(items)).toEqual(of(people));
      });

      it("finds a member by the whole UUID", async () => {
        const members = await membersAs("admin");
        const found = await members.list.query({ ...WAYNE, query: userIdOf("member").toUpperCase() });
        expect(found).toMatchObject({ items: [{ email: PEOPLE.member.email }], nextCursor: null });
        const query = userIdOf("stranger");
        expect(await members.list.query({ ...WAYNE, query })).toEqual({ items: [], nextCursor: null });
      });

      it("refuses a cursor of another filter, of another organization and of nobody", async () => {
        const [members, others] = [await membersAs("admin"), await membersAs("boss")];
        const cursor = (await members.list.query({ ...WAYNE, limit: 1 })).nextCursor ?? "";
        for (const list of [
          () => members.list.query({ ...WAYNE, cursor, role: "member" }),
          () => others.list.query({ organizationId: "acme", cursor }),
          () => members.list.query({ ...WAYNE, cursor: "WyJhIl0" }),
        ]) {
          await expect(list()).rejects.toMatchObject(refused("INPUT_INVALID"));
        }
      });

      it.each<[Person, object, string]>([
        ["member", {}, "ROLE_REQUIRED"],
        ["stranger", {}, "NOT_A_MEMBER"],
        ["admin", { limit: 0 }, "INPUT_INVALID"],
        ["admin", { limit: 101 }, "INPUT_INVALID"],
        ["admin", { role: "king" }, "INPUT_INVALID"],
        ["admin", { search: "dick" }, "INPUT_INVALID"],
      ])("refuses %s with %j as %s", async (who, filter, reason) => {
        const list = (await membersAs(who)).list.query({ ...WAYNE, ...filter });
        await expect(list).rejects.toMatchObject(refused(reason));
      });
    });

    describe("org.members.lookup", () => {
      it("finds those who are or were members", async () => {
        const people = ["former", "owner", "stranger"] as const;
        const userIds = [...people.map(userIdOf), NOBODY];
        expect(await (await membersAs("outsider")).lookup.query({ ...WAYNE, userIds })).toEqual([
          { userId: userIdOf("owner"), email: PEOPLE.owner.email, role: "owner", status: "active" },
          { userId: userIdOf("former"), email: PEOPLE.former.email, role: "member", status: "removed" },
        ]);
      });

      it.each([[[]], [["waad|jane"]], [Array(101).fill(NOBODY)]])("refuses the ids %j", async (userIds) => {
        const lookup = (await membersAs("member")).lookup.query({ ...WAYNE, userIds });
        await expect(lookup).rejects.toMatchObject(refused("INPUT_INVALID"));
      });
    });

    describe("a change of a member", () => {
      type Change = (members: Members, userId: string) => Promise<unknown>;
      const setRole =
        (role: "member" | "admin" | "owner", expectedRole?: "member"): Change =>
        (members, userId) =>
          members.setRole.mutate({ ...WAYNE, userId, role, ...(expectedRole && { expectedRole }) });
      const remove: Change = (members, userId) => members.remove.mutate({ ...WAYNE, userId });
      const restore: Change = (members, userId) => members.restore.mutate({ ...WAYNE, userId });

      it.each<[Person, string, Change, Person, string]>([
        ["member", "promotes", setRole("admin"), "outsider", "ROLE_REQUIRED"],
        ["admin", "promotes beyond their own role", setRole("owner"), "member", "ROLE_REQUIRED"],
        ["admin", "demotes an equal", setRole("member"), "otherAdmin", "ROLE_REQUIRED"],
        ["admin", "demotes themselves", setRole("member"), "admin", "ROLE_REQUIRED"],
        ["admin", "removes themselves", remove, "admin", "ROLE_REQUIRED"],
        ["admin", "removes a superior", remove, "owner", "ROLE_REQUIRED"],
        ["admin", "removes somebody who was never there", remove, "stranger", "NOT_FOUND"],
        ["owner", "restores somebody who was never there", restore, "stranger", "NOT_FOUND"],
        ["admin", "promotes somebody who was removed", setRole("admin"), "former", "CONFLICT"],
        ["owner", "overlooks a change", setRole("member", "member"), "otherAdmin", "CONFLICT"],
        ["stranger", "intrudes", remove, "member", "NOT_A_MEMBER"],
      ])("is refused where %s %s", async (who, _, change, whom, reason) => {
        await expect(change(await membersAs(who), userIdOf(whom))).rejects.toMatchObject(refused(reason));
      });

      it.each<[string, Change]>([
        [
          "demoted",
          (members, userId) => members.setRole.mutate({ organizationId: "acme", userId, role: "admin" }),
        ],
        ["removed", (members, userId) => members.remove.mutate({ organizationId: "acme", userId })],
        ["let go", (members) => members.leave.mutate({ organizationId: "acme" })],
      ])("is refused where the last owner would be %s", async (_, change) => {
        const last = change(await membersAs("boss"), userIdOf("boss"));
        await expect(last).rejects.toMatchObject(refused("LAST_OWNER"));
      });

      it("is answered as it is when it holds already", async () => {
        const members = await membersAs("owner");
        const [userId, former] = [userIdOf("member"), userIdOf("former")];
        const dick = await members.setRole.mutate({
          ...WAYNE,
          userId,
          role: "member",
          expectedRole: "admin",
        });
        expect(dick).toMatchObject({ userId, role: "member", status: "active" });
        expect(await members.restore.mutate({ ...WAYNE, userId })).toEqual(dick);
        expect(await members.remove.mutate({ ...WAYNE, userId: former })).toMatchObject({
          status: "removed",
        });
      });

      it("is kept, and counts at once", async () => {
        const [members, admin] = [await membersAs("owner"), await membersAs("otherAdmin")];
        const userId = userIdOf("otherAdmin");
        const promoted = await members.setRole.mutate({
          ...WAYNE,
          userId,
          role: "owner",
          expectedRole: "admin",
        });
        expect(promoted).toMatchObject({ userId, role: "owner", status: "active" });
        await admin.setRole.mutate({ ...WAYNE, userId: userIdOf("admin"), role: "admin" });
        expect(await members.remove.mutate({ ...WAYNE, userId })).toEqual({ ...promoted, status: "removed" });
        await expect(admin.list.query(WAYNE)).rejects.toMatchObject(refused("MEMBERSHIP_REMOVED"));
        const restored = await members.restore.mutate({ ...WAYNE, userId });
        expect(restored).toEqual({ ...promoted, role: "admin", status: "active" });
        expect(await admin.lookup.query({ ...WAYNE, userIds: [userId] })).toMatchObject([{ role: "admin" }]);
      });

      it("ends one's own membership for good: who left is invited, not restored", async () => {
        const [members, own] = [await membersAs("owner"), await membersAs("outsider")];
        const userId = userIdOf("outsider");
        expect(await own.leave.mutate(WAYNE)).toEqual({});
        await expect(own.leave.mutate(WAYNE)).rejects.toMatchObject(refused("NOT_A_MEMBER"));
        await expect(restore(members, userId)).rejects.toMatchObject(refused("CONFLICT"));
        const { items } = await members.list.query({ ...WAYNE, status: "removed" });
        expect(items.map((item) => item.userId)).toEqual([userId, userIdOf("former")]);
      });
    });
  });
}
