import { type PlatformClient, type Role, reasonOf } from "@platform-api/client";
import { isUserId } from "@platform-api/server/wire";
import { beforeAll, describe, expect, it } from "vitest";
import { clientOf, clientWith, everyItem, userIdOf as findUserId, refused } from "./callers.ts";
import { PEOPLE, type Person } from "./personas.ts";
import type { RunningPlatform, TokenLimits } from "./platforms.ts";

const AGENT = { clientId: "agent", actor: { clientId: "agent", person: null } };

/** What each procedure answers, called through the SDK. The rules behind the answers are proven beside them. */
export function describeProcedures(running: () => RunningPlatform): void {
  const as = (person: Person) => clientOf(running(), person);

  describe("to a user", () => {
    const usual = { ssoRequired: false, closesAt: null, invitedBy: null };
    const acme = (role: Role) => ({ id: "acme", name: "Acme", role, ...usual });

    it.each<[Person, { organizations?: object[]; active?: string; joinable?: object[]; removed?: object[] }]>(
      [
        ["boss", { organizations: [acme("owner")], active: "acme" }],
        ["newcomer", { organizations: [acme("member")], active: "acme" }],
        [
          "chooser",
          {
            organizations: [{ id: "umbrella-labs", name: "Umbrella Labs", role: "admin", ...usual }],
            active: "umbrella-labs",
            joinable: [{ id: "umbrella-retail", name: "Umbrella Retail" }],
          },
        ],
        ["dismissed", { removed: [{ id: "hooli", name: "Hooli" }] }],
        [
          "latecomer",
          {
            organizations: [{ id: "initech", name: "Initech", role: "admin", ...usual, ssoRequired: true }],
          },
        ],
        ["lapsed", {}],
      ],
    )("auth.validate and org.me: %s", async (person, known) => {
      const { organizations = [], active = null, joinable = [], removed = [] } = known;
      const { userId, loginId, issuedAt, expiresAt, ...identity } = await (
        await as(person)
      ).auth.validate.query();
      const email = person === "lapsed" || person === "latecomer" ? null : PEOPLE[person].email;
      const own = { source: "auth0", clientId: "console", actor: null };
      expect(identity).toEqual({ ...own, email, organizationId: active });
      expect(userId).toSatisfy(isUserId);
      expect(new Date(expiresAt).toISOString()).toBe(expiresAt);
      expect(Date.parse(expiresAt) - Date.now()).toBeGreaterThan(3_500_000);
      expect(loginId).toMatch(/^[\w-]{43}$/);
      expect(issuedAt).toMatch(/:\d\d\.000Z$/);
      expect(Math.abs(Date.now() - Date.parse(issuedAt))).toBeLessThan(60_000);
      expect(await (await as(person)).org.me.query()).toEqual({
        user: { userId, email },
        actor: null,
        organizations,
        activeOrganizationId: active,
        joinable,
        removed,
        closed: [],
        invitations: [],
        pastInvitations: [],
      });
    });

    it.each<[string, TokenLimits, object]>([
      ["another application", { clientId: "reports" }, { clientId: "reports", actor: null }],
      ["no named application", { clientId: null }, { clientId: null, actor: null }],
      ["an agent", AGENT, { clientId: "agent", actor: { clientId: "agent", userId: null } }],
    ])("T81: names who acts with a token of %s", async (_, limits, expected) => {
      await (await as("boss")).auth.validate.query();
      const { auth, org } = clientWith(running().url, await running().tokenOf("boss", limits));
      const { actor } = expected as { actor: object | null };
      expect(await auth.validate.query()).toMatchObject(expected);
      expect(await auth.principal.query()).toMatchObject({
        kind: "user",
        organizationId: "acme",
        ...expected,
      });
      expect(await auth.check.query({ organizationId: "acme" })).toEqual({
        allowed: true,
        role: "owner",
        actor,
      });
      expect(await org.me.query()).toMatchObject({ actor });
    });

    it("T81: names the user who acts, if they are known here", async () => {
      const userId = await findUserId(running(), "boss");
      const actor = { clientId: "support", person: "boss" } as const;
      const token = await running().tokenOf("named", { clientId: "support", actor });
      const answer = await clientWith(running().url, token).auth.validate.query();
      expect(answer.actor).toEqual({ clientId: "support", userId });
    });

    it("auth.principal: the user, whatever their application", async () => {
      const { auth } = clientWith(running().url, await running().tokenOf("boss", { clientId: "runs" }));
      const { userId } = await auth.validate.query();
      const own = { organizationId: "acme", clientId: "runs", actor: null };
      expect(await auth.principal.query()).toEqual({ kind: "user", userId, ...own });
    });

    it.each<[Person, string, string]>([
      ["boss", "verified-domain", "acme-entra"],
      ["stranger", "verified-email", "auth0"],
    ])("auth.link: %s by %s through %s", async (person, rule, connection) => {
      const { auth } = await as(person);
      await auth.validate.query();
      const link = await auth.link.query();
      expect(link).toEqual({ rule, connection, linkedAt: expect.any(String) });
      expect(new Date(link.linkedAt).toISOString()).toBe(link.linkedAt);
    });

    it.each<[Person, string, Role | undefined, boolean, Role | null]>([
      ["boss", "acme", "admin", true, "owner"],
      ["newcomer", "acme", "admin", false, "member"],
      ["contractor", "initech", undefined, true, "member"],
      ["latecomer", "initech", undefined, false, null],
      ["boss", "😀".repeat(256), undefined, false, null],
    ])("auth.check: %s in %s as %s", async (person, organizationId, role, allowed, found) => {
      const question = role === undefined ? { organizationId } : { organizationId, role };
      const answer = await (await as(person)).auth.check.query(question);
      expect(answer).toEqual({ allowed, role: found, actor: null });
    });

    it("auth.signOutEverywhere: the token that calls it is refused from then on", async () => {
      const client = await as("leaver");
      await client.auth.validate.query();
      const { notBefore, sessions } = await client.auth.signOutEverywhere.mutate();
      expect(new Date(notBefore).toISOString()).toBe(notBefore);
      expect(Math.abs(Date.parse(notBefore) - Date.now())).toBeLessThan(10_000);
      expect(["ended", "remaining"]).toContain(sessions); // the mocks end none
      const revoked = refused("TOKEN_REVOKED", 401);
      await expect(client.auth.validate.query()).rejects.toMatchObject(revoked);
      await expect(client.auth.signOutEverywhere.mutate()).rejects.toMatchObject(revoked);
    });

    it("org.join: a membership that is there at once", async () => {
      const client = await as("joiner");
      const organizationId = "umbrella-retail";
      const { userId } = await client.auth.validate.query();
      const joined = await client.org.join.mutate({ organizationId });
      expect(joined).toEqual({ organizationId, userId, role: "member", status: "active" });
      const { organizations, joinable } = await client.org.me.query();
      expect([organizations.map(({ id }) => id), joinable]).toEqual([["umbrella-labs", organizationId], []]);
    });
  });

  describe("about who cannot get in", () => {
    const acme = { organizationId: "acme" };

    it("org.refusals.list: who was refused, and of a stranger only the domain", async () => {
      const isRefused = (reason: unknown) => typeof reasonOf(reason) === "string";
      for (const person of ["foreigner", "removed"] as const)
        expect(await (await as(person)).org.me.query().then(() => false, isRefused)).toBe(true);
      const { org } = await as("boss");
      const seen = { firstAt: expect.any(String), lastAt: expect.any(String), count: expect.any(Number) };
      const known = { connection: "acme-entra", askedAt: null, ...seen };
      const userId = await findUserId(running(), "removed").catch(() => expect.any(String));
      await expect
        .poll(() => org.refusals.list.query(acme))
        .toEqual(
          expect.arrayContaining([
            {
              ...known,
              email: null,
              domain: "hooli.example",
              userId: null,
              reason: "DOMAIN_NOT_ALLOWED",
              cure: "verify-domain",
            },
            {
              ...known,
              email: PEOPLE.removed.email,
              domain: "acme.example",
              userId,
              reason: "MEMBERSHIP_REMOVED",
              cure: "restore",
            },
          ]),
        );
    });

    it("org.askToBeRestored: when they asked first, and when they can again", async () => {
      const { org } = await as("dismissed");
      const asked = await org.askToBeRestored.mutate({ organizationId: "hooli" });
      expect(Math.abs(Date.parse(asked.askedAt) - Date.now())).toBeLessThan(10_000);
      expect(Date.parse(asked.againAt) - Date.parse(asked.askedAt)).toBe(7 * 24 * 3_600_000);
      expect(await org.askToBeRestored.mutate({ organizationId: "hooli" })).toEqual(asked);
      // Without an organization it is that of the token, which has none.
      expect(await org.askToBeRestored.mutate({}).catch(reasonOf)).toBe("NOT_A_MEMBER");
    });
  });

  describe("to a machine", () => {
    const machine = async (id: string) => clientWith(running().url, await running().machineToken(id)).auth;

    it.each([
      ["runs", { kind: "service", clientId: "runs", permissions: ["standing"] }],
      ["reports", { kind: "service", clientId: "reports", permissions: ["audit"] }],
      ["unlisted", "CLIENT_NOT_ALLOWED"],
    ])("auth.principal and auth.validate: %s", async (clientId, principal) => {
      const auth = await machine(clientId);
      expect(await auth.principal.query().catch(reasonOf)).toEqual(principal);
      expect(await auth.validate.query().catch(reasonOf)).toBe("USER_TOKEN_REQUIRED");
    });

    it("auth.standings: whether work of a user may go on, in the order of the questions", async () => {
      const { auth } = await as("newcomer");
      const { userId, issuedAt: since, loginId } = await auth.validate.query();
      const work = { userId, organizationId: "acme", since, loginId };
      const { standings } = await machine("runs");
      const { loginId: another } = await (await as("boss")).auth.validate.query();
      const of = [
        work,
        { ...work, role: "admin" as const },
        { ...work, organizationId: "wayne" },
        { ...work, loginId: another },
      ];
      expect(await standings.query({ of })).toEqual([
        { standing: "active", role: "member" },
        ...["ROLE_REQUIRED", "NOT_A_MEMBER", "NOT_A_MEMBER"].map((reason) => ({ standing: "ended", reason })),
      ]);
      const reasonTo = ({ standings }: Pick<typeof auth, "standings">) =>
        standings.query({ of: [work] }).catch(reasonOf);
      expect(await reasonTo(await machine("reports"))).toBe("ROLE_REQUIRED");
      expect(await reasonTo(auth)).toBe("CLIENT_NOT_ALLOWED");
    });
  });

  it.each<[string, object]>([
    [
      "Jane@Acme.Example",
      { passwordAllowed: true, options: [["acme-entra", "Acme (Entra ID)", "org_acme"]] },
    ],
    ["x@initech.example", { passwordAllowed: false, options: [["initech-adfs", "Initech"]] }],
    ["x@hooli.example", { method: "password" }],
    ["x@bücher.example", { method: "password" }],
  ])("discover.byEmail: %s", async (email, { options, ...expected }: { options?: string[][] }) => {
    const login_hint = email.toLowerCase();
    const shown = options?.map(([connection, displayName, organization]) => {
      const authorize = { connection, ...(organization && { organization }), login_hint };
      return { connection, displayName, authorize };
    });
    const answer = await clientWith(running().url, null).discover.byEmail.mutate({ email });
    expect(answer).toEqual(shown ? { method: "sso", ...expected, options: shown } : expected);
  });

  describeMembers(running);
  describeInvitations(running);
  describeDomains(running);
  describeConnections(running);
}

