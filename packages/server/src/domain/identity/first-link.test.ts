import { beforeEach, describe, expect, it, vi } from "vitest";
import { type MemoryIdentities, sessionKeyOf } from "../../memory/identities.ts";
import type { SubjectFacts } from "../revocation/facts.ts";
import { loginIdOf } from "../subject-key.ts";
import { meanwhile } from "../testing/meanwhile.ts";
import { MemoryAdministration } from "../testing/memory-administration.ts";
import { BY_PASSWORD, spoken } from "../testing/memory-ports.ts";
import {
  ACME,
  acmeAlone,
  claims,
  ENTRA,
  endedSession,
  firstLogin,
  GLOBEX,
  held,
  JANE,
  JANE_EMAIL,
  JOE,
  JOE_EMAIL,
  link,
  relinkWindow,
  SEAT,
  SETTINGS,
  subjectFacts,
  trusted,
  UNBOUNDED,
  userAt,
} from "../testing/people.ts";
import { noTrace } from "../trace.ts";
import { createFirstLink } from "./first-link.ts";
import type { FirstLogin } from "./first-login.ts";
import type { IdentityLink } from "./identity-link.ts";
import { getsSeat, readHolder } from "./seat.ts";
import { MAILBOX, type Speakers } from "./speakers.ts";

const WINDOW = relinkWindow();
const INSIDE = "2026-11-25T00:00:00.000Z";

let now: string;
let stores: MemoryAdministration;
let identities: MemoryIdentities;
let firstLink: ReturnType<typeof createFirstLink>;
beforeEach(() => {
  now = INSIDE;
  stores = new MemoryAdministration();
  identities = stores.identities;
  firstLink = linking();
});

function linking(created = false): ReturnType<typeof createFirstLink> {
  return createFirstLink({
    ...SETTINGS,
    stored: acmeAlone(),
    speakers: identities.speakers,
    storedLinks: identities,
    windows: identities.windows,
    takenSeats: identities.takenSeats,
    directory: { ensureUser: async (email) => ({ ...(await userAt(email)), created }) },
    transactions: stores.transactions,
    audit: identities,
    now: () => new Date(now),
  });
}

const ERASED = {
  reason: "IDENTITY_CONFLICT",
  message: expect.stringContaining("was erased"),
  isNoted: false,
};
const BLOCKED = { isBlocked: true, at: "2026-11-30T12:00:00.000Z" };
const known = (facts: Partial<SubjectFacts>) =>
  identities.facts.set(
    loginIdOf({ tenant: "default", subject: "waad|jane" }),
    subjectFacts({ subject: "waad|jane", ...facts }),
  );
const speakersAre = (known: Partial<Speakers>) => spoken(stores, known);

/** The old subject, linked and seated long before the window was opened. */
async function openWindow(old: Partial<IdentityLink> | null = {}) {
  identities.opened.set(ENTRA.name, WINDOW);
  speakersAre({ by: MAILBOX, sso: ACME });
  await identities.takeSeat(SEAT, "waad|old");
  if (old !== null) await identities.create(link(old));
}

/** Something happens between what a login reads and what it stores. */
function beforeCommit(happens: () => unknown, created = false) {
  firstLink = linking(created);
  return meanwhile(stores, happens);
}

const CONFLICT = { reason: "IDENTITY_CONFLICT", message: expect.stringContaining("holds the user's seat") };
const actions = () => identities.entries.map(({ action }) => action);

/** Like the resolver: a linked subject stays linked. */
async function signIn(subject: string): Promise<IdentityLink> {
  const known = await identities.find({ tenant: "default", subject });
  return known ?? (await firstLink.link(claims({ subject }), UNBOUNDED, noTrace)).link;
}

it("keeps a concurrently created link, and stores and records nothing", async () => {
  const winner = link({ subject: "waad|both", rule: "operator" });
  await identities.create(winner);
  const asJoe = claims({ subject: "waad|both", email: { canonical: JOE_EMAIL } });
  expect((await firstLink.link(asJoe, UNBOUNDED, noTrace)).link).toEqual(winner);
  expect([identities.seats.size, identities.spoken.size, actions()]).toEqual([0, 0, []]);
});

