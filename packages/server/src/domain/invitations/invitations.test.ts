import fc from "fast-check";
import { beforeEach, describe, expect, it, vi } from "vitest";
import type { Role } from "../../wire/index.ts";
import { auditEntry } from "../audit.ts";
import type { InvitationMail } from "../mailer.ts";
import { MAX_MAILS_A_DAY, MAX_OPEN_INVITATIONS } from "../membership/invitation-ledger.ts";
import type { Invitation } from "../membership/memberships.ts";
import type { Administrator } from "../membership/standing.ts";
import type { Membership } from "../membership.ts";
import type { Stores } from "../operators/administration.ts";
import { meanwhile } from "../testing/meanwhile.ts";
import { MemoryAdministration } from "../testing/memory-administration.ts";
import { invitation, membership, NOW } from "../testing/memory-ports.ts";
import {
  ACME,
  acmeAlone,
  address,
  ENDED,
  JANE,
  JANE_EMAIL,
  JOE,
  organization,
  UNBOUNDED,
  userNumber,
} from "../testing/people.ts";
import { janeAs, operator, reasonOf } from "../testing/standings.ts";
import { changeInvitations } from "./change-many.ts";
import { invite, resendInvitation, revokeInvitation } from "./invitations.ts";
import { listInvitations } from "./view.ts";

const ANN = address("ann@acme.example");
const GUEST = address("guest@partner.example");
const [SECOND, MINUTE, DAY] = [1_000, 60_000, 86_400_000];
const UUID = /^[0-9a-f-]{36}$/;

let stores: MemoryAdministration;
let admin: Administrator;
let owner: Administrator;
/** What was handed over for sending. */
let posted: { readonly invitation: Invitation; readonly mail: InvitationMail }[];
/** Whether there is a mail server. */
let mails: boolean;
beforeEach(async () => {
  stores = new MemoryAdministration();
  stores.memberships.put(membership({ role: "admin" }));
  [admin, owner] = await Promise.all([janeAs("admin"), janeAs("owner")]);
  posted = [];
  mails = true;
});

function ports(): Stores {
  const outbox = {
    post: (of: Invitation, mail: InvitationMail) => void posted.push({ invitation: of, mail }),
    postRestoreRequest: () => {},
    postClosing: () => {},
  };
  return { ...stores, outbox: mails ? outbox : null };
}

const inviteAs = (by: Administrator, role: Role, ...emails: string[]) =>
  invite(by, { emails, role }, ports(), UNBOUNDED);
const outcomesOf = async (by: Administrator, role: Role, ...emails: string[]) =>
  (await inviteAs(by, role, ...emails)).map(({ outcome }) => outcome);
const resend = (by = admin, email: typeof ANN | null = ANN) =>
  resendInvitation(by, email, ports(), UNBOUNDED);
const revoke = (by = admin, email: typeof ANN | null = ANN) =>
  revokeInvitation(by, email, ports(), UNBOUNDED);
const list = (options: Partial<Parameters<typeof listInvitations>[1]> = {}) =>
  listInvitations(admin, { limit: 50, ...options }, ports(), UNBOUNDED);
const storedNow = (email: string = ANN) => stores.memberships.invitations.get(`${ACME} ${email}`);
const viewNow = async () => (await list()).items[0];
const give = (overrides: Partial<Invitation>) =>
  stores.memberships.invite(invitation({ email: ANN, role: "member", rev: "1", ...overrides }));
const countNow = () => {
  const { open = {}, mails: sent = 0 } = stores.memberships.ledgers.get(ACME) ?? {};
  return { open: Object.values(open).reduce((sum, each) => sum + each, 0), mails: sent };
};
const recorded = () => stores.identities.entries.map(({ actor, action }) => `${actor} ${action}`);

/** What became of the mail to an address. */
function settle(mail: "sent" | "failed", email = ANN): void {
  const present = storedNow(email) ?? expect.fail("not invited");
  stores.memberships.invite({ ...present, mail, rev: `with a mail that is ${mail}` });
}

const pass = (ms: number) => stores.later(ms);
/** Everything that is stored. */
const everything = () =>
  structuredClone([
    stores.memberships.memberships,
    stores.memberships.invitations,
    stores.memberships.ledgers,
    stores.identities.entries,
    posted,
  ]);