const WAYNE = { organizationId: "wayne" };
/** The members of Wayne in the order of the list. */
const MEMBERS = ["admin", "owner", "member", "outsider", "otherAdmin", "coOwner", "former"] as const;

function describeMembers(running: () => RunningPlatform): void {
  describe("in an organization", () => {
    const ids = new Map<Person, string>();
    const userIdOf = (person: Person) => ids.get(person) ?? "unknown";
    const as = async (person: Person) => (await clientOf(running(), person)).org;
    const settings = {
      id: "wayne",
      name: "wayne",
      jit: true,
      defaultRole: "member",
      enforceSso: false,
      state: "open",
      closing: null,
      locked: ["jit"],
      sendsMail: false,
    };

    beforeAll(async () => {
      for (const person of MEMBERS) ids.set(person, await findUserId(running(), person));
      // An owner whom nothing has listed as one is listed by their first change.
      for (const person of ["owner", "coOwner"] as const) await (await as(person)).update.mutate(WAYNE);
    });

    it("org.get and org.update: the settings", async () => {
      const { get, update } = await as("owner");
      const owners = [PEOPLE.owner.email, PEOPLE.coOwner.email];
      expect(await get.query(WAYNE)).toEqual({ ...settings, owners });
      const changed = { name: "Wayne", defaultRole: "admin" } as const;
      expect(await update.mutate({ ...WAYNE, ...changed, jit: true })).toEqual({ ...settings, ...changed });
      await update.mutate({ ...WAYNE, name: "wayne", defaultRole: "member" });
    });

    it("org.close and org.keepOpen: when it closes, until an owner keeps it open", async () => {
      const { get, close, me } = await as("owner");
      const { closing, ...rest } = await close.mutate({ ...WAYNE, name: "wayne" });
      const { closing: _, ...usual } = settings;
      expect([rest, closing]).toMatchObject([usual, { requestedBy: userIdOf("owner") }]);
      const closesAt = closing?.closesAt ?? "";
      expect(Math.abs(Date.parse(closesAt) - Date.now() - 604_800_000)).toBeLessThan(60_000);
      expect((await me.query()).organizations).toMatchObject([{ id: "wayne", closesAt }]);
      expect(await close.mutate({ ...WAYNE, name: "wayne" })).toMatchObject({ closing: { closesAt } });
      expect(await (await as("coOwner")).keepOpen.mutate(WAYNE)).toEqual(settings);
      expect((await get.query(WAYNE)).closing).toBeNull();
    });

    it("org.members.list: pages", async () => {
      const { members } = await as("admin");
      const pages: number[] = [];
      const items = await everyItem(async (at) => {
        const page = await members.list.query({ ...WAYNE, limit: 2, ...at });
        pages.push(page.items.length);
        return page;
      });
      expect(items.map(({ email }) => email)).toEqual(MEMBERS.map((person) => PEOPLE[person].email));
      expect(pages).toEqual([2, 2, 2, 1]);
      expect(items[0]).toEqual({
        userId: userIdOf("admin"),
        email: PEOPLE.admin.email,
        name: null,
        role: "admin",
        status: "active",
        origin: "invitation",
        outside: false,
        invitedBy: null,
        joinedAt: expect.any(String),
        removedAt: null,
        removedBy: null,
      });
      const found = await members.list.query({ ...WAYNE, query: "b", role: "owner", status: "active" });
      expect(found).toEqual({
        items: items.slice(1, 2),
        nextCursor: null,
        total: { count: 1, isExact: true },
        you: null,
      });
    });

    it("org.members.lookup: who they are", async () => {
      const userIds = [userIdOf("former"), userIdOf("owner"), crypto.randomUUID()];
      expect(await (await as("outsider")).members.lookup.query({ ...WAYNE, userIds })).toEqual([
        { userId: userIdOf("owner"), email: PEOPLE.owner.email, name: null, role: "owner", status: "active" },
        {
          userId: userIdOf("former"),
          email: PEOPLE.former.email,
          name: null,
          role: "member",
          status: "removed",
        },
      ]);
    });

    it("org.members: setRole, remove, restore, changeMany and leave count at once", async () => {
      const [{ members }, admin] = [await as("owner"), (await as("otherAdmin")).members];
      const userId = userIdOf("otherAdmin");
      const promoted = await members.setRole.mutate({
        ...WAYNE,
        userId,
        role: "owner",
        expectedRole: "admin",
      });
      expect(promoted).toMatchObject({ userId, role: "owner", status: "active" });
      expect(await members.remove.mutate({ ...WAYNE, userId })).toEqual({
        ...promoted,
        status: "removed",
        removedAt: expect.any(String),
        removedBy: userIdOf("owner"),
      });
      const restored = await members.restore.mutate({ ...WAYNE, userId });
      expect(restored).toEqual({ ...promoted, role: "admin", status: "active" });
      expect(await admin.lookup.query({ ...WAYNE, userIds: [userId] })).toMatchObject([{ role: "admin" }]);
      const stranger = crypto.randomUUID();
      const many = await members.changeMany.mutate({
        ...WAYNE,
        userIds: [userId, stranger],
        change: { role: "member" },
        expectedRoles: { [userId]: "admin" },
      });
      expect(many).toEqual([
        { userId, outcome: "changed", hint: null, member: { ...restored, role: "member" } },
        { userId: stranger, outcome: "NOT_FOUND", hint: null, member: null },
      ]);
      expect(await (await as("outsider")).members.leave.mutate(WAYNE)).toEqual({});
      const { items } = await members.list.query({ ...WAYNE, status: "removed" });
      const outsider = userIdOf("outsider");
      expect(items).toMatchObject([
        { userId: outsider, removedAt: expect.any(String), removedBy: outsider },
        { userId: userIdOf("former"), removedBy: null },
      ]);
    });
  });
}

