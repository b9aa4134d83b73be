import { createPlatformClient, type PlatformClient, reasonOf } from "@platform-api/client";
import { beforeAll, describe, expect, it } from "vitest";
import { PEOPLE, type Person } from "./personas.ts";
import type { RunningPlatform, TokenLimits } from "./platforms.ts";

const ACME = { organizationId: "acme" };
const AGENT = { clientId: "agent", actor: { clientId: "agent", person: null } };

type Call = (platform: PlatformClient) => Promise<unknown>;

const ADMINISTERS: Readonly<Record<string, Call>> = {
  "org.get": ({ org }) => org.get.query(ACME),
  "org.members.list": ({ org }) => org.members.list.query(ACME),
  "org.invitations.list": ({ org }) => org.invitations.list.query(ACME),
  "org.domains.list": ({ org }) => org.domains.list.query(ACME),
  "org.connections.list": ({ org }) => org.connections.list.query(ACME),
  "org.audit.list": ({ org }) => org.audit.list.query(ACME),
  "org.update": ({ org }) => org.update.mutate({ ...ACME, name: "Mine" }),
  "org.invitations.create": ({ org }) =>
    org.invitations.create.mutate({ ...ACME, emails: ["x@y.example"], role: "owner" }),
};
const DECIDES: Readonly<Record<string, Call>> = {
  "org.join": ({ org }) => org.join.mutate(ACME),
  "org.invitations.accept": ({ org }) => org.invitations.accept.mutate(ACME),
  "org.invitations.decline": ({ org }) => org.invitations.decline.mutate(ACME),
  "org.members.leave": ({ org }) => org.members.leave.mutate(ACME),
};

/** What a token of another application, or of somebody who acts for its user, may do: as the server and the handlers. */
export function describeTokenLimits(running: () => RunningPlatform): void {
  describe("for the limits of a token", () => {
    const as = async (person: Person, limits?: TokenLimits): Promise<PlatformClient> => {
      const token = await running().tokenOf(person, limits);
      return createPlatformClient({ url: running().url, retries: 0, token });
    };
    const outcomeOf = (call: Call, platform: PlatformClient) => call(platform).then(() => "done", reasonOf);
    let bossId: string;
    beforeAll(async () => {
      bossId = (await (await as("boss")).auth.validate.query()).userId;
    });

    it.each<[string, TokenLimits, object]>([
      ["another application", { clientId: "reports" }, { clientId: "reports", actor: null }],
      ["no named application", { clientId: null }, { clientId: null, actor: null }],
      ["an agent", AGENT, { clientId: "agent", actor: { clientId: "agent", userId: null } }],
    ])("T81: names who acts with a token of %s", async (_, limits, expected) => {
      const { auth, org } = await as("boss", limits);
      const { actor } = expected as { actor: object | null };
      expect(await auth.validate.query()).toMatchObject({ userId: bossId, ...expected });
      expect(await auth.check.query(ACME)).toEqual({ allowed: true, role: "owner", actor });
      expect(await org.me.query()).toMatchObject({ user: { userId: bossId }, actor });
    });

    it("T81: names the user who acts, if they are known here", async () => {
      const actor = { clientId: "support", person: "boss" } as const;
      const { auth } = await as("named", { clientId: "support", actor });
      expect((await auth.validate.query()).actor).toEqual({ clientId: "support", userId: bossId });
    });

    it.each(Object.entries(ADMINISTERS))(
      "T81, T82: %s is for the console and the user themselves",
      async (_, call) => {
        const fromConsole = { ...AGENT, clientId: "console" };
        expect(await outcomeOf(call, await as("boss", { clientId: "reports" }))).toBe("CLIENT_NOT_ALLOWED");
        expect(await outcomeOf(call, await as("boss", { clientId: null }))).toBe("CLIENT_NOT_ALLOWED");
        expect(await outcomeOf(call, await as("boss", fromConsole))).toBe("DELEGATION_NOT_ALLOWED");
        // Who was removed learns first that the application may not ask.
        expect(await outcomeOf(call, await as("removed", { clientId: "reports" }))).toBe(
          "CLIENT_NOT_ALLOWED",
        );
      },
    );

    it.each(Object.entries(DECIDES))(
      "T81: %s is for the user themselves, from any application",
      async (_, call) => {
        expect(await outcomeOf(call, await as("boss", AGENT))).toBe("DELEGATION_NOT_ALLOWED");
        const own = await outcomeOf(call, await as("boss", { clientId: "reports" }));
        expect(own).toMatch(/^(done|NOT_JOINABLE|NOT_FOUND|LAST_OWNER)$/);
      },
    );

    it("lets every application look up members, also for the user", async () => {
      for (const limits of [{ clientId: "reports" }, AGENT]) {
        const { org } = await as("boss", limits);
        const found = await org.members.lookup.query({ ...ACME, userIds: [bossId] });
        expect(found).toMatchObject([{ userId: bossId, role: "owner" }]);
      }
    });

    it("T81: a delegated token makes no link, and the user's own does", async () => {
      for (const call of [({ auth }) => auth.validate.query(), ({ org }) => org.me.query()] satisfies Call[])
        expect(await outcomeOf(call, await as("stranded", AGENT))).toBe("DELEGATION_NOT_ALLOWED");
      await (await as("stranded")).auth.validate.query();
      expect((await (await as("stranded", AGENT)).auth.validate.query()).actor).not.toBeNull();
    });

    it("T81: a delegated token accepts no invitation, and the user's own does", async () => {
      await (await as("absent")).auth.validate.query();
      const emails = [PEOPLE.absent.email];
      await (await as("boss")).org.invitations.create.mutate({ ...ACME, emails, role: "member" });
      const acting = await as("absent", AGENT);
      expect(await acting.org.me.query()).toMatchObject({ organizations: [], invitations: [] });
      expect(await acting.auth.check.query(ACME)).toMatchObject({ allowed: false });
      const { organizations } = await (await as("absent", { clientId: "reports" })).org.me.query();
      expect(organizations).toMatchObject([{ id: "acme", role: "member" }]);
      expect(await acting.auth.check.query(ACME)).toMatchObject({ allowed: true });
    });

    it("T81: the audit names the application", async () => {
      const { items } = await (await as("boss")).org.audit.list.query({ ...ACME, order: "newest" });
      const via = (action: string) => items.find((entry) => entry.action === action)?.via;
      expect([via("invitation-sent"), via("membership-created"), via("invitation-accepted")]).toEqual([
        "console",
        "reports",
        "reports",
      ]);
    });
  });
}