async function refuses(verb: () => Promise<unknown>, expected: object): Promise<void> {
  const before = everything();
  await expect(verb()).rejects.toMatchObject(expected);
  expect(everything()).toEqual(before);
}

describe("inviting", () => {
  it("looks again where one of many was invited meanwhile, and mails and counts each once", async () => {
    const emails = Array.from({ length: 20 }, (_, n) => address(`p${n}@acme.example`));
    meanwhile(stores, () => inviteAs(owner, "admin", "p3@acme.example"));
    const expected = emails.map((_, n) => (n === 3 ? "renewed" : "invited"));
    expect(await outcomesOf(admin, "member", ...emails)).toEqual(expected);
    expect([storedNow(emails[3])?.role, countNow()]).toEqual(["member", { open: 20, mails: 20 }]);
    expect(new Set(posted.map(({ mail: { to } }) => to)).size).toBe(20);
    expect(posted).toHaveLength(20);
  });

  it("judges again what was read again: somebody has invited with a role above one's own", async () => {
    meanwhile(stores, () => inviteAs(owner, "owner", ANN));
    expect(await reasonOf(inviteAs(admin, "member", ANN))).toBe("ROLE_REQUIRED");
    expect([storedNow()?.role, posted.length]).toEqual(["owner", 1]);
  });

  it("counts once when repeated on a later day, where another administrator was faster", async () => {
    await inviteAs(admin, "member", ANN);
    pass(DAY);
    meanwhile(stores, () => inviteAs(owner, "admin", ANN));
    expect(await outcomesOf(admin, "member", ANN)).toEqual(["renewed"]);
    expect(stores.memberships.ledgers.get(ACME)).toMatchObject({ open: { "2026-12-03": 1 }, mails: 1 });
  });

  it("stores at most 100 items at once", async () => {
    const commit = vi.spyOn(stores.transactions, "commit");
    await inviteAs(admin, "member", ...Array.from({ length: 100 }, (_, n) => `p${n}@acme.example`));
    const sizes = commit.mock.calls.map(([{ writes, audit }]) => [writes.length, audit.length]);
    expect(sizes).toEqual([
      [41, 40],
      [41, 40],
      [21, 20],
    ]);
  });

  it("is refused while the organization is closed", async () => {
    const byOperator = { ...owner, organization: { ...owner.organization, ...ENDED } };
    await refuses(() => inviteAs(byOperator, "member", ANN), { reason: "NOT_READY" });
  });

  it("does not replace an invitation with a role above one's own", async () => {
    give({ role: "owner", expiresAt: "2026-12-01T00:00:00.000Z" });
    await refuses(() => inviteAs(admin, "member", ANN), { reason: "ROLE_REQUIRED" });
    expect(await inviteAs(owner, "member", ANN)).toEqual([{ email: ANN, outcome: "renewed" }]);
  });

  it("answers each address once, as it was given first, in the order of the input", async () => {
    const at = (name: string, overrides: Partial<Membership>) =>
      membership({ email: address(`${name}@acme.example`), ...overrides });
    stores.memberships.put(
      at("gone", { userId: userNumber(3), status: "removed" }),
      at("left", { userId: userNumber(4), status: "removed", leftAt: "2026-11-20T00:00:00.000Z" }),
    );
    for (const [name, fields] of Object.entries({
      open: { expiresAt: "2026-12-01T00:00:00.000Z" },
      old: { expiresAt: NOW },
      revoked: { ended: "revoked" },
      accepted: { consumedBy: JOE },
    } as const))
      give({ email: address(`${name}@acme.example`), ...fields });
    const given: [email: string, outcome: string | null][] = [
      ["Ann@ACME.example", "invited"],
      ["no address", "invalid"],
      ["open@acme.example", "renewed"],
      ["gone@acme.example", "removed"],
      ["JANE@acme.example", "already-member"],
      ["ann@acme.example", null],
      ["no address", null],
      ["old@acme.example", "invited"],
      ["left@acme.example", "invited"],
      ["revoked@acme.example", "invited"],
      ["accepted@acme.example", "invited"],
      ["ANN@acme.example", null],
      ["zoe@xn--bcher-kva.example", "invited"],
    ];
    const outcomes = await inviteAs(admin, "member", ...given.map(([email]) => email));
    expect(outcomes.map(({ email, outcome }) => [email, outcome])).toEqual(
      given.filter(([, outcome]) => outcome !== null),
    );
    const mailed = posted.map(({ mail: { to } }) => to.split("@")[0]);
    expect(mailed).toEqual(["ann", "open", "old", "left", "revoked", "accepted", "zoe"]);
  });

  it.each([
    ["is a member", {}, "already-member"],
    ["was removed", { status: "removed" }, "removed"],
    ["has left", { status: "removed", leftAt: "2026-11-20T00:00:00.000Z" }, "invited"],
  ] as const)(
    "sees at once that who used the last one %s, also where the index lags behind",
    async (_, who, outcome) => {
      stores.memberships.put(membership({ userId: userNumber(3), email: address(ANN), ...who }));
      vi.spyOn(stores.memberships, "findByAddress").mockResolvedValue([]);
      give({ email: address(ANN), consumedBy: userNumber(3) });
      expect(await inviteAs(admin, "member", ANN)).toEqual([{ email: ANN, outcome }]);
    },
  );

  it("stores the invitation, mails it, and records it without the address", async () => {
    expect(await inviteAs(admin, "member", ANN)).toEqual([{ email: ANN, outcome: "invited" }]);
    const stored = storedNow();
    expect(stored).toEqual({
      organizationId: ACME,
      email: ANN,
      role: "member",
      fromOutside: false,
      invitedBy: JANE,
      invitationId: expect.stringMatching(UUID),
      consumedBy: null,
      ended: null,
      createdAt: NOW,
      expiresAt: "2026-12-02T00:00:00.000Z",
      mail: "sending",
      mailedAt: NOW,
      rev: expect.any(String),
      endedBy: null,
      counted: true,
      endedAt: null,
      declared: false,
    });
    const about = { organizationId: ACME, invitationId: stored?.invitationId ?? null };
    const sent = { ...about, action: "invitation-sent", after: { role: "member" } } as const;
    expect(stores.identities.entries).toEqual([
      auditEntry({ ...sent, at: NOW, actor: `user:${JANE}`, via: "console" }),
    ]);
    expect(posted).toEqual([
      {
        invitation: stored,
        mail: {
          to: ANN,
          organizationName: "acme",
          role: "member",
          invitedBy: JANE_EMAIL,
          inviterName: null,
          isOperators: false,
          expiresAt: "2026-12-02T00:00:00.000Z",
        },
      },
    ]);
    expect(countNow()).toEqual({ open: 1, mails: 1 });
  });

  it("says that an operator does it, and an address outside the domains is marked so", async () => {
    await inviteAs(await operator(), "owner", GUEST);
    expect(storedNow(GUEST)).toMatchObject({ invitedBy: null, fromOutside: true, role: "owner" });
    expect(posted[0]?.mail).toMatchObject({ invitedBy: null, inviterName: null, isOperators: true });
    expect(recorded()).toEqual(["operator:jo invitation-sent"]);
  });

  it("replaces the role and the time when repeated, keeps the id, and says so in the audit", async () => {
    await inviteAs(admin, "member", ANN);
    const { invitationId } = storedNow() ?? {};
    pass(DAY);
    expect(await outcomesOf(owner, "admin", ANN)).toEqual(["renewed"]);
    expect(storedNow()).toMatchObject({ invitationId, role: "admin", expiresAt: "2026-12-03T00:00:00.000Z" });
    expect(recorded()).toEqual([`user:${JANE} invitation-sent`, `user:${JANE} invitation-resent`]);
    expect(countNow()).toEqual({ open: 1, mails: 1 });
  });

  it("is refused to an admin when the role is owner", async () => {
    await refuses(() => inviteAs(admin, "owner", ANN), { reason: "ROLE_REQUIRED" });
  });

  it("needs an owner for outsiders while SSO is enforced, resending as well", async () => {
    const enforcing = acmeAlone().put(organization(ACME, { enforceSso: true }));
    const [by, byOwner] = await Promise.all([janeAs("admin", enforcing), janeAs("owner", enforcing)]);
    await refuses(() => inviteAs(by, "member", ANN, GUEST), { reason: "ROLE_REQUIRED" });
    expect(await outcomesOf(by, "member", ANN)).toEqual(["invited"]);
    expect(await outcomesOf(byOwner, "member", GUEST)).toEqual(["invited"]);
    pass(6 * MINUTE);
    await refuses(() => resend(by, GUEST), { reason: "ROLE_REQUIRED" });
    expect(await resend(byOwner, GUEST)).toMatchObject({ outside: true });
  });
});