const STARK = { organizationId: "stark" };

function describeInvitations(running: () => RunningPlatform): void {
  describe("about invitations", () => {
    const as = async (person: Person) => (await clientOf(running(), person)).org;
    let inviter: PlatformClient["org"];
    let invitedBy: string;
    let since: string;

    beforeAll(async () => {
      inviter = await as("inviter");
      invitedBy = await findUserId(running(), "inviter");
      for (const person of ["intern", "fired"] as const) await findUserId(running(), person);
      since = new Date().toISOString();
    });

    it("org.invitations.create: an outcome for each address, once, as it was given", async () => {
      const { guest, recruit, intern, fired } = PEOPLE;
      const emails = ["Pepper@Stark.example", guest.email, recruit.email, "x@", intern.email, fired.email];
      const outcomes = await inviter.invitations.create.mutate({ ...STARK, emails, role: "member" });
      expect(outcomes).toEqual([
        { email: "Pepper@Stark.example", outcome: "invited" },
        { email: guest.email, outcome: "invited" },
        { email: "x@", outcome: "invalid" },
        { email: intern.email, outcome: "already-member" },
        { email: fired.email, outcome: "removed" },
      ]);
    });

    it("org.invitations: list, resend, revoke and changeMany", async () => {
      const { list, resend, revoke } = inviter.invitations;
      const { items, nextCursor } = await list.query({ ...STARK, state: "open" });
      const unique = {
        invitationId: expect.stringMatching(/^[0-9a-f-]{36}$/),
        createdAt: expect.any(String),
        expiresAt: expect.any(String),
      };
      const common = { state: "open", mail: "none", role: "member", invitedBy, ...unique };
      expect([items, nextCursor]).toEqual([
        [
          { ...common, email: PEOPLE.guest.email, outside: true },
          { ...common, email: PEOPLE.recruit.email, outside: false },
        ],
        null,
      ]);
      expect(await everyItem((at) => list.query({ ...STARK, state: "open", limit: 1, ...at }))).toEqual(
        items,
      );
      const { email } = PEOPLE.guest;
      expect(await resend.mutate({ ...STARK, email })).toEqual({ ...common, email, outside: true });
      const revoked = await revoke.mutate({ ...STARK, email: email.toUpperCase() });
      expect(revoked).toEqual({ ...common, email, outside: true, state: "revoked" });
      const emails = [email.toUpperCase(), "x@"];
      expect(await inviter.invitations.changeMany.mutate({ ...STARK, emails, change: "revoke" })).toEqual([
        { email: email.toUpperCase(), outcome: "unchanged", hint: null, invitation: revoked },
        { email: "x@", outcome: "NOT_FOUND", hint: null, invitation: null },
      ]);
    });

    it("org.me and org.invitations: accept and decline", async () => {
      const [guest, reluctant] = [await as("guest"), await as("reluctant")];
      const emails = [PEOPLE.guest.email, PEOPLE.reluctant.email];
      await inviter.invitations.create.mutate({ ...STARK, emails, role: "member" });
      const waiting = {
        organizationId: "stark",
        name: "stark",
        role: "member",
        invitedBy,
        inviter: PEOPLE.inviter.email,
        inviterName: null,
        expiresAt: expect.any(String),
      };
      const { user, invitations } = await guest.me.query();
      expect(invitations).toEqual([waiting]);
      const membership = { ...STARK, userId: user.userId, role: "member", status: "active" };
      expect(await guest.invitations.accept.mutate(STARK)).toEqual(membership);
      expect(await reluctant.invitations.decline.mutate(STARK)).toEqual({});
      const past = { organizationId: "stark", name: "stark", since: expect.any(String) };
      const by = { inviter: PEOPLE.inviter.email, inviterName: null };
      expect(await reluctant.me.query()).toMatchObject({
        invitations: [],
        pastInvitations: [{ ...past, state: "declined", ...by }],
      });
      expect((await guest.me.query()).pastInvitations).toEqual([]);
    });

    it("org.audit.list: what was done, page by page, and a feed", async () => {
      const audit = (filter: object = {}) => inviter.audit.list.query({ ...STARK, since, ...filter });
      await inviter.update.mutate({ ...STARK, defaultRole: "admin" });
      const { items, nextCursor } = await audit();
      const actions = [...Map.groupBy(items, ({ action }) => action)].map(([action, { length }]) => [
        action,
        length,
      ]);
      expect([Object.fromEntries(actions), nextCursor]).toEqual([
        {
          "invitation-sent": 4,
          "invitation-resent": 1,
          "invitation-revoked": 1,
          "invitation-accepted": 1,
          "membership-created": 1,
          "invitation-declined": 1,
          "organization-updated": 1,
        },
        null,
      ]);
      expect(items[0]).toEqual({
        id: expect.any(String),
        at: expect.any(String),
        actor: `user:${invitedBy}`,
        via: "console",
        action: "organization-updated",
        userId: null,
        connection: null,
        domain: null,
        rule: null,
        invitationId: null,
        batchId: null,
        before: { defaultRole: "member" },
        after: { defaultRole: "admin" },
      });
      const actor = `user:${invitedBy}`;
      const byInviter = items.filter((entry) => entry.actor === actor);
      expect(await everyItem((at) => audit({ actor, limit: 3, ...at }))).toEqual(byInviter);
      expect(
        (await audit({ action: "invitation-revoked", person: invitedBy.toUpperCase() })).items,
      ).toHaveLength(1);
      const feed = await audit({ order: "oldest", until: "2026-01-01T00:00:00+01:00" });
      expect(feed).toEqual({ items: [], nextCursor: expect.any(String) });
    });
  });
}

