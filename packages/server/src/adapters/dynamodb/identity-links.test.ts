import { afterAll, beforeEach, describe, expect, it } from "vitest";
import type { BlockedUsers, IdentityLinks, IdentityRegistry, Seat } from "../../domain/index.ts";
import { dynamoBlockedUsers, dynamoIdentityLinks, dynamoIdentityRegistry } from "./identity-links.ts";
import { BLOCK } from "./table/item-types.ts";
import { itemsOf } from "./table/items.ts";
import type { DynamoTable } from "./table/table.ts";
import { startEmbeddedStore } from "./testing/embedded-store.ts";
import { JANE, JOE, link, NOON, seat, UNBOUNDED, userNumber } from "./testing/examples.ts";

const store = await startEmbeddedStore();
afterAll(() => store.close());

let links: IdentityLinks;
let registry: IdentityRegistry;
let blocked: BlockedUsers;
let table: DynamoTable;
beforeEach(async () => {
  table = await store.emptyTable();
  links = dynamoIdentityLinks(table);
  registry = dynamoIdentityRegistry(table);
  blocked = dynamoBlockedUsers(table);
});

/** DynamoDB takes texts with lone surrogates; of the stores that tests run on, dynoxide does not. */
const isUnstorable = (text: string) => process.env.ORACLE === "dynoxide" && !text.isWellFormed();

describe("links", () => {
  it("returns null for a subject that is not linked", async () => {
    expect(await links.find(link(), UNBOUNDED)).toBeNull();
  });

  it("finds a stored link with all its fields, including null ones", async () => {
    const unregistered = link({ subject: "auth0|1", organizationId: null, email: null, rule: "claim" });
    for (const each of [link(), unregistered]) {
      expect(await links.create(each, UNBOUNDED)).toEqual(each);
      expect(await links.find(each, UNBOUNDED)).toEqual(each);
    }
  });

  it("returns the same link to all of 20 concurrent creations", async () => {
    const rivals = Array.from({ length: 20 }, (_, n) => link({ userId: userNumber(n + 1) }));
    const answers = await Promise.all(rivals.map((rival) => links.create(rival, UNBOUNDED)));
    expect(new Set(answers.map(({ userId }) => userId)).size).toBe(1);
    expect(await links.find(link(), UNBOUNDED)).toEqual(answers[0]);
  });

  it.each([
    ["another tenant", link(), { tenant: "test", subject: link().subject }],
    [
      "a separator moved from tenant to subject",
      link({ tenant: "a", subject: "b#c" }),
      { tenant: "a#b", subject: "c" },
    ],
    [
      "a quoted JSON array as subject",
      link({ tenant: "a", subject: "b" }),
      { tenant: "", subject: '["a","b"]' },
    ],
    ["two lone surrogates", link({ subject: "\ud800" }), { tenant: "default", subject: "\udfff" }],
    [
      "a lone surrogate and its replacement",
      link({ subject: "\ud800" }),
      { tenant: "default", subject: "\ufffd" },
    ],
    [
      "letters that differ only in case",
      link({ subject: "waad|Abc" }),
      { tenant: "default", subject: "waad|abc" },
    ],
  ])("never finds a link under another subject: %s", async (_, stored, wanted) => {
    if (isUnstorable(stored.subject)) return;
    await links.create(stored, UNBOUNDED);
    expect(await links.find(wanted, UNBOUNDED)).toBeNull();
  });

  it.each([["\u0000"], ["\ud800"], ["€"], ["😀"], ['"'], ["#"]])(
    "stores a subject of 255 characters made of %j",
    async (character) => {
      if (isUnstorable(character)) return;
      const longest = link({ subject: character.repeat(255 / character.length) });
      await links.create(longest, UNBOUNDED);
      expect(await links.find(longest, UNBOUNDED)).toEqual(longest);
    },
  );
});

describe("removing a link", () => {
  it.each([
    ["unchanged", {}, true],
    ["of another person now", { userId: JOE }, false],
    ["through another connection now", { connection: "acme-entra" }, false],
  ])("removes a link only if it is unchanged: %s", async (_, change, removed) => {
    await links.create(link(change), UNBOUNDED);
    expect(await links.remove(link(), UNBOUNDED)).toBe(removed);
    expect(await links.find(link(), UNBOUNDED)).toEqual(removed ? null : link(change));
  });
});

