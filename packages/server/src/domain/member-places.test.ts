import { describe, expect, it } from "vitest";
import { hasWords, memberPlaces, memberWords, shelfOf, wordsIn, wordsOf } from "./member-places.ts";
import type { Membership } from "./membership.ts";
import { parsePersonName } from "./person-name.ts";
import { membership } from "./testing/memory-ports.ts";
import { ACME, address, JANE } from "./testing/people.ts";

const named = (email: string | null, name: string | null = null, overrides: Partial<Membership> = {}) =>
  membership({ email: email === null ? null : address(email), name: parsePersonName(name), ...overrides });
const OUTSIDE = { invitedFromOutside: true };

describe("the words that find a member", () => {
  it.each<[string, Membership, string[]]>([
    ["of the address", named("ada.turner@acme.example"), ["ada", "turner"]],
    ["of the name", named("at7@acme.example", "Ada Turner"), ["at7", "ada", "turner"]],
    ["each once", named("ada.turner@acme.example", "Ada B. Turner"), ["ada", "turner", "b"]],
    ["of a tag", named("ada+news_2026@acme.example"), ["ada", "news", "2026"]],
    [
      "of an outside address",
      named("ada@mill-works.co.example", null, OUTSIDE),
      ["ada", "mill", "works", "co"],
    ],
    ["of nobody any more", named(null, null, { status: "removed" }), []],
    ["of which there are eight at most", named("a.b.c@acme.example", "d e f g h i j"), [..."abcdefgh"]],
  ])("are those %s", (_, member, words) => {
    expect(wordsOf(member)).toEqual(words);
  });

  it.each<[string, string[]]>([
    ["Núñez JOSÉ", ["nunez", "jose"]],
    ["Strauß", ["strauss"]],
    ["İpek", ["ipek"]],
    ["Κώστας", ["κωστασ"]],
    ["ﬁn 𝔸da", ["fin", "ada"]],
    ["O’Connor", ["o", "connor"]],
    ["王小明", ["王小明"]],
    [" -- ", []],
    ["x".repeat(40), ["x".repeat(32)]],
  ])("%j has the words %j", (text, words) => {
    expect(wordsIn(text)).toEqual(words);
  });

  it.each([
    ["turner", "tu"],
    ["tu", "tu"],
    ["t", null],
    ["王小", "王"],
    ["王", "王"],
    ["é", "é"],
    ["𝔸x", "𝔸"],
    ["", null],
  ])("%j stands on the shelf %j", (word, shelf) => {
    expect(shelfOf(word)).toBe(shelf);
  });

  it("are each an item with all of them, but for single letters", () => {
    const words = ["ada", "b", "turner"];
    expect(memberWords(named("ada@acme.example", "B Turner"))).toEqual(
      ["ada", "turner"].map((word) => ({ organizationId: ACME, userId: JANE, word, words })),
    );
  });

  it.each([
    [["tur"], true],
    [["tur", "ad"], true],
    [["tur", "x"], false],
    [["urner"], false],
    [[], true],
  ])("asked for by %j: %j", (asked, isFound) => {
    expect(hasWords(["ada", "turner"], asked)).toBe(isFound);
  });
});

describe("the place of a member", () => {
  const placeIn = (by: "name" | "joined", member: Membership) =>
    memberPlaces(member).find((place) => place.by === by)?.position ?? expect.fail("no place");
  const removed = { status: "removed" } as const;

  it("is by name: the named ones, the others by address, then the removed ones, last the erased ones", () => {
    const members = [
      named("z@acme.example", "Ádám"),
      named("y@acme.example", "Adam B"),
      named("a@acme.example", "berta"),
      named("x@acme.example", "王小明"),
      named("b@acme.example"),
      named("c@acme.example"),
      named("a@acme.example", "Ada", removed),
      named("a@acme.example", null, removed),
      named(null, null, removed),
    ];
    const positions = members.map((member) => placeIn("name", member));
    expect(positions).toEqual([...positions].sort());
  });

  it("is by when they came: the last one first, the removed ones behind", () => {
    const at = (createdAt: string, overrides: Partial<Membership> = {}) =>
      membership({ createdAt, ...overrides });
    const members = [
      at("2026-11-25T12:00:00.001Z"),
      at("2026-11-25T12:00:00.000Z"),
      at("1999-01-01T00:00:00.000Z"),
      at("2026-11-26T12:00:00.000Z", removed),
    ];
    const positions = members.map((member) => placeIn("joined", member));
    expect(positions).toEqual([...positions].sort());
  });

  it("is another one for another user with the same name, and fits into a key", () => {
    const long = named("a@acme.example", "𐐷".repeat(100));
    const [place, other] = [long, { ...long, userId: "other" as never }].map((each) => placeIn("name", each));
    expect(place).not.toBe(other);
    expect(new TextEncoder().encode(place).length).toBeLessThan(1_024);
  });
});
