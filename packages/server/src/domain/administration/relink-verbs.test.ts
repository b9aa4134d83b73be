import { beforeEach, describe, expect, it } from "vitest";
import type { IdentityLink, Seat } from "../identity/identity-link.ts";
import { MAILBOX, noSpeakers } from "../identity/speakers.ts";
import { Refusal } from "../refusal.ts";
import { MemoryAdministration } from "../testing/memory-administration.ts";
import { acmeAndGlobex } from "../testing/memory-ports.ts";
import { ACME, ENTRA, GLOBEX, held, JANE, JOE, link, SEAT, UNBOUNDED } from "../testing/people.ts";
import {
  formerHolderOf,
  planRelinkSubject,
  planUnlink,
  RelinkInterrupted,
  relinkSubject,
  unlinkSubject,
} from "./relink.ts";
import { SubjectNotLinked } from "./user-overview.ts";

const NEW = "waad|new";
const KEY = { tenant: "default", subject: "waad|old" };

let stores: MemoryAdministration;
beforeEach(() => {
  stores = new MemoryAdministration(acmeAndGlobex());
});

async function seated(...links: readonly IdentityLink[]): Promise<void> {
  for (const each of links) {
    await stores.identities.takeSeat(each, each.subject);
    await stores.identities.create(each);
  }
}

const plan = (seat: Seat = SEAT) => planRelinkSubject({ seat, subject: NEW }, stores, UNBOUNDED);

/** Each entry of a link: what was done to which subject, and who held the seat. */
const linkEntries = () =>
  stores.identities.entries
    .filter(({ action }) => action !== "identity-allowed")
    .map(({ action, subject, userId, holder, rule }) => ({ action, subject, userId, holder, rule }));

describe("planning a relink", () => {
  it("refuses a connection that is not registered, unless a subject holds the seat", async () => {
    const seat = { ...SEAT, connection: "auth0" };
    await expect(plan(seat)).rejects.toMatchObject({ reason: "NOT_FOUND", kind: "connection" });
    await stores.identities.takeSeat(seat, KEY.subject);
    expect(await plan(seat)).toMatchObject({ connection: null, holder: { subject: KEY.subject } });
  });

  it("refuses a user without a seat, a link or a membership", async () => {
    await expect(plan()).rejects.toMatchObject({ reason: "NOT_FOUND", kind: "user" });
    await stores.identities.create(link({ connection: "acme-okta" }));
    expect(await plan()).toMatchObject({ connection: ENTRA, holder: null });
  });
});

