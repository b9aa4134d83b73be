import { beforeEach, describe, expect, it } from "vitest";
import { type MemoryIdentities, seatKeyOf } from "../../memory/identities.ts";
import type { IdentityLink, Seat } from "../identity/identity-link.ts";
import { MAILBOX } from "../identity/speakers.ts";
import { loginIdOf } from "../subject-key.ts";
import { MemoryAdministration } from "../testing/memory-administration.ts";
import { acmeAndGlobex, spoken } from "../testing/memory-ports.ts";
import { ACME, ENTRA, GLOBEX, held, JANE, JOE, link, SEAT, UNBOUNDED } from "../testing/people.ts";
import { planRelinkSubject, planUnlink, relinkSubject, unlinkSubject } from "./relink.ts";
import { SubjectNotLinked } from "./user-overview.ts";

const NEW = "waad|new";
const KEY = { tenant: "default", subject: "waad|old" };
const CHANGED = { reason: "CONFLICT", message: /^changed concurrently by someone else/ };

let stores: MemoryAdministration;
let identities: MemoryIdentities;
beforeEach(() => {
  stores = new MemoryAdministration(acmeAndGlobex());
  identities = stores.identities;
});

async function seated(...links: readonly IdentityLink[]): Promise<void> {
  for (const each of links) {
    await identities.takeSeat(each, each.subject);
    await identities.create(each);
  }
}

const plan = (seat: Seat = SEAT) => planRelinkSubject({ seat, subject: NEW }, stores, UNBOUNDED);
const relink = async () => relinkSubject(await plan(), stores, UNBOUNDED);
const isChanged = (change: Promise<void>) =>
  expect(change).rejects.toMatchObject({
    ...CHANGED,
    message: expect.stringMatching(CHANGED.message),
  });

/** Each entry of a link: what was done to which subject, and who held the seat. */
const linkEntries = () =>
  identities.entries
    .filter(({ action }) => action !== "identity-allowed")
    .map(({ action, subject, userId, holder, rule }) => ({ action, subject, userId, holder, rule }));

describe("planning a relink", () => {
  it("refuses a connection that is not registered, unless a subject holds the seat", async () => {
    const seat = { ...SEAT, connection: "auth0" };
    await expect(plan(seat)).rejects.toMatchObject({ reason: "NOT_FOUND", kind: "connection" });
    await identities.takeSeat(seat, KEY.subject);
    expect(await plan(seat)).toMatchObject({ connection: null, holder: { subject: KEY.subject } });
  });

  it("refuses a user without a seat, a link or a membership", async () => {
    await expect(plan()).rejects.toMatchObject({ reason: "NOT_FOUND", kind: "user" });
    await identities.create(link({ connection: "acme-okta" }));
    expect(await plan()).toMatchObject({ connection: ENTRA, holder: null });
  });
});

/** The user's links by another connection, and in another tenant. */
const OTHERS = [
  link({ subject: "waad|other", connection: "acme-okta" }),
  link({ subject: "waad|elsewhere", tenant: "other" }),
];
const JOES = link({ subject: NEW, userId: JOE, linkedAt: "2026-11-02T00:00:00.000Z" });
const THEIRS = held("waad|theirs", { rev: "1" });
const THIRD = link({ subject: "waad|third" });

