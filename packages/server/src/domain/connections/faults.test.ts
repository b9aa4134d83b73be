import fc from "fast-check";
import { describe, expect, it, vi } from "vitest";
import type { Stores } from "../operators/administration.ts";
import { Refusal } from "../refusal.ts";
import { ConnectionWorld } from "../testing/connection-world.ts";
import { Crash, FAULTS, type Fault, faultyPorts } from "../testing/faulty-ports.ts";
import { ENTRA } from "../testing/people.ts";
import { reasonOf } from "../testing/standings.ts";

/** Two thousand sequences take a few seconds on a busy machine. */
const SLOW = { timeout: 60_000 };

const OPERATIONS = ["begin", "get", "remove", "finish wizards", "five seconds", "six hours"] as const;
interface Step {
  readonly operation: (typeof OPERATIONS)[number];
  /** Which of the known names, from the newest on. */
  readonly which: number;
  readonly fault: Fault | null;
  /** Whether another process makes the same call at the same time. */
  readonly twice: boolean;
}

/** What is known of the names that were given out. */
interface History {
  readonly names: string[];
  readonly removed: Set<string>;
  /** When each ticket ends by itself whose URL was given out. */
  readonly tickets: Map<string, number>;
}

const SIX_HOURS_MS = 6 * 3_600_000;

async function call({ operation, which }: Step, world: ConnectionWorld, history: History, ports: Stores) {
  const name = history.names.at(-1 - (which % Math.max(history.names.length, 1)));
  switch (operation) {
    case "begin": {
      const endsAt = ports.now().getTime() + SIX_HOURS_MS;
      const { name: begun, setupUrl } = await world.begin(ports);
      history.names.push(begun);
      history.tickets.set(new URL(setupUrl).searchParams.get("ticket") ?? "", endsAt);
      break;
    }
    case "get":
      if (name !== undefined) await world.get(name, { ports });
      break;
    case "remove":
      if (name === undefined) break;
      await world.remove(name, { ports });
      history.removed.add(name);
      break;
    case "finish wizards":
      world.auth0.finishWizards();
      break;
    case "five seconds":
      world.later(5_000);
      break;
    case "six hours":
      world.later(SIX_HOURS_MS);
  }
}

/** Only what a client may see, or the end of the process. */
function allowed(error: unknown): void {
  const isKnown = error instanceof Crash || error instanceof Refusal;
  if (!isKnown || (error instanceof Refusal && error.reason === "INTERNAL")) throw error;
  expect(JSON.stringify([error.message, error instanceof Refusal && error.hint])).not.toContain("canary");
}

const enabledIn = ({ stores }: ConnectionWorld) =>
  [...stores.connections.connections.values()].filter(({ state }) => state === "enabled");

/** Each entry that a connection is enabled or removed, the last one of each. */
function actionsOf({ stores }: ConnectionWorld): string[] {
  const ends = ["connection-enabled", "connection-removed"];
  const entries = stores.identities.entries.filter(({ action }) => ends.includes(action));
  const last = new Map(entries.map(({ connection, action }) => [connection, `${action} ${connection}`]));
  expect(new Set(entries.map(({ action, connection }) => `${action} ${connection}`)).size).toBe(
    entries.length,
  );
  return [...last.values()].sort();
}

/** What the entries must say of what is stored. */
function storedIn({ stores }: ConnectionWorld): string[] {
  const stored = [...stores.connections.connections.values()];
  return stored.map(({ name, state }) => `connection-${state} ${name}`).sort();
}

/** What must hold after every call: each change is whole, and has its entry once. */
function check(world: ConnectionWorld, { removed, tickets }: History): void {
  for (const [ticketId, endsAt] of tickets) {
    const isOpen =
      world.auth0.tickets.get(ticketId)?.revoked === false && Date.parse(world.stores.time) < endsAt;
    if (!isOpen) continue;
    expect(world.setup?.ticketId).toBe(ticketId);
    expect(enabledIn(world).map(({ name }) => name)).not.toContain(world.setup?.name);
  }
  for (const { name } of enabledIn(world)) {
    expect(world.names).toContain(name);
    expect(world.setup?.name).not.toBe(name);
    expect(removed.has(name)).toBe(false);
    expect(world.auth0.isComplete(name)).toBe(true);
  }
  expect(actionsOf(world)).toEqual(storedIn(world));
  expect(world.auth0.organizations.size).toBeLessThanOrEqual(1);
  const { identities, connections } = world.stores;
  const setups = [...connections.setups.values()].map((setup) => ({ ...setup, ticketId: null }));
  const kept = [identities.entries, [...connections.connections.values()], setups, world.stores.audited];
  expect(JSON.stringify(kept)).not.toMatch(/canary|https:/);
}