describe("the limits", () => {
  const hundred = (n: number) => Array.from({ length: 100 }, (_, at) => `p${n}-${at}@acme.example`);
  const LIMIT = { reason: "LIMIT_REACHED" };

  it("remember that an operator's file has offered it, through every renewal", async () => {
    give({ declared: true, ended: "declined", endedBy: "others", endedAt: NOW });
    await inviteAs(admin, "member", ANN);
    expect(storedNow()).toMatchObject({ ended: null, endedAt: null, declared: true });
    await resend(admin, ANN).catch(() => {});
    await revoke();
    expect(storedNow()).toMatchObject({ ended: "revoked", endedBy: "others", declared: true });
  });

  it("do not count invitations that have ended, and let them be renewed", async () => {
    mails = false;
    for (const n of [1, 2, 3, 4, 5]) await inviteAs(admin, "member", ...hundred(n));
    expect(countNow()).toEqual({ open: MAX_OPEN_INVITATIONS, mails: 0 });
    await refuses(() => inviteAs(admin, "member", ANN), LIMIT);
    await refuses(() => inviteAs(admin, "member", ...hundred(1).slice(1), ANN), LIMIT);
    expect(await outcomesOf(admin, "member", ...hundred(1))).toEqual(Array(100).fill("renewed"));
    await revoke(admin, address("p1-0@acme.example"));
    expect(await outcomesOf(admin, "member", ANN)).toEqual(["invited"]);
    await refuses(() => inviteAs(admin, "member", "p1-0@acme.example"), LIMIT);
    pass(8 * DAY);
    expect(await outcomesOf(admin, "member", ...hundred(2))).toEqual(Array(100).fill("invited"));
    expect(countNow()).toEqual({ open: 100, mails: 0 });
  });

  it("count the mails of a day", async () => {
    for (const n of [1, 2, 3, 4, 5]) await inviteAs(admin, "member", ...hundred(n));
    await revoke(admin, address("p1-0@acme.example"));
    expect(countNow()).toEqual({ open: MAX_OPEN_INVITATIONS - 1, mails: MAX_MAILS_A_DAY });
    pass(6 * MINUTE);
    const retryAfterSeconds = (DAY - 6 * MINUTE) / SECOND;
    await refuses(() => inviteAs(admin, "member", ANN), { reason: "RATE_LIMITED", retryAfterSeconds });
    await refuses(() => resend(admin, address("p1-1@acme.example")), {
      reason: "RATE_LIMITED",
      retryAfterSeconds,
    });
    mails = false;
    expect(await outcomesOf(admin, "member", ANN)).toEqual(["invited"]);
    mails = true;
    pass(DAY);
    expect(await resend()).toMatchObject({ mail: "sending" });
  });
});