describe("seats", () => {
  const SEAT = { ...seat(), subject: "first" };
  const take = (subject: string, of: Seat = seat()) => links.takeSeat(of, subject, UNBOUNDED);

  it("gives a seat to exactly one of 20 concurrent subjects", async () => {
    const subjects = Array.from({ length: 20 }, (_, n) => `okta|acme-okta|${n}`);
    const holders = (await Promise.all(subjects.map((each) => take(each)))).map(({ subject }) => subject);
    expect(new Set(holders).size).toBe(1);
    expect(subjects).toContain(holders[0]);
  });

  it("leaves a seat with its holder, who may take it again", async () => {
    for (const subject of ["first", "second", "first"]) expect(await take(subject)).toEqual(SEAT);
  });

  it.each([
    ["connection", { ...seat(), connection: "acme-entra" }],
    ["tenant", { ...seat(), tenant: "test" }],
    ["person", { ...seat(), userId: JOE }],
  ])("has a separate seat for each %s", async (_, other) => {
    await take("first");
    expect(await take("second", other)).toEqual({ ...other, subject: "second" });
  });

  it("lets only the holder release a seat", async () => {
    await take("first");
    await links.releaseSeat(seat(), "second", UNBOUNDED);
    expect(await take("second")).toEqual(SEAT);
    await links.releaseSeat(seat(), "first", UNBOUNDED);
    expect(await take("second")).toEqual({ ...SEAT, subject: "second" });
  });

  it("lets exactly one of 20 concurrent subjects take over a seat from its known holder", async () => {
    const held = await take("first");
    const takeOver = (subject: string) => links.takeOverSeat(held, { subject, takenOverAt: NOON }, UNBOUNDED);
    const outcomes = await Promise.all(Array.from({ length: 20 }, (_, n) => takeOver(`new-${n}`)));
    const [now] = outcomes;
    expect(new Set(outcomes.map(({ subject }) => subject)).size).toBe(1);
    expect(now).toEqual({ ...SEAT, subject: now?.subject, formerSubject: "first", takenOverAt: NOON });
    expect(await takeOver("late")).toEqual(now);
  });

  it("gives a released seat to the first subject that tries to take it over", async () => {
    const held = await take("first");
    await links.releaseSeat(held, "first", UNBOUNDED);
    const late = await links.takeOverSeat(held, { subject: "second", takenOverAt: NOON }, UNBOUNDED);
    expect(late).toEqual({ ...SEAT, subject: "second", formerSubject: null, takenOverAt: null });
  });
});

describe("dynamoIdentityRegistry", () => {
  it("lists a person's links and a subject's seats and no others", async () => {
    const longest = link({ subject: "\u0000".repeat(255), connection: "c".repeat(128) });
    for (const each of [link(), longest, link({ subject: "joe", userId: JOE })]) {
      await registry.create(each, UNBOUNDED);
      await registry.takeSeat(each, each.subject, UNBOUNDED);
    }
    const listed = await registry.listByUser(JANE, UNBOUNDED);
    expect(new Set(listed)).toEqual(new Set([link(), longest]));
    expect(await registry.listSeats(longest, UNBOUNDED)).toEqual([
      { ...seat(), subject: longest.subject, connection: longest.connection },
    ]);
    await registry.remove(longest, UNBOUNDED);
    expect(await registry.listByUser(JANE, UNBOUNDED)).toEqual([link()]);
  });

  it("lists a seat only under the subject that has taken it over", async () => {
    const held = await registry.takeSeat(seat(), "first", UNBOUNDED);
    const taken = await registry.takeOverSeat(held, { subject: "second", takenOverAt: null }, UNBOUNDED);
    expect(await registry.listSeats({ ...seat(), subject: "first" }, UNBOUNDED)).toEqual([]);
    expect(await registry.listSeats(taken, UNBOUNDED)).toEqual([taken]);
    expect(await registry.findSeat(seat(), UNBOUNDED)).toEqual(taken);
  });
});

describe("blocks", () => {
  it("concern one person", async () => {
    const block = { userId: JANE, blockedAt: NOON, rev: "1" };
    await itemsOf(table, BLOCK).put(block, null, UNBOUNDED);
    expect([await blocked.find(JANE, UNBOUNDED), await blocked.find(JOE, UNBOUNDED)]).toEqual([block, null]);
    expect(await links.isBlocked(JANE, UNBOUNDED)).toBe(true);
    expect(await links.isBlocked(JOE, UNBOUNDED)).toBe(false);
  });
});