async function play(steps: readonly Step[]): Promise<void> {
  const world = new ConnectionWorld();
  const history: History = { names: [], removed: new Set(), tickets: new Map() };
  for (const step of steps) {
    const processes = [
      faultyPorts(world.ports, step.fault),
      ...(step.twice ? [faultyPorts(world.ports)] : []),
    ];
    await Promise.all(processes.map(({ ports }) => call(step, world, history, ports).catch(allowed)));
    if (world.setup !== null && !history.names.includes(world.setup.name))
      history.names.push(world.setup.name);
    check(world, history);
  }
  await settle(world, history);
}

/** Without faults everything can be repeated until it is whole. */
async function settle(world: ConnectionWorld, { names, removed }: History): Promise<void> {
  world.auth0.finishWizards();
  world.later(5_000);
  for (const name of removed) expect(await reasonOf(world.remove(name))).toBe("done");
  for (const name of names) {
    const stored = world.stored(name);
    const isThere = stored === undefined ? world.setup?.name === name : stored.state !== "removed";
    expect(await reasonOf(world.get(name))).toBe(isThere ? "done" : "NOT_FOUND");
  }
  const listed = (await world.list()).map(({ name }) => name);
  const auth0OrgId = world.acme.auth0OrgId ?? "";
  for (const { name } of world.stores.connections.connections.values()) {
    if (world.stored(name)?.state === "enabled") expect(listed).toContain(name);
    else if (removed.has(name)) {
      expect(listed).not.toContain(name);
      expect(world.auth0.uses(auth0OrgId, `con_${name}`)).toBe(false);
    }
  }
  if (world.setup !== null) {
    expect(await reasonOf(world.remove(world.setup.name))).toBe("done");
    expect(world.setup).toBeNull();
  }
  expect(await reasonOf(world.begin())).toMatch(/done|LIMIT_REACHED/);
}

const steps = fc.array(
  fc.record({
    operation: fc.constantFrom(...OPERATIONS, "get", "remove"),
    which: fc.nat(3),
    fault: fc.option(fc.record({ at: fc.nat(16), kind: fc.constantFrom(...FAULTS) }), { nil: null }),
    twice: fc.boolean(),
  } as const),
  { minLength: 1, maxLength: 14 },
);

describe("beginning, finishing and removing connections", () => {
  it(
    "T8B: keeps its word, forgets no open ticket and enables nothing beside one in any sequence with faults, and can always be repeated",
    SLOW,
    async () => {
      await fc.assert(fc.asyncProperty(steps, play), { numRuns: 2_000 });
    },
  );

  const flow = ["begin", "finish wizards", "five seconds", "get", "remove"] as const;
  it.each(["begin", "get", "remove"] as const)("survives each fault at each call of %s", async (faulty) => {
    const without = flow.map((operation) => ({ operation, which: 0, fault: null, twice: false }));
    for (let at = 0; at < 20; at += 1) {
      for (const kind of FAULTS) {
        const fault = { at, kind };
        await play(without.map((step) => (step.operation === faulty ? { ...step, fault } : step)));
        // Removed before it was finished, and repeated at once.
        const cut = without.filter(({ operation }) => operation !== "get");
        const twice = cut.flatMap((step) =>
          step.operation === faulty ? [{ ...step, fault }, step] : [step],
        );
        await play(twice);
      }
    }
  });

  it("enables nothing that was removed while Auth0 was asked", async () => {
    const world = new ConnectionWorld();
    const { name } = await world.begin();
    world.auth0.finishWizards();
    world.later(5_000);
    const asked = Promise.withResolvers<void>();
    const answered = Promise.withResolvers<void>();
    vi.spyOn(world.auth0, "isEnabledForOrganization").mockImplementationOnce(async () => {
      asked.resolve();
      await answered.promise;
      return true;
    });
    const finishing = reasonOf(world.get(name));
    await asked.promise;
    await world.remove(name);
    answered.resolve();
    expect(await finishing).toBe("NOT_FOUND");
    expect([world.stored(name)?.state, world.setup, world.names]).toEqual(["removed", null, [ENTRA.name]]);
  });
});