const WONKA = { organizationId: "wonka" };
const DOMAIN = "wonka-labs.example";

function describeDomains(running: () => RunningPlatform): void {
  it("org.domains: claim, check, list and release", async () => {
    const { domains } = (await clientOf(running(), "founder")).org;
    const name = `_platform-api.${DOMAIN}`;
    const pattern = expect.stringMatching(/^platform-api-domain=[0-9a-f]{32}$/);
    const record = { type: "TXT", host: "_platform-api", name, value: pattern };
    const unseen = { found: null, checkedAt: null, lapsesAt: null };
    const claimed = await domains.claim.mutate({ ...WONKA, domain: "Wonka-Labs.Example" });
    expect(claimed).toEqual({ domain: DOMAIN, state: "pending", verifiedBy: null, record, ...unseen });
    const operators = {
      domain: "wonka.example",
      state: "verified",
      verifiedBy: "operator",
      record: null,
      ...unseen,
    };
    await expect.poll(() => domains.list.query(WONKA)).toEqual([claimed, operators]);
    // Within a second the last finding is answered.
    const check = () => domains.check.mutate({ ...WONKA, domain: DOMAIN });
    const checked = (expected: object) =>
      expect.poll(check, { timeout: 5_000, interval: 300 }).toEqual(expected);
    const found = { kind: "nothing", values: [], seenBy: 0, resolvers: expect.any(Number) };
    await checked({ ...claimed, found, checkedAt: expect.any(String) });
    running().setTxt(name, "another service's", claimed.record?.value ?? "");
    await checked({ ...claimed, state: "verified", verifiedBy: "dns", checkedAt: expect.any(String) });
    expect(await domains.release.mutate({ ...WONKA, domain: DOMAIN })).toEqual({});
    await expect.poll(() => domains.list.query(WONKA)).toEqual([operators]);
  });
}

