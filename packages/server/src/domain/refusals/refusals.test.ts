import { describe, expect, it } from "vitest";
import { domainOf } from "../email.ts";
import { ACME, address, JANE_EMAIL } from "../testing/people.ts";
import { isPastRefusal, MAX_REFUSALS, placeOf, type RecentRefusal, type RefusalAbout } from "./refusals.ts";

const DAY_MS = 24 * 3_600_000;
const MINUTE_MS = 60_000;
const NOW = new Date("2026-11-25T12:00:00.000Z");
const before = (ms: number) => new Date(NOW.getTime() - ms).toISOString();

function about(name = "jane"): RefusalAbout {
  const email = address(`${name}@acme.example`);
  return {
    organizationId: ACME,
    connection: "acme-entra",
    email,
    domain: domainOf(JANE_EMAIL),
    userId: null,
    reason: "IDENTITY_CONFLICT",
  };
}

function stored(slot: number, name: string, ageMs: number, count = 3): RecentRefusal {
  return {
    ...about(name),
    slot,
    firstAt: before(ageMs + 1),
    lastAt: before(ageMs),
    count,
    askedAt: null,
    rev: `${slot}`,
  };
}

const place = (...given: Parameters<typeof placeOf>) => placeOf(...given) ?? expect.fail("nothing is stored");

const full = Array.from({ length: MAX_REFUSALS }, (_, slot) => stored(slot, `n${slot}`, (slot % 7) + 1));

describe("the place of a refusal", () => {
  it.each<
    [string, RecentRefusal[], { slot: number; count: number; firstAt: string; present: number | null }]
  >([
    ["is the first slot where none is stored", [], { slot: 0, count: 1, firstAt: before(0), present: null }],
    [
      "is the first free one",
      [stored(0, "a", 1), stored(2, "b", 1)],
      { slot: 1, count: 1, firstAt: before(0), present: null },
    ],
    [
      "is that of the same one, which it counts",
      [stored(0, "a", 1), stored(7, "jane", MINUTE_MS)],
      { slot: 7, count: 4, firstAt: before(MINUTE_MS + 1), present: 7 },
    ],
    [
      "begins again where the same one is past",
      [stored(7, "jane", 14 * DAY_MS)],
      { slot: 7, count: 1, firstAt: before(0), present: 7 },
    ],
    [
      "is that of the one seen longest ago where all are taken",
      full,
      { slot: 6, count: 1, firstAt: before(0), present: 6 },
    ],
    [
      "is not that of who has asked to be restored, who gives way last",
      full.map((each) => (each.lastAt === before(7) ? { ...each, askedAt: before(7) } : each)),
      { slot: 5, count: 1, firstAt: before(0), present: 5 },
    ],
  ])("%s", (_, all, { present, ...expected }) => {
    const placed = place(about(), all, NOW);
    expect(placed.next).toMatchObject({ ...about(), ...expected, lastAt: NOW.toISOString() });
    expect(placed.present?.slot ?? null).toBe(present);
    expect(placed.next.rev).not.toBe(placed.present?.rev);
  });

  it("has no row within a minute after any process has stored the same one, but for a request", () => {
    for (const ageMs of [0, MINUTE_MS - 1, 1 - MINUTE_MS]) {
      const all = [stored(7, "jane", ageMs)];
      expect(placeOf(about(), all, NOW)).toBeNull();
      const asked = place(about(), all, NOW, before(0));
      expect(asked.next).toMatchObject({ slot: 7, askedAt: before(0) });
      const later = new Date(NOW.getTime() + MINUTE_MS);
      expect(place(about(), [asked.next], later).next.askedAt).toBe(before(0));
    }
  });

  it.each<[string, Partial<RefusalAbout>]>([
    ["connection", { connection: null }],
    ["address", { email: address("joe@acme.example") }],
    ["address, which is not shown", { email: null }],
    ["reason", { reason: "IDENTITY_BLOCKED" }],
  ])("is another one for another %s", (_, change) => {
    const { next } = place({ ...about(), ...change }, [stored(0, "jane", 1)], NOW);
    expect(next).toMatchObject({ slot: 1, count: 1 });
  });

  it("is one of 50, whatever comes", () => {
    let all: RecentRefusal[] = [];
    for (let n = 0; n < 120; n += 1) {
      const { next } = place(about(`n${n}`), all, new Date(NOW.getTime() + n));
      all = [...all.filter(({ slot }) => slot !== next.slot), next];
    }
    expect(all.map(({ slot }) => slot).sort((a, b) => a - b)).toEqual([...Array(MAX_REFUSALS).keys()]);
    expect(all.map(({ email }) => email)).toContain("n119@acme.example");
    expect(all.map(({ email }) => email)).not.toContain("n69@acme.example");
  });

  it("is past after 14 days", () => {
    expect(isPastRefusal({ lastAt: before(14 * DAY_MS) }, NOW)).toBe(true);
    expect(isPastRefusal({ lastAt: before(14 * DAY_MS - 1) }, NOW)).toBe(false);
  });
});
