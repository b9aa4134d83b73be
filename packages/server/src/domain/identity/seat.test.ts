import { beforeEach, describe, expect, it, vi } from "vitest";
import { type MemoryIdentities, seatKeyOf } from "../../memory/identities.ts";
import { loginIdOf } from "../subject-key.ts";
import { BY_PASSWORD, type MemoryPorts, memoryPorts, NOW, resolver } from "../testing/memory-ports.ts";
import {
  ACME,
  claims,
  ENTRA,
  held,
  JANE,
  JOE,
  link,
  relinkWindow,
  SEAT,
  UNBOUNDED,
} from "../testing/people.ts";
import type { VerifiedClaims } from "../token/claims.ts";
import type { Trace } from "../trace.ts";
import type { UserId } from "../user-id.ts";
import type { IdentityRules } from "./resolve-identity.ts";
import type { TakenSeats } from "./seat.ts";
import { MAILBOX } from "./speakers.ts";

const CONFLICT = { reason: "IDENTITY_CONFLICT" };
const WINDOW = relinkWindow({ openedAt: "2026-11-26T00:00:00.000Z" });
const HELD = { ...CONFLICT, message: expect.stringContaining("holds the user's seat") };
const RIVALS = Array.from({ length: 25 }, (_, n) => `waad|rival-${n}`);

let ports: MemoryPorts;
let signIn: ReturnType<typeof process>;
/** How often the directory was asked, and whom it names. */
let asked: number;
let named: { userId: UserId; created: boolean };
beforeEach(() => {
  asked = 0;
  named = { userId: JANE, created: false };
  ports = memoryPorts();
  signIn = process(ports);
});

function process(ports: MemoryPorts, overrides: Parameters<typeof resolver>[1] = {}) {
  const ensureUser = async () => {
    asked += 1;
    const answer = named;
    await new Promise(setImmediate);
    return answer;
  };
  const resolve = resolver(ports, { directory: { ensureUser }, ...overrides });
  return (subject: string, overrides: Partial<VerifiedClaims> = {}) =>
    resolve(claims({ subject, ...overrides }), UNBOUNDED);
}

/** Jane's seat is taken by the subject of {@link link}, and the process knows it. */
async function taken(): Promise<void> {
  await signIn("waad|old");
  asked = 0;
}

