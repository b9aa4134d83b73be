import fc from "fast-check";
import { beforeEach, describe, expect, it } from "vitest";
import { MemoryIdentities } from "../testing/memory-identities.ts";
import {
  ACME,
  acmeAlone,
  claims,
  ENTRA,
  firstLogin,
  GLOBEX,
  held,
  JANE,
  JANE_EMAIL,
  JOE,
  JOE_EMAIL,
  link,
  SEAT,
  SETTINGS,
  trusted,
  UNBOUNDED,
  userAt,
} from "../testing/people.ts";
import { noTrace } from "../trace.ts";
import { createFirstLink } from "./first-link.ts";
import type { FirstLogin } from "./first-login.ts";
import type { IdentityLink, IdentityLinks } from "./identity-link.ts";
import type { RelinkWindow } from "./relink-window.ts";
import { mayTakeOver } from "./seat.ts";
import { MAILBOX, noSpeakers } from "./speakers.ts";

const OPENED = "2026-11-20T00:00:00.000Z";
const UNTIL = "2026-11-30T00:00:00.000Z";
const INSIDE = "2026-11-25T00:00:00.000Z";
const WINDOW: RelinkWindow = {
  ...{ connection: ENTRA.name, organizationId: ACME, openedAt: OPENED, until: UNTIL, from: null },
  rev: "1",
};

let now: string;
let identities: MemoryIdentities;
let firstLink: ReturnType<typeof createFirstLink>;
beforeEach(() => {
  now = INSIDE;
  identities = new MemoryIdentities();
  firstLink = linking(identities);
});

function linking(
  identities: MemoryIdentities,
  links: IdentityLinks = identities,
): ReturnType<typeof createFirstLink> {
  return createFirstLink({
    ...SETTINGS,
    stored: acmeAlone(),
    speakers: identities.speakers,
    storedLinks: links,
    links,
    windows: identities.windows,
    takenSeats: identities.takenSeats,
    directory: { ensureUser: userAt },
    audit: identities,
    now: () => new Date(now),
  });
}

/** The old subject, linked and seated long before the window was opened. */
async function openWindow(identities: MemoryIdentities, old: Partial<IdentityLink> | null = {}) {
  identities.opened.set(ENTRA.name, WINDOW);
  identities.spoken.set(JANE, { ...noSpeakers(JANE), by: MAILBOX, sso: ACME, rev: "1" });
  await identities.takeSeat(SEAT, "waad|old");
  if (old !== null) await identities.create(link(old));
}

const CONFLICT = { reason: "IDENTITY_CONFLICT", message: expect.stringContaining("holds the user's seat") };
const actions = () => identities.entries.map(({ action }) => action);

/** Like the resolver: a linked subject stays linked. */
async function signIn(subject: string, on = identities, first = linking(on)): Promise<IdentityLink> {
  const known = await on.find({ tenant: "default", subject });
  return known ?? (await first.link(claims({ subject }), UNBOUNDED, noTrace)).link;
}

it("keeps a concurrently created link, releases the seat and writes no audit entry", async () => {
  const winner = link({ subject: "waad|both", rule: "operator" });
  await identities.create(winner);
  const asJoe = claims({ subject: "waad|both", email: { canonical: JOE_EMAIL } });
  expect((await firstLink.link(asJoe, UNBOUNDED, noTrace)).link).toEqual(winner);
  expect([identities.seats.size, actions()]).toEqual([0, []]);
});

it("takes a seat from a holder that is linked to a different user", async () => {
  await identities.create(link({ subject: "waad|both", userId: JOE }));
  identities.crashAfter(2);
  await expect(firstLink.link(claims({ subject: "waad|both" }), UNBOUNDED, noTrace)).rejects.toThrow(
    "crashed",
  );
  identities.recover();
  expect(await identities.findSeat(SEAT)).toEqual(held("waad|both"));
  expect(await signIn("waad|jane")).toMatchObject({ userId: JANE, subject: "waad|jane" });
  expect(identities.entries).toMatchObject([
    { action: "seat-taken-over", subject: "waad|jane", holder: "waad|both", rule: "verified-domain" },
    { action: "identity-linked" },
  ]);
  expect([identities.linkedTo(JOE), identities.linkedTo(JANE)]).toEqual([["waad|both"], ["waad|jane"]]);
});

it("unlinks the former holder of a seat that an operator assigned, and audits no take-over", async () => {
  await identities.create(link());
  await identities.takeSeat(SEAT, "waad|old");
  await identities.takeOverSeat(held("waad|old"), { subject: "waad|new", takenOverAt: null });
  expect(await signIn("waad|new")).toMatchObject({ userId: JANE });
  expect([identities.linkedTo(JANE), actions()]).toEqual([["waad|new"], ["identity-linked"]]);
});

it("never moves a link without an organization along with a connection, even in an open window", async () => {
  await openWindow(identities);
  expect(
    await firstLink.follow(link({ organizationId: null }), firstLogin("waad|old"), UNBOUNDED),
  ).toBeNull();
});

it("finishes an interrupted take-over before the seat is taken over again", async () => {
  await openWindow(identities);
  identities.crashAfter(1);
  await expect(signIn("waad|new")).rejects.toThrow("crashed");
  identities.recover();
  expect(await identities.findSeat(SEAT)).toMatchObject({ subject: "waad|new", formerSubject: "waad|old" });
  await identities.create(link({ subject: "waad|new", userId: JOE }));
  expect(await signIn("waad|third")).toMatchObject({ userId: JANE });
  expect([identities.linkedTo(JANE), identities.mostLinked]).toEqual([["waad|third"], 1]);
});

