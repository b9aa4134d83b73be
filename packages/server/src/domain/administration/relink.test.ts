import { beforeEach, describe, expect, it } from "vitest";
import type { IdentityLink } from "../identity/identity-link.ts";
import type { Connection } from "../organization.ts";
import { MemoryIdentities } from "../testing/memory-identities.ts";
import { ACME, ENTRA, GLOBEX, held, JANE, JOE, link, SEAT, UNBOUNDED } from "../testing/people.ts";
import { planRelink, RelinkInterrupted, relink, unlink } from "./relink.ts";

const NOW = "2026-11-25T00:00:00.000Z";
const NEW = "waad|new";

let identities: MemoryIdentities;
beforeEach(() => {
  identities = new MemoryIdentities();
});

async function seated(...links: readonly IdentityLink[]): Promise<void> {
  for (const each of links) {
    await identities.takeSeat(each, each.subject);
    await identities.create(each);
  }
}

/** Whether a relink or an unlink is complete. */
const outcomeOf = (change: Promise<void>) =>
  change.then(
    () => "complete",
    (error: unknown) => {
      if (error instanceof RelinkInterrupted) return "interrupted";
      throw error;
    },
  );

async function relinkNew(connection: Connection | null = ENTRA) {
  const plan = await planRelink({ seat: SEAT, subject: NEW, connection }, identities, UNBOUNDED);
  if (plan.done) return "done";
  return outcomeOf(relink(plan, { registry: identities, now: () => new Date(NOW) }, UNBOUNDED));
}

const NEWS = link({ subject: NEW, organizationId: ACME, email: null, rule: "operator", linkedAt: NOW });
const JOES = link({ subject: NEW, userId: JOE, linkedAt: "2026-11-02T00:00:00.000Z" });

/** What may be there before, and how many writes it takes from there. */
const BEFORE: readonly (readonly [string, readonly IdentityLink[], number])[] = [
  ["nobody holds the seat", [], 2],
  ["the old subject holds it", [link()], 3],
  ["the new one is somebody else", [link(), JOES], 5],
  ["the new one is somebody else on another connection", [link(), { ...JOES, connection: "acme-okta" }], 5],
  ["a third subject is linked without the seat", [link(), link({ subject: "waad|third" })], 4],
  ["the connection has moved since", [link({ subject: NEW, organizationId: GLOBEX })], 2],
];

describe("a relink", () => {
  const crashes = BEFORE.flatMap(([name, links, writes]) =>
    Array.from({ length: writes + 1 }, (_, after) => [name, after, links] as const),
  );
  it.each(crashes)(
    "where %s, stopped after write %i, leaves one subject at most, and run again is complete",
    async (_, after, links) => {
      await seated(...links);
      const linkedBefore = identities.mostLinked;
      identities.crashAfter(after);
      await relinkNew().catch(() => {});
      identities.recover();
      await relinkNew();
      expect(identities.linkedTo(JANE)).toEqual([NEW]);
      expect(identities.links.get(JSON.stringify(["default", NEW]))).toEqual(NEWS);
      expect([...identities.seats.values()]).toMatchObject([{ ...SEAT, subject: NEW, takenOverAt: null }]);
      expect(identities.mostLinked).toBe(Math.max(1, linkedBefore));
      expect(await relinkNew()).toBe("done");
    },
  );

  it.each([0, 1, 2, 3])("stopped after write %i is complete though the index lags behind", async (after) => {
    await seated(link());
    identities.lagging = true;
    identities.crashAfter(after);
    await relinkNew().catch(() => {});
    identities.recover();
    await relinkNew();
    expect([identities.linkedTo(JANE), identities.mostLinked]).toEqual([[NEW], 1]);
  });

  it("is undone when the subject was linked to another user meanwhile", async () => {
    const plan = await planRelink({ seat: SEAT, subject: NEW, connection: ENTRA }, identities, UNBOUNDED);
    await seated(JOES);
    const ports = { registry: identities, now: () => new Date(NOW) };
    expect(await outcomeOf(relink(plan, ports, UNBOUNDED))).toBe("interrupted");
    expect(identities.linkedTo(JOE)).toEqual([NEW]);
    expect(await relinkNew()).toBe("complete");
    expect(identities.linkedTo(JOE)).toEqual([]);
  });

  it("gives way if a login takes the seat just before the link is created", async () => {
    await identities.takeSeat(SEAT, NEW);
    const create = identities.create.bind(identities);
    identities.create = async (made) => {
      if (made.subject === NEW) {
        await identities.takeOverSeat(held(NEW), { subject: "waad|fast", takenOverAt: null });
        await create(link({ subject: "waad|fast" }));
      }
      return create(made);
    };
    expect(await relinkNew()).toBe("interrupted");
    expect(identities.linkedTo(JANE)).toEqual(["waad|fast"]);
  });

  it("finishes an interrupted take-over first", async () => {
    await seated(link());
    await identities.takeOverSeat(held("waad|old"), { subject: "waad|half", takenOverAt: null });
    identities.lagging = true;
    expect(await relinkNew()).toBe("complete");
    expect([identities.linkedTo(JANE), identities.mostLinked]).toEqual([[NEW], 1]);
  });

  it("needs no registered connection, so a password's seat can be relinked too", async () => {
    await seated(link({ organizationId: null }));
    expect(await relinkNew(null)).toBe("complete");
    expect(await identities.find(NEWS)).toEqual({ ...NEWS, organizationId: null });
  });
});