it("takes a seat that is left over from a holder who is linked to a different user", async () => {
  await identities.create(link({ subject: "waad|both", userId: JOE }));
  await identities.takeSeat(SEAT, "waad|both");
  expect(await signIn("waad|jane")).toMatchObject({ userId: JANE, subject: "waad|jane" });
  expect(identities.entries).toMatchObject([
    { action: "seat-taken-over", subject: "waad|jane", holder: "waad|both", rule: "verified-domain" },
    { action: "identity-linked" },
  ]);
  expect([identities.linkedTo(JOE), identities.linkedTo(JANE)]).toEqual([["waad|both"], ["waad|jane"]]);
});

it.each<[string, () => unknown]>([
  ["the holder is linked to its user again", () => identities.put(link({ subject: "waad|both", rev: "1" }))],
  ["the holder is unlinked", () => identities.links.clear()],
])("takes no seat where %s at the moment of the commit", async (_, happens) => {
  await identities.create(link({ subject: "waad|both", userId: JOE }));
  await identities.takeSeat(SEAT, "waad|both");
  beforeCommit(happens);
  await expect(signIn("waad|jane")).rejects.toMatchObject(CONFLICT);
  expect(actions()).toEqual(["identity-conflict"]);
});

it("takes a seat whose holder is unlinked between the reads of the seat and of its link", async () => {
  await identities.takeSeat(SEAT, "waad|old");
  const { find } = identities;
  vi.spyOn(identities, "find").mockImplementation(async (key) => {
    if (key.subject === "waad|old") identities.seats.clear();
    return find.call(identities, key);
  });
  expect(await signIn("waad|jane")).toMatchObject({ userId: JANE });
  expect(actions()).toEqual(["identity-linked"]);
});

it("reads a seat again only where its holder has no link", async () => {
  await identities.takeSeat(SEAT, "waad|old");
  await identities.create(link());
  const findSeat = vi.spyOn(identities, "findSeat");
  for (const reads of [1, 3]) {
    await expect(signIn("waad|jane")).rejects.toMatchObject(CONFLICT);
    expect(findSeat).toHaveBeenCalledTimes(reads);
    identities.links.clear();
  }
});

it("takes the seat that a subject without a link already holds", async () => {
  await identities.takeSeat(SEAT, "waad|jane");
  expect(await signIn("waad|jane")).toMatchObject({ userId: JANE });
  expect(actions()).toEqual(["identity-linked"]);
});

it("links no user whose speakers it leaves as they are, if they change at the moment of the commit", async () => {
  speakersAre({ by: MAILBOX, sso: ACME });
  beforeCommit(() => speakersAre({ by: MAILBOX, sso: GLOBEX, rev: "2" }));
  await expect(signIn("waad|jane")).rejects.toMatchObject({ reason: "IDENTITY_CONFLICT" });
  expect(identities.links.size).toBe(0);
});

it("links no subject by a token whose session ends at the moment of the commit", async () => {
  const ended = endedSession({ subject: "waad|jane", at: 100 });
  beforeCommit(() => {
    identities.sessions.set(sessionKeyOf(ended), ended);
    known({ sidlessNotBefore: 100 });
  });
  const token = claims({ subject: "waad|jane", sid: ended.sid, issuedAt: 100 });
  await expect(firstLink.link(token, UNBOUNDED, noTrace)).rejects.toMatchObject({ reason: "TOKEN_REVOKED" });
  expect(identities.links.size).toBe(0);
});

describe.each([true, false])("a user whom the directory has just created: %s", (created) => {
  it.each<[string, () => unknown]>([
    ["who is blocked", () => identities.blocked.add(JANE)],
    [
      "who signs out everywhere",
      () => identities.signOuts.set(JANE, { userId: JANE, notBefore: 0, rev: "1" }),
    ],
    ["whose subject is blocked", () => known({ sources: { event: BLOCKED, operator: null } })],
    ["whose subject is deleted", () => known({ notBefore: 0 })],
    ["whose session ends", () => known({ sidlessNotBefore: 0 })],
    ["for whom another organization speaks", () => speakersAre({ by: MAILBOX, sso: GLOBEX })],
    ["whose seat is taken", () => identities.takeSeat(SEAT, "waad|old")],
  ])("is not linked %s at the moment of the commit", async (_, happens) => {
    const commit = beforeCommit(happens, created);
    const reason = expect.stringMatching(/^(IDENTITY_(BLOCKED|CONFLICT)|TOKEN_REVOKED)$/);
    await expect(signIn("waad|jane")).rejects.toMatchObject({ reason });
    expect([identities.links.size, commit.mock.calls.length]).toEqual([0, 1]);
  });
});