describe("a mailbox whose seat is taken", () => {
  it("T8P: costs one call of the directory, however many new subjects come after the holder", async () => {
    await signIn("waad|old");
    for (const rival of RIVALS) await expect(signIn(rival)).rejects.toMatchObject(HELD);
    expect(asked).toBe(1);
    const about = {
      action: "identity-conflict",
      rule: "seat",
      organizationId: ACME,
      via: "console",
      at: NOW,
    };
    const conflict = { ...about, ...SEAT, holder: "waad|old" };
    expect(ports.identities.entries.slice(1)).toMatchObject(
      RIVALS.map((subject) => ({ ...conflict, subject })),
    );
  });

  it("T8P: costs one call of the directory if the process has not seen it, also for many at once", async () => {
    await ports.identities.create(link());
    await ports.identities.takeSeat(SEAT, "waad|old");
    const outcomes = await Promise.allSettled(RIVALS.map((rival) => signIn(rival)));
    expect(outcomes).toMatchObject(RIVALS.map(() => ({ status: "rejected", reason: HELD })));
    for (const rival of RIVALS) await expect(signIn(rival)).rejects.toMatchObject(HELD);
    expect(asked).toBe(1);
  });

  it.each([
    ["and the process knows it", true, []],
    ["and the process has not seen it", false, ["user", "blocked", "revocation", "speakers"]],
  ])("is refused by the rule of the seat, which says what it saw, %s", async (_, isKnown, before) => {
    await taken();
    const seen: [string, unknown][] = [];
    const rule: Trace<IdentityRules>["rule"] = (name, facts, check) => {
      seen.push([name, facts]);
      return check();
    };
    const options = isKnown ? {} : { takenSeats: { find: () => null, add() {} } };
    const refused = resolver(ports, options)(claims({ subject: "waad|new" }), UNBOUNDED, { rule });
    await expect(refused).rejects.toMatchObject(HELD);
    const rules = ["person", "connection", "address", "revocation", "first login", ...before, "seat"];
    expect(seen.map(([name]) => name)).toEqual(rules);
    expect(seen.at(-1)?.[1]).toEqual({
      found: held("waad|old", { rev: expect.any(String) }),
      subject: "waad|new",
      gaveWay: false,
    });
  });

  it("answers IDENTITY_BLOCKED for a blocked user, as the directory's answer would", async () => {
    await taken();
    ports.identities.blocked.add(JANE);
    await expect(signIn("waad|new")).rejects.toMatchObject({ reason: "IDENTITY_BLOCKED" });
    expect([asked, ports.identities.entries.length]).toEqual([0, 1]);
  });

  it.each<[string, (identities: MemoryIdentities) => unknown]>([
    ["is free", (identities) => identities.seats.delete(seatKeyOf(SEAT))],
    ["is the new subject's", (identities) => identities.takeSeat(SEAT, "waad|new")],
    ["has a holder who is another user", (identities) => identities.create(link({ userId: JOE }))],
    ["has a relink window", async (identities) => identities.opened.set(ENTRA.name, WINDOW)],
  ])("is judged by the directory again once its seat %s", async (what, change) => {
    await taken();
    if (what !== "has a relink window") ports.identities.links.delete(loginIdOf(link()));
    await change(ports.identities);
    signIn = process({ ...ports, now: () => new Date("2026-11-27T00:00:00.000Z") });
    expect(await signIn("waad|new")).toMatchObject({ userId: JANE });
    expect([asked, ports.identities.linkedTo(JANE)]).toEqual([1, ["waad|new"]]);
  });

  it("lets no one in: whose the mailbox is by now, the directory says", async () => {
    await taken();
    ports.identities.seats.delete(seatKeyOf(SEAT));
    named = { userId: JOE, created: true };
    expect(await signIn("waad|new")).toMatchObject({ userId: JOE });
    expect(ports.identities.linkedTo(JOE)).toEqual(["waad|new"]);
    // From now on it is Joe's seat that is seen.
    await expect(signIn("waad|newer")).rejects.toMatchObject(HELD);
    expect([asked, ports.identities.entries.at(-1)]).toMatchObject([1, { userId: JOE, holder: "waad|new" }]);
  });

  it("lets no one in: whose the mailbox is, the directory says to each login, also to those at once", async () => {
    vi.spyOn(ports.transactions, "commit").mockImplementationOnce(async () => {
      throw new Error("the store failed");
    });
    const first = signIn("waad|old");
    while (asked === 0) await Promise.resolve();
    named = { userId: JOE, created: true }; // the first login is being told Jane
    const second = signIn("waad|new");
    await expect(first).rejects.toThrow("the store failed");
    expect(await second).toMatchObject({ userId: JOE });
    expect(await signIn("waad|new")).toMatchObject({ userId: JOE });
  });

  it.each<[string, Partial<VerifiedClaims>]>([
    ["another connection", { ...BY_PASSWORD }],
    ["another tenant", { tenant: "test" }],
  ])("refuses no login through %s", async (_, overrides) => {
    await taken();
    expect(await signIn("auth0|new", { ...overrides, subject: "auth0|new" })).toMatchObject({ userId: JANE });
    expect(asked).toBe(1);
  });

  it("refuses no login whose signed user id is another user's", async () => {
    await taken();
    expect(await signIn("waad|new", { userId: JOE })).toMatchObject({ userId: JOE });
  });

  it("is not seen by a signed user id, which is not what the directory said", async () => {
    await signIn("waad|joe", { userId: JOE });
    expect(await signIn("waad|new")).toMatchObject({ userId: JANE });
    expect(asked).toBe(1);
  });
});

describe("logins of one new mailbox at once", () => {
  it("link one of them, after one call of the directory", async () => {
    const outcomes = await Promise.allSettled(["waad|a", "waad|b"].map((subject) => signIn(subject)));
    expect(outcomes.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
    expect([asked, ports.identities.spoken.get(JANE)]).toMatchObject([1, { by: MAILBOX, sso: ACME }]);
  });

  it("T8P: cost one call again after the process has forgotten whose the seat is", async () => {
    await ports.identities.create(link());
    await ports.identities.takeSeat(SEAT, "waad|old");
    const known = new Map<string, UserId>();
    const takenSeats: TakenSeats = {
      find: (mailbox) => known.get(JSON.stringify(mailbox)) ?? null,
      add: (mailbox, userId) => known.set(JSON.stringify(mailbox), userId),
    };
    signIn = process(ports, { takenSeats });
    for (const calls of [1, 2]) {
      known.clear();
      await Promise.allSettled(RIVALS.map((rival) => signIn(rival)));
      expect(asked).toBe(calls);
    }
  });

  it("are refused as in an outage of the directory if they end before the one they wait for", async () => {
    const { promise: held, resolve: release } = Promise.withResolvers<typeof named>();
    const resolve = resolver(ports, { directory: { ensureUser: () => held } });
    const first = resolve(claims({ subject: "waad|a" }), UNBOUNDED);
    const caller = new AbortController();
    const second = resolve(claims({ subject: "waad|b" }), caller.signal);
    const refused = expect(second).rejects.toMatchObject({
      reason: "DIRECTORY_UNAVAILABLE",
      message: expect.stringContaining("another first login of the mailbox"),
    });
    for (let times = 0; times < 20; times += 1) await Promise.resolve();
    caller.abort(new Error("the deadline"));
    await refused;
    release(named);
    expect(await first).toMatchObject({ userId: JANE });
  });
});