describe("one mail per address in five minutes", () => {
  beforeEach(async () => {
    await inviteAs(admin, "member", ANN);
    settle("sent");
    pass(5 * MINUTE - SECOND);
  });

  it.each<[string, () => unknown, string]>([
    ["inviting again", () => {}, "renewed"],
    ["after revoking", () => revoke(), "invited"],
    ["after it was declined", () => give({ ...storedNow(), ended: "declined" }), "invited"],
    ["after it was accepted and left", () => give({ ...storedNow(), consumedBy: JOE }), "invited"],
  ])("%s", async (_, happens, outcome) => {
    await happens();
    expect(await outcomesOf(admin, "member", ANN)).toEqual([outcome]);
    expect(await outcomesOf(admin, "member", ANN)).toEqual(["renewed"]);
    expect([posted.length, await viewNow()]).toMatchObject([1, { state: "open", mail: "sent" }]);
    pass(SECOND);
    expect(await outcomesOf(admin, "member", ANN)).toEqual(["renewed"]);
    expect([posted.length, await viewNow()]).toMatchObject([2, { state: "open", mail: "sending" }]);
    expect(countNow().mails).toBe(2);
  });

  it("resending is refused with the time to wait", async () => {
    await refuses(() => resend(), { reason: "RATE_LIMITED", retryAfterSeconds: 1 });
    pass(SECOND);
    expect(await resend()).toMatchObject({ mail: "sending" });
    expect(posted).toHaveLength(2);
  });

  it("does not count a mail that failed", async () => {
    settle("failed");
    expect(await viewNow()).toMatchObject({ mail: "failed" });
    expect(await resend()).toMatchObject({ mail: "sending" });
    expect(posted).toHaveLength(2);
  });

  it("is not two where somebody invites twice at the same moment", async () => {
    await inviteAs(admin, "member", GUEST);
    await inviteAs(admin, "member", GUEST);
    expect(posted.filter(({ mail: { to } }) => to === GUEST)).toHaveLength(1);
  });
});