it("never moves a link without an organization along with a connection, even in an open window", async () => {
  await openWindow();
  expect(
    await firstLink.follow(link({ organizationId: null }), firstLogin("waad|old"), UNBOUNDED),
  ).toBeNull();
});

describe("inside a relink window", () => {
  it.each<[string, Partial<Parameters<typeof claims>[0]>]>([
    ["a new account", {}],
    ["a signed user id", { userId: JANE }],
    ["a password", { ...BY_PASSWORD, subject: "auth0|new" }],
    ["a signed user id and a password", { ...BY_PASSWORD, userId: JANE, subject: "auth0|new" }],
  ])("nobody becomes who was erased, not even by %s", async (_, login) => {
    for (const [old, from] of [
      [null, null],
      [{}, null],
      [null, GLOBEX],
    ] as const) {
      await openWindow(old);
      identities.opened.set(ENTRA.name, { ...WINDOW, from });
      speakersAre({ by: MAILBOX, sso: from, erasedAt: WINDOW.openedAt });
      const former = identities.linkedTo(JANE);
      const asked = claims({ subject: "waad|new", ...login });
      await expect(firstLink.link(asked, UNBOUNDED, noTrace)).rejects.toMatchObject(ERASED);
      const conflict = { action: "identity-conflict", rule: "erased", userId: JANE, subject: asked.subject };
      expect([identities.entries.at(-1), identities.linkedTo(JANE)]).toMatchObject([conflict, former]);
    }
  });

  it("nobody becomes who is erased while the login is decided on", async () => {
    await openWindow(null);
    meanwhile(stores, () => speakersAre({ erasedAt: INSIDE, rev: "2" }));
    await expect(firstLink.link(claims(), UNBOUNDED, noTrace)).rejects.toMatchObject(ERASED);
    expect(identities.linkedTo(JANE)).toEqual([]);
  });

  it("the same trusted address takes the seat over and the old subject is unlinked", async () => {
    await openWindow();
    expect(await signIn("waad|new")).toMatchObject({ userId: JANE, subject: "waad|new", linkedAt: INSIDE });
    expect(identities.linkedTo(JANE)).toEqual(["waad|new"]);
    const taken = { at: INSIDE, userId: JANE, subject: "waad|new", connection: ENTRA.name };
    expect(identities.entries).toMatchObject([
      { ...taken, holder: "waad|old", action: "seat-taken-over", actor: "login", rule: "verified-domain" },
      { action: "identity-linked", subject: "waad|new", holder: null },
    ]);
  });

  it("nobody takes the seat over where the window is closed at the moment of the commit", async () => {
    await openWindow();
    beforeCommit(() => identities.opened.set(ENTRA.name, { ...WINDOW, until: INSIDE, rev: "2" }));
    await expect(signIn("waad|new")).rejects.toMatchObject(CONFLICT);
    expect(identities.linkedTo(JANE)).toEqual(["waad|old"]);
  });

  it("neither the old subject nor a second new one takes the seat again", async () => {
    await openWindow();
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
    ["a link made since the window was opened", {}, { linkedAt: WINDOW.openedAt }],
    ["a link of the connection's former organization", {}, { organizationId: GLOBEX }],
    ["a holder linked through another connection", {}, { connection: "acme-okta" }],
    ["a holder that is not linked", {}, null],
  ])("allows no take-over by %s", async (_, login, old) => {
    await openWindow(old);
    const { windows } = identities;
    const ports = { storedLinks: identities, windows, audit: identities, now: () => new Date(now) };
    const first = firstLogin("waad|new", login);
    expect(getsSeat(await readHolder(held("waad|old"), first, ports, UNBOUNDED), first)).toBe(false);
  });

  it.each([
    ["at its end", WINDOW.until, ENTRA.name],
    ["of another connection", INSIDE, "acme-okta"],
  ])("allows no take-over %s", async (_, at, connection) => {
    await openWindow();
    identities.opened.clear();
    identities.opened.set(connection, { ...WINDOW, connection });
    now = at;
    await expect(signIn("waad|new")).rejects.toMatchObject(CONFLICT);
    expect(identities.linkedTo(JANE)).toEqual(["waad|old"]);
  });
});