it("reports a link that the store did not confirm, and writes no audit entry for it", async () => {
  identities.create = async () => {
    throw new Error("no reply");
  };
  await expect(signIn("waad|jane")).rejects.toThrow("no reply");
  expect(identities.doubted).toMatchObject([
    { action: "identity-linked", subject: "waad|jane", userId: JANE },
  ]);
  expect(identities.entries).toEqual([]);
});

describe("inside a relink window", () => {
  it("the same trusted address takes the seat over and the old subject is unlinked", async () => {
    await openWindow(identities);
    expect(await signIn("waad|new")).toMatchObject({ userId: JANE, subject: "waad|new", linkedAt: INSIDE });
    expect(identities.linkedTo(JANE)).toEqual(["waad|new"]);
    const taken = { at: INSIDE, userId: JANE, subject: "waad|new", connection: ENTRA.name };
    expect(identities.entries).toMatchObject([
      { ...taken, holder: "waad|old", action: "seat-taken-over", actor: "login", rule: "verified-domain" },
      { action: "identity-linked", subject: "waad|new", holder: null },
    ]);
  });

  it("neither the old subject nor a second new one takes the seat again", async () => {
    await openWindow(identities);
    await signIn("waad|new");
    now = "2026-11-26T00:00:00.000Z";
    for (const subject of ["waad|old", "waad|other"])
      await expect(signIn(subject)).rejects.toMatchObject(CONFLICT);
    expect(identities.linkedTo(JANE)).toEqual(["waad|new"]);
  });

  it.each<[string, Partial<FirstLogin>, Partial<IdentityLink> | null]>([
    ["another address at link time", {}, { email: JOE_EMAIL }],
    ["no address at link time", {}, { email: null }],
    ["an address that report mode let through", { trust: trusted(JANE_EMAIL, { rule: "report-mode" }) }, {}],
    ["one that Auth0 alone has verified", { trust: trusted(JANE_EMAIL, { rule: "verified-email" }) }, {}],
    ["no address", { trust: { state: "absent" } }, {}],
    ["a login that is not SSO", { login: { via: "other", strategy: "auth0" } }, {}],
    ["a link made since the window was opened", {}, { linkedAt: OPENED }],
    ["a link of the connection's former organization", {}, { organizationId: GLOBEX }],
    ["a holder linked through another connection", {}, { connection: "acme-okta" }],
    ["a holder that is not linked", {}, null],
  ])("allows no take-over by %s", async (_, login, old) => {
    await openWindow(identities, old);
    const ports = { storedLinks: identities, windows: identities.windows, now: () => new Date(now) };
    expect(await mayTakeOver(held("waad|old"), firstLogin("waad|new", login), ports, UNBOUNDED)).toBe(false);
  });

  it.each([
    ["before it", "2026-11-19T23:59:59.999Z", ENTRA.name],
    ["at its end", UNTIL, ENTRA.name],
    ["of another connection", INSIDE, "acme-okta"],
  ])("allows no take-over %s", async (_, at, connection) => {
    await openWindow(identities);
    identities.opened.clear();
    identities.opened.set(connection, { ...WINDOW, connection });
    now = at;
    await expect(signIn("waad|new")).rejects.toMatchObject(CONFLICT);
    expect(identities.linkedTo(JANE)).toEqual(["waad|old"]);
  });

  it.each([0, 1, 2, 3, 4, 5])(
    "a crash after write %i leaves one subject at most, and the next login finishes, window or not",
    async (writes) => {
      await openWindow(identities);
      identities.crashAfter(writes);
      await signIn("waad|new").catch(() => {});
      identities.recover();
      if (writes > 0) now = "2026-12-24T00:00:00.000Z";
      expect(await signIn("waad|new")).toMatchObject({ userId: JANE });
      await expect(signIn("waad|old")).rejects.toMatchObject(CONFLICT);
      expect(identities.mostLinked).toBe(1);
      expect(identities.linkedTo(JANE)).toEqual(["waad|new"]);
      expect(actions().filter((action) => action === "seat-taken-over")).toHaveLength(1);
    },
  );

  it("lets exactly one of two racing subjects take over the seat, in any interleaving", async () => {
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), async (scheduler) => {
        const raced = new MemoryIdentities();
        await openWindow(raced);
        const first = linking(raced, stepwise(raced, scheduler));
        const outcomes = Promise.allSettled(
          ["waad|a", "waad|b"].map((subject) => signIn(subject, raced, first)),
        );
        await scheduler.waitFor(outcomes);
        expect((await outcomes).map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
        expect(raced.mostLinked).toBe(1);
        expect(raced.linkedTo(JANE)).toEqual([(await raced.findSeat(SEAT))?.subject]);
      }),
    );
  });
});

/** Lets the scheduler decide when each step happens. */
function stepwise(identities: MemoryIdentities, scheduler: fc.Scheduler): IdentityLinks {
  return {
    isBlocked: scheduler.scheduleFunction(identities.isBlocked.bind(identities)),
    find: scheduler.scheduleFunction(identities.find.bind(identities)),
    create: scheduler.scheduleFunction(identities.create.bind(identities)),
    remove: scheduler.scheduleFunction(identities.remove.bind(identities)),
    findSeat: scheduler.scheduleFunction(identities.findSeat.bind(identities)),
    takeSeat: scheduler.scheduleFunction(identities.takeSeat.bind(identities)),
    takeOverSeat: scheduler.scheduleFunction(identities.takeOverSeat.bind(identities)),
    releaseSeat: scheduler.scheduleFunction(identities.releaseSeat.bind(identities)),
  };
}