describe("a mail", () => {
  it("is shown as failed a minute after its process died, and can be sent again", async () => {
    await inviteAs(admin, "member", ANN);
    pass(MINUTE);
    expect(await viewNow()).toMatchObject({ mail: "sending" });
    await refuses(() => resend(), { reason: "RATE_LIMITED", retryAfterSeconds: 240 });
    pass(1);
    expect(await viewNow()).toMatchObject({ mail: "failed" });
    expect(await resend()).toMatchObject({ mail: "sending" });
    expect(posted).toHaveLength(2);
  });

  it("is not resent when its outcome comes meanwhile", async () => {
    await inviteAs(admin, "member", ANN);
    pass(MINUTE + 1);
    meanwhile(stores, () => settle("sent"));
    expect(await reasonOf(resend())).toBe("RATE_LIMITED");
    expect([storedNow()?.mail, posted.length, countNow().mails]).toEqual(["sent", 1, 1]);
  });

  it("is not sent without a mail server, and can then be resent at any time", async () => {
    mails = false;
    await inviteAs(admin, "member", ANN);
    expect(await resend()).toMatchObject({ mail: "none", state: "open" });
    expect([await viewNow(), storedNow()]).toMatchObject([{ mail: "none" }, { mailedAt: null }]);
    expect([posted, countNow()]).toEqual([[], { open: 1, mails: 0 }]);
    mails = true;
    expect(await resend()).toMatchObject({ mail: "sending" });
  });
});

describe("resending", () => {
  const FIELDS = { expiresAt: "2026-12-01T00:00:00.000Z", invitedBy: JOE };
  it.each<[string, Partial<Invitation> | null, string]>([
    ["an open one", FIELDS, "done"],
    ["an expired one", { ...FIELDS, expiresAt: NOW }, "done"],
    ["one whose inviter is gone", FIELDS, "done"],
    ["a void one", { ...FIELDS, ended: "void" }, "done"],
    ["an operator's", {}, "done"],
    ["none", null, "NOT_FOUND"],
    ["an accepted one", { ...FIELDS, consumedBy: JOE }, "CONFLICT"],
    ["a declined one", { ...FIELDS, ended: "declined" }, "CONFLICT"],
    ["a revoked one", { ...FIELDS, ended: "revoked" }, "CONFLICT"],
    ["one of a member", { ...FIELDS, email: JANE_EMAIL }, "CONFLICT"],
    ["one of a removed person", { ...FIELDS, email: GUEST }, "CONFLICT"],
    ["one above one's own role", { ...FIELDS, role: "owner" }, "ROLE_REQUIRED"],
  ])("%s", async (_, given, outcome) => {
    stores.memberships.put(membership({ userId: userNumber(3), email: GUEST, status: "removed" }));
    if (given !== null) give(given);
    const verb = () => resend(admin, given?.email ?? ANN);
    if (outcome !== "done") return refuses(verb, { reason: outcome });
    expect(await verb()).toEqual({
      invitationId: expect.stringMatching(UUID),
      email: ANN,
      role: "member",
      state: "open",
      mail: "sending",
      outside: false,
      invitedBy: JANE,
      createdAt: NOW,
      expiresAt: "2026-12-02T00:00:00.000Z",
    });
    expect(await viewNow()).toMatchObject({ state: "open", invitedBy: JANE });
    expect(recorded()).toEqual([`user:${JANE} invitation-resent`]);
    expect(countNow()).toEqual({ open: 1, mails: 1 });
  });

  it("is refused for what is not an address", async () => {
    await refuses(() => resend(admin, null), { reason: "NOT_FOUND" });
  });

  it("judges again whether the address is outside", async () => {
    give(FIELDS);
    stores.organizations.release("acme.example", ACME);
    expect(await resend()).toMatchObject({ outside: true });
  });
});