describe("a relink", () => {
  it.each<[string, readonly IdentityLink[], boolean]>([
    ["nobody holds the seat", OTHERS, false],
    ["the old subject holds it", [link(), ...OTHERS], false],
    ["the old subject holds it, and the index lags behind", [link(), ...OTHERS], true],
    ["the new one is somebody else", [link(), JOES, ...OTHERS], false],
    ["the new one is somebody else, and the index lags behind", [link(), JOES, ...OTHERS], true],
    ["the new one is somebody else elsewhere", [{ ...JOES, connection: "acme-okta" }, ...OTHERS], false],
    ["a third subject is linked without the seat", [THIRD, link(), ...OTHERS], false],
    ["the connection has moved since", [link({ subject: NEW, organizationId: GLOBEX }), ...OTHERS], false],
  ])("moves the seat and the link at once where %s", async (_, links, lagging) => {
    await seated(...links);
    const before = new Map(identities.links);
    identities.lagging = lagging;
    const planned = await planRelinkSubject({ seat: SEAT, subject: NEW }, stores, UNBOUNDED);
    identities.crashAfter(0);
    await expect(relinkSubject(planned, stores, UNBOUNDED)).rejects.toThrow("crashed");
    expect([new Map(identities.links), identities.entries]).toEqual([before, []]);
    identities.crashAfter(1);
    await relinkSubject(planned, stores, UNBOUNDED);
    identities.recover();
    identities.lagging = false;
    const made = { subject: NEW, organizationId: ACME, email: null, rule: "operator" } as const;
    const news = link({ ...made, linkedAt: stores.time, rev: expect.any(String) });
    expect(new Set(identities.links.values())).toEqual(new Set([news, ...OTHERS]));
    expect([...identities.seats.values()].map(({ subject }) => subject).sort()).toEqual(
      [NEW, ...OTHERS.map(({ subject }) => subject)].sort(),
    );
    expect((await identities.findSeat(SEAT))?.subject).toBe(NEW);
    expect(await plan()).toMatchObject({ done: true });
  });

  it.each([
    ["an organization's SSO", ENTRA.name, ACME],
    ["a password", "auth0", null],
  ])("brings who was erased back, by %s", async (_, connection, organizationId) => {
    spoken(stores, { by: MAILBOX, erasedAt: stores.time });
    const planned = await plan({ ...SEAT, connection });
    expect(planned).toMatchObject({ erasedAt: stores.time, holder: null, done: false });
    await relinkSubject(planned, stores, UNBOUNDED);
    expect(identities.linkedTo(JANE)).toEqual([NEW]);
    expect(await stores.speakers.find(JANE, UNBOUNDED)).toMatchObject({
      sso: organizationId,
      erasedAt: null,
    });
    expect(stores.audited).toEqual([
      `operator:jo identity-allowed ${organizationId ?? "-"}`,
      expect.stringContaining("identity-relinked"),
    ]);
  });

  it("brings nobody back who is erased once it is planned", async () => {
    await seated(link());
    const planned = await plan();
    spoken(stores, { erasedAt: stores.time });
    await isChanged(relinkSubject(planned, stores, UNBOUNDED));
  });

  it("lets the connection's organization speak for the user, moves the seat and records both", async () => {
    await seated(link());
    spoken(stores, { sso: GLOBEX });
    await relink();
    expect(await stores.speakers.find(JANE, UNBOUNDED)).toMatchObject({ by: MAILBOX, sso: ACME });
    expect(identities.linkedTo(JANE)).toEqual([NEW]);
    expect(identities.entries).toMatchObject([
      { action: "identity-allowed", userId: JANE, organizationId: ACME },
      {
        at: stores.time,
        actor: "operator:jo",
        action: "identity-relinked",
        ...SEAT,
        subject: NEW,
        organizationId: ACME,
        holder: "waad|old",
        rule: "operator",
      },
    ]);
  });

  it("records no allowance where the organization speaks for the user already", async () => {
    await seated(link());
    spoken(stores, { by: MAILBOX, sso: ACME });
    await relink();
    expect(stores.audited).toEqual(["operator:jo identity-relinked acme"]);
  });

  it("records every other link that it removes", async () => {
    await seated(link(), THIRD, link({ subject: NEW, userId: JOE }));
    await identities.takeSeat(SEAT, "waad|old");
    await relink();
    expect(linkEntries()).toEqual([
      { action: "identity-relinked", subject: NEW, userId: JANE, holder: "waad|old", rule: "operator" },
      { action: "identity-unlinked", subject: "waad|third", userId: JANE, holder: null, rule: "operator" },
      { action: "identity-unlinked", subject: NEW, userId: JOE, holder: null, rule: "operator" },
    ]);
  });

  it("needs no registered connection, so a password's seat can be relinked too", async () => {
    const seat = { ...SEAT, connection: "auth0" };
    await seated(link({ connection: "auth0", organizationId: null }));
    await relinkSubject(await plan(seat), stores, UNBOUNDED);
    expect(await identities.find({ ...KEY, subject: NEW })).toMatchObject({ ...seat, organizationId: null });
  });

  it.each<[string, () => unknown]>([
    ["another subject has taken the seat", () => identities.seats.set(seatKeyOf(SEAT), THEIRS)],
    ["the subject was linked to another user", () => seated(JOES)],
    ["the old subject was unlinked", () => identities.links.delete(loginIdOf(KEY))],
  ])("changes and records nothing where %s since the operator saw the plan", async (_, change) => {
    await seated(link());
    const planned = await plan();
    await change();
    const before = [new Map(identities.links), new Map(identities.seats)];
    await isChanged(relinkSubject(planned, stores, UNBOUNDED));
    expect([new Map(identities.links), new Map(identities.seats)]).toEqual(before);
    expect([identities.spoken.size, stores.audited]).toEqual([0, []]);
  });
});