describe("after an interrupted take-over", () => {
  const OLDS = link({ subject: "waad|old" });
  beforeEach(async () => {
    await seated(OLDS);
    await identities.takeOverSeat(held("waad|old"), { subject: NEW, takenOverAt: NOW });
  });
  const unlinkNew = async () => unlink(NEWS, await identities.find(NEWS), identities, UNBOUNDED);
  const moveToJoe = async () => {
    const seat = { ...SEAT, userId: JOE };
    const plan = await planRelink({ seat, subject: NEW, connection: ENTRA }, identities, UNBOUNDED);
    return relink(plan, { registry: identities, now: () => new Date(NOW) }, UNBOUNDED);
  };

  it.each([
    ["an unlink", unlinkNew, false],
    ["an unlink of what has been linked since", unlinkNew, true],
    ["a relink to somebody else", moveToJoe, false],
  ] as const)("%s leaves nobody linked without the seat", async (_, change, isLinked) => {
    if (isLinked) await identities.create(NEWS);
    for (const after of [0, 1, 2, 3]) {
      identities.crashAfter(after);
      await change().catch(() => {});
      identities.recover();
      if ((await identities.findSeat(SEAT)) === null) expect(identities.linkedTo(JANE)).toEqual([]);
    }
    await change();
    expect([identities.linkedTo(JANE), await identities.findSeat(SEAT)]).toEqual([[], null]);
  });
});

describe("an unlink", () => {
  it.each([0, 1, 2])("stopped after write %i never leaves a link without its seat", async (after) => {
    await seated(link(), link({ subject: "waad|joe", userId: JOE }));
    const run = async () => unlink(link(), await identities.find(link()), identities, UNBOUNDED);
    identities.crashAfter(after);
    await run().catch(() => {});
    identities.recover();
    if (identities.linkedTo(JANE).length > 0)
      expect(await identities.findSeat(SEAT)).toEqual(held("waad|old"));
    expect(await outcomeOf(run())).toBe("complete");
    expect(identities.linkedTo(JANE)).toEqual([]);
    expect([...identities.seats.values()].map(({ userId }) => userId)).toEqual([JOE]);
  });

  it("leaves a seat that another subject has taken over, and a link that has changed meanwhile", async () => {
    await seated(link());
    await identities.takeOverSeat(held("waad|old"), { subject: NEW, takenOverAt: null });
    expect(await outcomeOf(unlink(link(), link(), identities, UNBOUNDED))).toBe("complete");
    expect(await identities.findSeat(SEAT)).toMatchObject({ subject: NEW });
    await identities.create(link({ userId: JOE }));
    expect(await outcomeOf(unlink(link(), link(), identities, UNBOUNDED))).toBe("interrupted");
    expect(identities.linkedTo(JOE)).toEqual(["waad|old"]);
  });
});