describe("revoking", () => {
  it.each<[string, Partial<Invitation> | null, string]>([
    ["an open one", {}, "done"],
    ["an expired one", { expiresAt: NOW }, "done"],
    ["a declined one", { ended: "declined" }, "done"],
    ["none", null, "NOT_FOUND"],
    ["an accepted one", { consumedBy: JOE }, "CONFLICT"],
    ["one above one's own role", { role: "owner" }, "ROLE_REQUIRED"],
  ])("%s", async (_, given, outcome) => {
    if (given !== null) give(given);
    if (outcome !== "done") return refuses(() => revoke(), { reason: outcome });
    expect(await revoke()).toMatchObject({ state: "revoked" });
    expect(storedNow()).toMatchObject({ ended: "revoked", endedAt: NOW });
    expect(recorded()).toEqual([`user:${JANE} invitation-revoked`]);
  });

  it("may be repeated, and is recorded once", async () => {
    await inviteAs(admin, "member", ANN, GUEST);
    stores.auditFails = true;
    await refuses(() => revoke(), { reason: "STORE_UNAVAILABLE" });
    stores.auditFails = false;
    await revoke();
    pass(SECOND);
    const answers = await Promise.all([revoke(), revoke(owner), revoke(await operator())]);
    expect(new Set(answers.map(({ state }) => state))).toEqual(new Set(["revoked"]));
    expect(stores.identities.entries.filter(({ action }) => action === "invitation-revoked")).toMatchObject([
      { at: NOW, actor: `user:${JANE}`, invitationId: storedNow()?.invitationId },
    ]);
  });

  it("writes an id and no address into the audit, as do the other verbs", async () => {
    await inviteAs(admin, "member", ANN, GUEST);
    await revoke();
    pass(6 * MINUTE);
    await resend(admin, GUEST);
    expect(JSON.stringify(stores.identities.entries)).not.toContain("@");
    expect(stores.identities.entries.map(({ invitationId }) => UUID.test(invitationId ?? ""))).toEqual(
      Array(4).fill(true),
    );
  });
});