describe("an unlink", () => {
  const planned = () => planUnlink(KEY, identities, UNBOUNDED);
  const unlink = async () => unlinkSubject(await planned(), stores, UNBOUNDED);

  it.each([false, true])(
    "removes link, seat at once, and records it; the index lags: %s",
    async (lagging) => {
      await seated(link(), link({ subject: "waad|joe", userId: JOE }));
      identities.lagging = lagging;
      const plan = await planned();
      identities.crashAfter(0);
      await expect(unlinkSubject(plan, stores, UNBOUNDED)).rejects.toThrow("crashed");
      expect([identities.linkedTo(JANE), identities.seats.size]).toEqual([["waad|old"], 2]);
      identities.crashAfter(1);
      await unlinkSubject(plan, stores, UNBOUNDED);
      expect([identities.linkedTo(JANE), identities.linkedTo(JOE)]).toEqual([[], ["waad|joe"]]);
      expect([...identities.seats.values()].map(({ userId }) => userId)).toEqual([JOE]);
      expect(identities.entries).toMatchObject([
        {
          at: stores.time,
          actor: "operator:jo",
          action: "identity-unlinked",
          ...KEY,
          userId: JANE,
          connection: ENTRA.name,
          organizationId: ACME,
          rule: "operator",
        },
      ]);
    },
  );

  it("releases a seat that is left over without a link", async () => {
    await identities.takeSeat(SEAT, KEY.subject);
    await unlink();
    expect([...identities.seats]).toEqual([]);
    expect(identities.entries).toMatchObject([{ userId: JANE, organizationId: null }]);
  });

  it("leaves a seat that another subject has", async () => {
    await identities.create(link());
    await identities.takeSeat(SEAT, NEW);
    await unlink();
    expect(await identities.findSeat(SEAT)).toMatchObject({ subject: NEW });
  });

  it("refuses a subject that has neither a link nor a seat", async () => {
    await expect(planned()).rejects.toThrow(SubjectNotLinked);
    await expect(planned()).rejects.toMatchObject({ key: KEY, seats: [] });
  });

  it("changes and records nothing where the subject was linked to another user concurrently", async () => {
    await seated(link());
    const plan = await planned();
    await identities.create(link({ userId: JOE, rev: "1" }));
    await isChanged(unlinkSubject(plan, stores, UNBOUNDED));
    expect([identities.linkedTo(JOE), identities.seats.size, stores.audited]).toEqual([[KEY.subject], 1, []]);
  });
});