describe("a relink", () => {
  it("lets the connection's organization speak for the user, moves the seat and records both", async () => {
    await seated(link());
    stores.identities.spoken.set(JANE, { ...noSpeakers(JANE), sso: GLOBEX, rev: "1" });
    await relinkSubject(await plan(), stores, UNBOUNDED);
    expect(await stores.speakers.find(JANE, UNBOUNDED)).toMatchObject({ by: MAILBOX, sso: ACME });
    expect(stores.identities.linkedTo(JANE)).toEqual([NEW]);
    expect(stores.identities.entries).toMatchObject([
      { action: "identity-allowed", userId: JANE, organizationId: ACME },
      {
        ...{ at: stores.time, actor: "operator:jo", action: "identity-relinked", ...SEAT, subject: NEW },
        ...{ organizationId: ACME, holder: "waad|old", rule: "operator" },
      },
    ]);
  });

  it("records every other link that it removes", async () => {
    const third = link({ subject: "waad|third" });
    await seated(link(), third, link({ subject: NEW, userId: JOE }));
    await relinkSubject(await plan(), stores, UNBOUNDED);
    expect(linkEntries()).toEqual([
      { action: "identity-relinked", subject: NEW, userId: JANE, holder: "waad|old", rule: "operator" },
      { action: "identity-unlinked", subject: "waad|third", userId: JANE, holder: null, rule: "operator" },
      { action: "identity-unlinked", subject: NEW, userId: JOE, holder: null, rule: "operator" },
    ]);
  });

  it("names the former holder when an earlier attempt has moved the seat already", async () => {
    await seated(link());
    await stores.identities.takeOverSeat(held("waad|old"), { subject: NEW, takenOverAt: null });
    const resumed = await plan();
    expect(formerHolderOf(resumed)).toBe("waad|old");
    await relinkSubject(resumed, stores, UNBOUNDED);
    expect(linkEntries()).toMatchObject([{ action: "identity-relinked", holder: "waad|old" }]);
  });

  it("is interrupted, with only the allowance recorded, when the seat changed concurrently", async () => {
    await seated(link());
    const mine = await plan();
    await relinkSubject({ ...mine, subject: "waad|theirs" }, stores, UNBOUNDED);
    const before = linkEntries();
    const relinked = relinkSubject(mine, stores, UNBOUNDED);
    await expect(relinked).rejects.toThrow(RelinkInterrupted);
    await expect(relinked).rejects.not.toHaveProperty("cause");
    expect([linkEntries(), stores.identities.linkedTo(JANE)]).toEqual([before, ["waad|theirs"]]);
    expect(stores.audited).toContain("operator:jo identity-allowed acme");
  });

  it("is interrupted with the outage as its cause when the store fails half-way", async () => {
    await seated(link());
    const planned = await plan();
    const outage = new Refusal("STORE_UNAVAILABLE", "seat: storing");
    stores.identities.takeOverSeat = () => Promise.reject(outage);
    const relinked = relinkSubject(planned, stores, UNBOUNDED);
    await expect(relinked).rejects.toMatchObject({ name: "RelinkInterrupted", cause: outage });
  });

  it("does not begin when the entry of the allowance cannot be written", async () => {
    await seated(link());
    stores.auditFails = true;
    const relinked = relinkSubject(await plan(), stores, UNBOUNDED);
    await expect(relinked).rejects.toMatchObject({ reason: "STORE_UNAVAILABLE" });
    expect(stores.identities.linkedTo(JANE)).toEqual(["waad|old"]);
  });
});

describe("an unlink", () => {
  const planned = () => planUnlink(KEY, stores.identities, UNBOUNDED);

  it("removes the link and the seat, and writes its audit entry", async () => {
    await seated(link());
    await unlinkSubject(await planned(), stores, UNBOUNDED);
    expect([stores.identities.linkedTo(JANE), [...stores.identities.seats]]).toEqual([[], []]);
    expect(stores.identities.entries).toMatchObject([
      {
        ...{ at: stores.time, actor: "operator:jo", action: "identity-unlinked", ...KEY, userId: JANE },
        ...{ connection: ENTRA.name, organizationId: ACME, rule: "operator" },
      },
    ]);
  });

  it("releases a seat that was left over without a link", async () => {
    await stores.identities.takeSeat(SEAT, KEY.subject);
    await unlinkSubject(await planned(), stores, UNBOUNDED);
    expect([...stores.identities.seats]).toEqual([]);
    expect(stores.identities.entries).toMatchObject([{ userId: JANE, organizationId: null }]);
  });

  it("refuses a subject that has neither a link nor a seat", async () => {
    await expect(planned()).rejects.toThrow(SubjectNotLinked);
    await expect(planned()).rejects.toMatchObject({ key: KEY, seats: [] });
  });

  it("is interrupted, and records nothing, when the subject was linked to another user concurrently", async () => {
    await seated(link());
    const plan = await planned();
    await stores.identities.remove(link());
    await stores.identities.create(link({ userId: JOE }));
    await expect(unlinkSubject(plan, stores, UNBOUNDED)).rejects.toThrow(RelinkInterrupted);
    expect([stores.identities.linkedTo(JOE), stores.audited]).toEqual([[KEY.subject], []]);
  });
});