describe("listing", () => {
  const GIVEN: Record<string, Partial<Invitation>> = {
    a: { invitedBy: null },
    b: { consumedBy: JOE },
    c: { expiresAt: NOW },
    d: { invitedBy: JOE },
    e: { ended: "revoked" },
    f: { ended: "declined" },
    g: { invitedBy: JANE },
    h: { ended: "void" },
  };
  const STATES = ["open", "accepted", "expired", "void", "revoked", "declined", "open", "void"] as const;
  beforeEach(() => {
    for (const [name, fields] of Object.entries(GIVEN))
      give({ email: address(`${name}@acme.example`), createdAt: NOW, ...fields });
  });
  const namesOf = (items: readonly { readonly email: string }[]) =>
    items.map(({ email }) => email[0]).join("");

  it("shows everything by address, with its state, or those of one state", async () => {
    const { items, nextCursor } = await list();
    expect([namesOf(items), nextCursor]).toEqual(["abcdefgh", null]);
    expect(items.map(({ state }) => state)).toEqual(STATES);
    expect(items[0]?.invitationId).toMatch(UUID);
    for (const state of new Set(STATES)) {
      const expected = items.filter((each) => each.state === state);
      expect(await list({ state })).toEqual({ items: expected, nextCursor: null });
    }
  });

  /** All pages, one after the other. */
  async function pagesOf(options: Parameters<typeof list>[0]) {
    const pages = [await list(options)];
    for (let cursor = pages[0]?.nextCursor; cursor != null; cursor = pages.at(-1)?.nextCursor)
      pages.push(await list({ ...options, cursor }));
    return pages.map(({ items }) => items);
  }

  it("has full pages, which together have each invitation of a state once, and no other", async () => {
    const fields = fc.constantFrom(...Object.values(GIVEN));
    const expiresAt = fc.integer({ min: 0, max: 3 }).map((n) => `2026-12-0${n + 1}T00:00:00.000Z`);
    const given = fc.array(fc.tuple(fields, expiresAt), { maxLength: 12 });
    const state = fc.constantFrom(...STATES);
    const page = vi.spyOn(stores.memberships, "invitationPage");
    const property = fc.asyncProperty(
      given,
      state,
      fc.integer({ min: 1, max: 5 }),
      async (all, state, limit) => {
        stores.memberships.invitations.clear();
        for (const [n, [fields, expiresAt]] of all.entries())
          give({ email: address(`p${n}@acme.example`), createdAt: NOW, expiresAt, ...fields });
        const expected = (await list()).items.filter((each) => each.state === state);
        page.mockClear();
        const pages = await pagesOf({ state, limit });
        const mayBeVoid = all.some(([{ invitedBy }]) => invitedBy === JOE);
        const atMost = state === "open" && mayBeVoid ? 2 * pages.length : pages.length;
        expect(page.mock.calls.length).toBeLessThanOrEqual(atMost);
        expect(pages.flat()).toHaveLength(expected.length);
        expect(pages.flat()).toEqual(expect.arrayContaining(expected));
        for (const full of pages.slice(0, -1)) expect(full).toHaveLength(limit);
        expect(pages.at(-1)?.length).toBeLessThanOrEqual(limit);
      },
    );
    await fc.assert(property);
  });

  it("has pages that may be short where a request reads few that are in the state, and misses none", async () => {
    for (let n = 0; n < 1_300; n += 1)
      give({ email: address(`p${n}@acme.example`), invitedBy: n % 500 === 499 ? JOE : JANE, createdAt: NOW });
    const pages = await pagesOf({ state: "void", limit: 50 });
    expect(pages.map((page) => page.length)).toEqual([1, 1, 2]);
  });

  it("refuses a cursor of another filter, of another organization's list, or of no list", async () => {
    const { nextCursor } = await list({ limit: 1 });
    const cursor = nextCursor ?? expect.fail("one page");
    await expect(list({ cursor, state: "open" })).rejects.toMatchObject({ reason: "INPUT_INVALID" });
    await expect(list({ cursor: "bm8" })).rejects.toMatchObject({ reason: "INPUT_INVALID" });
  });

  it("reads the inviters of a page at once", async () => {
    const find = vi.spyOn(stores.memberships, "findMany");
    await list();
    expect(find.mock.calls.map(([, userIds]) => userIds)).toEqual([[JOE, JANE]]);
  });
});

describe("many at once", () => {
  const many = (change: "resend" | "revoke", by = owner) =>
    changeInvitations(by, { emails: [ANN, GUEST.toUpperCase(), "x@", ANN], change }, ports(), UNBOUNDED);

  it("each invitation is offered again and mailed once, or refused for its own reason", async () => {
    await inviteAs(owner, "member", ANN);
    stores.later(DAY);
    posted = [];
    expect(await many("resend")).toEqual([
      { email: ANN, outcome: "changed", hint: null, invitation: await viewNow() },
      { email: GUEST.toUpperCase(), outcome: "NOT_FOUND", hint: null, invitation: null },
      { email: "x@", outcome: "NOT_FOUND", hint: null, invitation: null },
    ]);
    expect(posted.map(({ mail }) => mail.to)).toEqual([ANN]);
    const [again] = await many("resend");
    expect(again).toMatchObject({ outcome: "RATE_LIMITED", hint: "this address was mailed a moment ago" });
  });

  it("what one call invites and revokes belongs together in the audit", async () => {
    await inviteAs(owner, "member", ANN, GUEST);
    expect((await many("revoke")).map(({ outcome }) => outcome)).toEqual(["changed", "changed", "NOT_FOUND"]);
    expect(countNow().open).toBe(0);
    const [invited, second, revoked, last] = stores.identities.entries.map(({ batchId }) => batchId);
    expect([invited, revoked]).toEqual([expect.stringMatching(UUID), expect.stringMatching(UUID)]);
    expect([second, last]).toEqual([invited, revoked]);
    expect(revoked).not.toBe(invited);
    expect((await many("revoke")).map(({ outcome }) => outcome)).toEqual([
      "unchanged",
      "unchanged",
      "NOT_FOUND",
    ]);
  });
});
