import { afterAll, beforeEach, describe, expect, it } from "vitest";
import type { IdentityLinks } from "../../domain/identity.ts";
import { type BlockedUsers, dynamoBlockedUsers } from "./blocked-users.ts";
import { dynamoIdentityLinks } from "./identity-links.ts";
import { startEmbeddedStore } from "./testing/embedded-store.ts";
import { JANE, JOE, link, NOON, seat, UNBOUNDED, userNumber } from "./testing/examples.ts";

const store = await startEmbeddedStore();
afterAll(() => store.close());

let links: IdentityLinks;
let blocked: BlockedUsers;
beforeEach(async () => {
  const table = await store.emptyTable();
  links = dynamoIdentityLinks(table);
  blocked = dynamoBlockedUsers(table);
});

describe("links", () => {
  it("answers null for a subject nobody has linked", async () => {
    expect(await links.find(link(), UNBOUNDED)).toBeNull();
  });

  it("finds what was stored, absent fields included", async () => {
    const unregistered = link({ subject: "auth0|1", organizationId: null, email: null, rule: "claim" });
    for (const each of [link(), unregistered]) {
      expect(await links.create(each, UNBOUNDED)).toEqual(each);
      expect(await links.find(each, UNBOUNDED)).toEqual(each);
    }
  });

  it("keeps one subject of two tenants apart", async () => {
    await links.create(link(), UNBOUNDED);
    expect(await links.find(link({ tenant: "test" }), UNBOUNDED)).toBeNull();
  });

  it("answers every one of 20 concurrent creations with the same link", async () => {
    const rivals = Array.from({ length: 20 }, (_, n) => link({ userId: userNumber(n + 1) }));
    const answers = await Promise.all(rivals.map((rival) => links.create(rival, UNBOUNDED)));
    expect(new Set(answers.map(({ userId }) => userId)).size).toBe(1);
    expect(await links.find(link(), UNBOUNDED)).toEqual(answers[0]);
  });

  it.each([
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
      "letters that only case tells apart",
      link({ subject: "waad|Abc" }),
      { tenant: "default", subject: "waad|abc" },
    ],
  ])("never finds one subject under another: %s", async (_, stored, asked) => {
    await links.create(stored, UNBOUNDED);
    expect(await links.find(asked, UNBOUNDED)).toBeNull();
  });

  it.each([["\u0000"], ["\ud800"], ["€"], ["😀"], ['"'], ["#"]])(
    "stores a subject of 255 characters, whatever they are: %j",
    async (character) => {
      const longest = link({ subject: character.repeat(255 / character.length) });
      await links.create(longest, UNBOUNDED);
      expect(await links.find(longest, UNBOUNDED)).toEqual(longest);
    },
  );
});

describe("seats", () => {
  it("goes to exactly one of 20 concurrent subjects", async () => {
    const subjects = Array.from({ length: 20 }, (_, n) => `okta|acme-okta|${n}`);
    const holders = await Promise.all(subjects.map((subject) => links.takeSeat(seat(), subject, UNBOUNDED)));
    expect(new Set(holders).size).toBe(1);
    expect(subjects).toContain(holders[0]);
  });

  it("stays with its holder, who may take it again", async () => {
    expect(await links.takeSeat(seat(), "first", UNBOUNDED)).toBe("first");
    expect(await links.takeSeat(seat(), "second", UNBOUNDED)).toBe("first");
    expect(await links.takeSeat(seat(), "first", UNBOUNDED)).toBe("first");
  });

  it.each([
    ["connection", { ...seat(), connection: "acme-entra" }],
    ["tenant", { ...seat(), tenant: "test" }],
    ["person", { ...seat(), userId: JOE }],
  ])("is another one for another %s", async (_, other) => {
    await links.takeSeat(seat(), "first", UNBOUNDED);
    expect(await links.takeSeat(other, "second", UNBOUNDED)).toBe("second");
  });

  it("is released by its holder alone", async () => {
    await links.takeSeat(seat(), "first", UNBOUNDED);
    await links.releaseSeat(seat(), "second", UNBOUNDED);
    expect(await links.takeSeat(seat(), "second", UNBOUNDED)).toBe("first");
    await links.releaseSeat(seat(), "first", UNBOUNDED);
    expect(await links.takeSeat(seat(), "second", UNBOUNDED)).toBe("second");
  });
});

describe("blocks", () => {
  it("holds for one person, until it is lifted", async () => {
    await blocked.block(JANE, NOON, UNBOUNDED);
    await blocked.block(JANE, NOON, UNBOUNDED);
    expect(await links.isBlocked(JANE, UNBOUNDED)).toBe(true);
    expect(await links.isBlocked(JOE, UNBOUNDED)).toBe(false);
    await blocked.unblock(JANE, UNBOUNDED);
    await blocked.unblock(JANE, UNBOUNDED);
    expect(await links.isBlocked(JANE, UNBOUNDED)).toBe(false);
  });
});