function describeConnections(running: () => RunningPlatform): void {
  const connectionsAs = async (person: Person) => (await clientOf(running(), person)).org.connections;

  it("org.connections: test", async () => {
    const connections = await connectionsAs("chief");
    const own = { ...WONKA, name: "wonka-okta" };
    const operators = {
      name: "wonka-okta",
      strategy: "okta",
      displayName: "Wonka",
      state: "enabled",
      waitingFor: null,
      testedAt: null,
      origin: "operator",
    };
    expect(await connections.list.query(WONKA)).toEqual([operators]);
    const failed = await connections.test.mutate({ ...own, token: await running().tokenOf("boss") });
    const step = {
      rule: expect.any(String),
      ok: false,
      saw: expect.any(String),
      fix: expect.stringMatching(/./),
    };
    expect(failed).toEqual({ passed: false, steps: [step] });
    const unknown = await connections.test.mutate({ ...own, token: "no-token" });
    expect([unknown.passed, unknown.steps.at(-1)]).toEqual([false, step]);
    const test = await connections.test.mutate({ ...own, token: await running().tokenOf("founder") });
    expect(test.passed).toBe(true);
    expect(test.steps.every(({ ok, fix }) => ok && fix === "")).toBe(true);
    const { testedAt, ...rest } = await connections.get.query(own);
    expect(Date.now() - Date.parse(testedAt ?? "")).toBeLessThan(60_000);
    expect({ ...rest, testedAt: null }).toEqual(operators);
  });

  it("org.connections: begin, get, update and remove", async () => {
    const connections = await connectionsAs("founder");
    const { setupUrl, setupExpiresAt, ...begun } = await connections.begin.mutate({
      ...WONKA,
      displayName: "Wonka Entra",
    });
    expect(new URL(setupUrl).protocol).toMatch(/^https?:$/);
    expect(Date.parse(setupExpiresAt)).toBeGreaterThan(Date.now());
    expect(begun).toEqual({
      name: expect.stringMatching(/^wonka-[a-z0-9]{8}$/),
      strategy: null,
      displayName: "Wonka Entra",
      state: "pending",
      waitingFor: null,
      testedAt: null,
      origin: "self-service",
    });
    const own = { ...WONKA, name: begun.name };
    const get = () => connections.get.query(own);
    expect(await get()).toEqual({ ...begun, waitingFor: "connection" });
    await running().setUp({ name: begun.name, setupUrl });
    const enabled = { ...begun, strategy: "samlp", state: "enabled" };
    // Auth0 is asked at most every five seconds.
    await expect.poll(get, { timeout: 10_000, interval: 500 }).toEqual(enabled);
    const changed = { ...enabled, displayName: "Entra", state: "disabled" };
    expect(await connections.update.mutate({ ...own, displayName: "Entra" })).toMatchObject({
      displayName: "Entra",
    });
    expect(await connections.update.mutate({ ...own, enabled: false })).toEqual(changed);
    expect(await connections.remove.mutate(own)).toEqual({});
  });
}
