import type { PlatformClient, Role } from "@platform-api/client";
import { beforeAll, describe, expect, it } from "vitest";
import { clientOf, everyItem, userIdOf as findUserId, refused } from "./callers.ts";
import { PEOPLE, type Person } from "./personas.ts";
import type { RunningPlatform } from "./platforms.ts";

const STARK = { organizationId: "stark" };
const STAFF = ["inviter", "assistant", "intern", "fired", "recruit", "guest", "reluctant"] as const;

type Org = PlatformClient["org"];

/** Invitations and the audit of an organization, for the server and for the handlers alike. */
export function describeInvitations(running: () => RunningPlatform): void {
  describe("for invitations", () => {
    const ids = new Map<Person, string>();
    const userIdOf = (person: Person) => ids.get(person) ?? "unknown";
    const emailOf = (person: Person) => PEOPLE[person].email;
    const as = async (person: Person) => (await clientOf(running(), person)).org;
    const invite = async (by: Person, people: readonly Person[], role: Role = "member") =>
      (await as(by)).invitations.create.mutate({ ...STARK, emails: people.map(emailOf), role });
    const open = async () => (await as("inviter")).invitations.list.query({ ...STARK, state: "open" });
    const stateOf = async (person: Person) => {
      const { items } = await (await as("inviter")).invitations.list.query(STARK);
      return items.find(({ email }) => email === emailOf(person))?.state;
    };
    let startedAt: string;

    beforeAll(async () => {
      for (const person of STAFF) ids.set(person, await findUserId(running(), person));
      await (await as("inviter")).update.mutate(STARK); // lists the owner as one
      startedAt = new Date().toISOString();
    });

    it("have an outcome for each address, once, as it was given", async () => {
      const { invitations } = await as("inviter");
      const given = ["Pepper@Stark.example", emailOf("guest"), emailOf("recruit"), "x@"];
      const emails = [...given, emailOf("intern"), emailOf("fired")];
      const outcomes = await invitations.create.mutate({ ...STARK, emails, role: "admin" });
      expect(outcomes.map(({ email, outcome }) => [email, outcome])).toEqual([
        [given[0], "invited"],
        [given[1], "invited"],
        ["x@", "invalid"],
        [emailOf("intern"), "already-member"],
        [emailOf("fired"), "removed"],
      ]);
      expect(await invite("inviter", ["guest"])).toEqual([{ email: emailOf("guest"), outcome: "renewed" }]);
    });

    it("are listed by address, page by page", async () => {
      const { items, nextCursor } = await open();
      const common = { state: "open", mail: "none", invitedBy: userIdOf("inviter") };
      const unique = {
        invitationId: expect.stringMatching(/^[0-9a-f-]{36}$/),
        createdAt: expect.any(String),
        expiresAt: expect.any(String),
      };
      expect([items, nextCursor]).toEqual([
        [
          { ...common, ...unique, email: emailOf("guest"), role: "member", outside: true },
          { ...common, ...unique, email: emailOf("recruit"), role: "admin", outside: false },
        ],
        null,
      ]);
      const [{ createdAt, expiresAt } = { createdAt: "", expiresAt: "" }] = items;
      expect(Date.parse(expiresAt ?? "") - Date.parse(createdAt ?? "")).toBe(604_800_000);
      const { list } = (await as("inviter")).invitations;
      const seen = await everyItem((at) => list.query({ ...STARK, state: "open", limit: 1, ...at }));
      expect(seen).toEqual(items);
      const { nextCursor: other } = await list.query({ ...STARK, limit: 1 });
      for (const state of ["open", "void"] as const) {
        const call = list.query({ ...STARK, state, cursor: other ?? "" });
        await expect(call).rejects.toMatchObject(refused("INPUT_INVALID"));
      }
    });

    type Call = (invitations: Org["invitations"]) => Promise<unknown>;
    const creating =
      (input: object): Call =>
      ({ create }) =>
        create.mutate({ ...STARK, emails: ["x@mail.example"], role: "member", ...input });
    const listing =
      (input: object): Call =>
      ({ list }) =>
        list.query({ ...STARK, ...input });
    const about =
      (verb: "resend" | "revoke", email: string): Call =>
      (invitations) =>
        invitations[verb].mutate({ ...STARK, email });
    const consenting =
      (verb: "accept" | "decline", organizationId: string): Call =>
      (invitations) =>
        invitations[verb].mutate({ organizationId });

    it.each<[Person, string, Call, string]>([
      ["intern", "list them", listing({}), "ROLE_REQUIRED"],
      ["stranger", "list them", listing({}), "NOT_A_MEMBER"],
      ["inviter", "list those in a state that there is not", listing({ state: "lost" }), "INPUT_INVALID"],
      ["inviter", "list them by address", listing({ query: "happy" }), "INPUT_INVALID"],
      ["intern", "invite", creating({}), "ROLE_REQUIRED"],
      ["stranger", "invite", creating({}), "NOT_A_MEMBER"],
      ["assistant", "invite an owner", creating({ role: "owner" }), "ROLE_REQUIRED"],
      ["inviter", "invite a king", creating({ role: "king" }), "INPUT_INVALID"],
      ["inviter", "invite nobody", creating({ emails: [] }), "INPUT_INVALID"],
      ["inviter", "invite 101 people", creating({ emails: Array(101).fill("x") }), "INPUT_INVALID"],
      ["inviter", "invite a number", creating({ emails: [5] }), "INPUT_INVALID"],
      ["inviter", "invite a very long text", creating({ emails: ["x".repeat(1_001)] }), "INPUT_INVALID"],
      ["inviter", "send a greeting", creating({ greeting: "hi" }), "INPUT_INVALID"],
      ["assistant", "resend what is not there", about("resend", "x@mail.example"), "NOT_FOUND"],
      ["assistant", "revoke what is not there", about("revoke", "x@mail.example"), "NOT_FOUND"],
      ["assistant", "revoke that of no address", about("revoke", "x@"), "NOT_FOUND"],
      ["intern", "revoke", about("revoke", emailOf("guest")), "ROLE_REQUIRED"],
      ["stranger", "accept without one", consenting("accept", "stark"), "NOT_FOUND"],
      ["stranger", "decline without one", consenting("decline", "stark"), "NOT_FOUND"],
      ["guest", "accept elsewhere", consenting("accept", "acme"), "NOT_FOUND"],
      ["guest", "accept where nothing is", consenting("accept", "there-is-none"), "NOT_FOUND"],
      ["guest", "accept what is not an id", consenting("accept", "not/an id"), "NOT_FOUND"],
    ])("do not let %s %s", async (who, _, call, reason) => {
      await expect(call((await as(who)).invitations)).rejects.toMatchObject(refused(reason));
    });

    it("go to addresses outside only from owners while SSO is enforced", async () => {
      const { create } = (await as("enforcer")).invitations;
      const from = (...emails: string[]) =>
        create.mutate({ organizationId: "initech", emails, role: "member" });
      const mixed = from("milton@initech.example", "x@mail.example");
      await expect(mixed).rejects.toMatchObject(refused("ROLE_REQUIRED"));
      expect(await from("milton@initech.example")).toMatchObject([{ outcome: "invited" }]);
    });

    it("signing in accepts an invitation inside the organization's domains", async () => {
      const { organizations, invitations } = await (await as("recruit")).me.query();
      expect(organizations).toEqual([{ id: "stark", name: "stark", role: "admin", ssoRequired: false }]);
      expect(invitations).toEqual([]);
      const { items } = await (await as("inviter")).members.list.query({ ...STARK, query: "pepper" });
      expect(items).toMatchObject([
        { origin: "invitation", outside: false, invitedBy: userIdOf("inviter"), role: "admin" },
      ]);
      expect(await stateOf("recruit")).toBe("accepted");
      for (const verb of ["resend", "revoke"] as const) {
        const call = about(verb, emailOf("recruit"))((await as("inviter")).invitations);
        await expect(call).rejects.toMatchObject(refused("CONFLICT"));
      }
    });

    it("outside them wait for consent, and are accepted once", async () => {
      const guest = await as("guest");
      const [waiting, ...others] = (await guest.me.query()).invitations;
      expect([waiting, others]).toEqual([
        {
          organizationId: "stark",
          name: "stark",
          role: "member",
          invitedBy: userIdOf("inviter"),
          inviter: emailOf("inviter"),
          expiresAt: expect.any(String),
        },
        [],
      ]);
      await expect(guest.get.query(STARK)).rejects.toMatchObject(refused("NOT_A_MEMBER"));
      const membership = { ...STARK, userId: userIdOf("guest"), role: "member", status: "active" };
      expect(await guest.invitations.accept.mutate(STARK)).toEqual(membership);
      expect(await guest.invitations.accept.mutate(STARK)).toEqual(membership);
      const decline = guest.invitations.decline.mutate(STARK);
      await expect(decline).rejects.toMatchObject(refused("NOT_FOUND"));
      const { organizations, invitations } = await guest.me.query();
      expect([organizations.map(({ id }) => id), invitations]).toEqual([["stark"], []]);
    });

    it("bring back who left, but not by themselves", async () => {
      const guest = await as("guest");
      await guest.members.leave.mutate(STARK);
      await expect(guest.invitations.accept.mutate(STARK)).rejects.toMatchObject(refused("NOT_FOUND"));
      expect(await guest.me.query()).toMatchObject({ organizations: [], removed: [], invitations: [] });
      expect(await invite("assistant", ["guest"])).toMatchObject([{ outcome: "invited" }]);
      expect(await guest.invitations.accept.mutate(STARK)).toMatchObject({ status: "active" });
    });

    it("can be declined, and offered again by a new one alone", async () => {
      await invite("inviter", ["reluctant"]);
      const { me, invitations } = await as("reluctant");
      for (const _ of ["once", "twice"]) expect(await invitations.decline.mutate(STARK)).toEqual({});
      expect((await me.query()).invitations).toEqual([]);
      await expect(invitations.accept.mutate(STARK)).rejects.toMatchObject(refused("NOT_FOUND"));
      expect(await stateOf("reluctant")).toBe("declined");
      const resend = about("resend", emailOf("reluctant"))((await as("inviter")).invitations);
      await expect(resend).rejects.toMatchObject(refused("CONFLICT"));
      expect(await invite("inviter", ["reluctant"])).toMatchObject([{ outcome: "invited" }]);
      expect((await me.query()).invitations).toHaveLength(1);
    });

    it("can be revoked", async () => {
      const { revoke, resend } = (await as("inviter")).invitations;
      const email = emailOf("reluctant").toUpperCase();
      const revoked = await revoke.mutate({ ...STARK, email });
      expect(revoked).toMatchObject({ email: emailOf("reluctant"), state: "revoked" });
      expect(await revoke.mutate({ ...STARK, email })).toEqual(revoked);
      await expect(resend.mutate({ ...STARK, email })).rejects.toMatchObject(refused("CONFLICT"));
      const { invitations } = await as("reluctant");
      for (const verb of ["accept", "decline"] as const)
        await expect(invitations[verb].mutate(STARK)).rejects.toMatchObject(refused("NOT_FOUND"));
    });

    it("are void without the role of who invited, until another adopts them", async () => {
      const [inviter, assistant, heir] = [await as("inviter"), await as("assistant"), await as("heir")];
      await invite("assistant", ["heir"], "admin");
      const demoted = { ...STARK, userId: userIdOf("assistant"), role: "member" } as const;
      await inviter.members.setRole.mutate(demoted);
      expect(await stateOf("heir")).toBe("void");
      expect((await heir.me.query()).invitations).toEqual([]);
      await expect(heir.invitations.accept.mutate(STARK)).rejects.toMatchObject(refused("NOT_FOUND"));
      const resent = await inviter.invitations.resend.mutate({ ...STARK, email: emailOf("heir") });
      expect(resent).toMatchObject({ state: "open", role: "admin", invitedBy: userIdOf("inviter") });
      await inviter.members.setRole.mutate({ ...demoted, role: "admin" });
      await invite("inviter", ["heir"], "owner");
      const revoke = assistant.invitations.revoke.mutate({ ...STARK, email: emailOf("heir") });
      await expect(revoke).rejects.toMatchObject(refused("ROLE_REQUIRED"));
      expect(await heir.invitations.accept.mutate(STARK)).toMatchObject({ role: "owner" });
    });

    describe("org.audit.list", () => {
      const listed = async (filter: object = {}) =>
        (await as("inviter")).audit.list.query({ ...STARK, since: startedAt, ...filter });

      it("tells who has done what, and the invitation without its address", async () => {
        const { items, nextCursor } = await listed({ limit: 100 });
        expect(nextCursor).toBeNull();
        const counts = Map.groupBy(items, ({ action }) => action);
        expect(Object.fromEntries([...counts].map(([action, { length }]) => [action, length]))).toEqual({
          "invitation-sent": 6,
          "invitation-resent": 3,
          "invitation-declined": 1,
          "invitation-revoked": 1,
          "invitation-accepted": 4,
          "membership-created": 4,
          "membership-left": 1,
          "role-changed": 2,
        });
        const entry = {
          id: expect.any(String),
          at: expect.any(String),
          via: "console",
          connection: null,
          domain: null,
          userId: null,
          rule: null,
          invitationId: null,
          before: null,
          after: null,
        };
        const [recruit, reluctant] = [userIdOf("recruit"), userIdOf("reluctant")];
        const invitationId = expect.any(String);
        const byInviter = { ...entry, actor: `user:${userIdOf("inviter")}` };
        const byReluctant = { ...entry, actor: `user:${reluctant}`, userId: reluctant };
        const byLogin = { ...entry, actor: "login", userId: recruit, invitationId };
        const roles = { before: { role: "admin" }, after: { role: "member" } };
        expect(items).toEqual(
          expect.arrayContaining([
            { ...byInviter, action: "invitation-revoked", invitationId },
            { ...byInviter, action: "invitation-resent", invitationId, after: { role: "member" } },
            { ...byInviter, action: "role-changed", userId: userIdOf("assistant"), ...roles },
            { ...byLogin, action: "invitation-accepted" },
            { ...byLogin, action: "membership-created", rule: "invitation" },
            { ...byReluctant, action: "invitation-declined", invitationId },
          ]),
        );
        const ofRecruit = items.filter(({ userId }) => userId === recruit);
        expect(new Set(ofRecruit.map((each) => each.invitationId)).size).toBe(1);
        expect(JSON.stringify(items)).not.toContain("@");
      });

      it("tells what was changed in the settings, and nothing of what held already", async () => {
        const { update } = await as("inviter");
        for (const _ of ["changed", "held"]) await update.mutate({ ...STARK, defaultRole: "admin" });
        const { items } = await listed({ action: "organization-updated" });
        expect(items).toMatchObject([{ before: { defaultRole: "member" }, after: { defaultRole: "admin" } }]);
      });

      it("filters by actor and time, and goes page by page", async () => {
        const actor = `user:${userIdOf("inviter")}`;
        const all = await listed({ actor });
        expect(new Set(all.items.map((entry) => entry.actor))).toEqual(new Set([actor]));
        expect(all.items.map(({ at }) => at)).toEqual(
          all.items
            .map(({ at }) => at)
            .sort()
            .reverse(),
        );
        expect(await everyItem((at) => listed({ actor, limit: 3, ...at }))).toEqual(all.items);
        expect((await listed({ until: "2026-01-01T00:00:00+01:00" })).items).toEqual([]);
      });

      it("filters by person: what they did, and what was done to them", async () => {
        const { items } = await listed({ limit: 100 });
        for (const who of ["inviter", "assistant", "recruit"] as const) {
          const person = userIdOf(who);
          const theirs = items.filter(({ actor, userId }) => actor === `user:${person}` || userId === person);
          expect(theirs.length, who).toBeGreaterThan(0);
          expect((await listed({ limit: 100, person: person.toUpperCase() })).items, who).toEqual(theirs);
          const done = theirs.filter(({ action }) => action === "role-changed");
          expect((await listed({ person, action: "role-changed" })).items, who).toEqual(done);
        }
        const { nextCursor } = await listed({ person: userIdOf("inviter"), limit: 1 });
        const other = listed({ person: userIdOf("recruit"), cursor: nextCursor ?? "" });
        await expect(other).rejects.toMatchObject(refused("INPUT_INVALID"));
      });

      it("is a feed with the oldest first: it always continues", async () => {
        const { nextCursor } = await listed({ order: "oldest", action: "role-changed" });
        const cursor = nextCursor ?? "";
        const next = await listed({ order: "oldest", action: "role-changed", cursor });
        expect(next).toMatchObject({ items: [], nextCursor: expect.any(String) });
        for (const other of [{ action: "role-changed" }, { order: "oldest" }])
          await expect(listed({ ...other, cursor })).rejects.toMatchObject(refused("INPUT_INVALID"));
      });

      it.each<[Person, object, string]>([
        ["intern", {}, "ROLE_REQUIRED"],
        ["stranger", {}, "NOT_A_MEMBER"],
        ["inviter", { action: "danced" }, "INPUT_INVALID"],
        ["inviter", { since: "yesterday" }, "INPUT_INVALID"],
        ["inviter", { until: "2026-13-01T00:00:00Z" }, "INPUT_INVALID"],
        ["inviter", { until: "2026-11-01T00:00:00" }, "INPUT_INVALID"],
        ["inviter", { actor: "jane" }, "INPUT_INVALID"],
        ["inviter", { actor: "user:jane" }, "INPUT_INVALID"],
        ["inviter", { person: "jane" }, "INPUT_INVALID"],
        ["inviter", { order: "random" }, "INPUT_INVALID"],
        ["inviter", { query: "x" }, "INPUT_INVALID"],
      ])("refuses %s with %j as %s", async (who, filter, reason) => {
        const list = (await as(who)).audit.list.query({ ...STARK, ...filter });
        await expect(list).rejects.toMatchObject(refused(reason));
      });
    });
  });
}
