import { beforeEach, expect, it, vi } from "vitest";
import { Refusal } from "../refusal.ts";
import { ConnectionWorld } from "../testing/connection-world.ts";
import { ACME, UNBOUNDED } from "../testing/people.ts";
import { janeAs, reasonOf } from "../testing/standings.ts";
import { beginConnection } from "./connection-begin.ts";
import { removeConnection } from "./connection-remove.ts";
import { getConnection, listConnections } from "./connections.ts";

const OWNER = await janeAs("owner");
const SIX_HOURS_MS = 6 * 3_600_000;

let world: ConnectionWorld;
beforeEach(() => {
  world = new ConnectionWorld();
});

const begin = () => beginConnection(OWNER, "Acme Okta", world.ports, UNBOUNDED);
const get = (name: string) => getConnection(OWNER, name, world.ports, UNBOUNDED);
const list = () => listConnections(OWNER, world.ports, UNBOUNDED);
const remove = (name: string, ports = world.ports) => removeConnection(OWNER, name, ports, UNBOUNDED);
const isRevoked = () => world.auth0.tickets.get("ticket-canary-1")?.revoked;
const outage = async () => {
  throw new Refusal("AUTH0_UNAVAILABLE", "an outage");
};

/** A set-up that Auth0 has all of, and whose ticket it does not end. */
async function withOpenTicket() {
  const { name } = await begin();
  world.auth0.finishWizards();
  return { name, down: vi.spyOn(world.auth0, "revokeTicket").mockImplementation(outage) };
}

const ENDS: Readonly<Record<string, (name: string) => Promise<unknown>>> = {
  get: (name) => get(name),
  list: () => list(),
  begin: () => begin(),
  remove: (name) => remove(name),
};
it.each(Object.entries(ENDS))(
  "T8B: a connection is enabled while Auth0 does not end its ticket, whose id is kept until %s ends it",
  async (_, end) => {
    const { name, down } = await withOpenTicket();
    expect((await get(name)).state).toBe("enabled");
    expect((await list()).filter((each) => each.name === name)).toHaveLength(1);
    expect(await reasonOf(begin())).toBe("AUTH0_UNAVAILABLE");
    expect(world.setup?.ticketId).toBe("ticket-canary-1");
    down.mockRestore();
    world.later(5_000);
    await end(name);
    expect(isRevoked()).toBe(true);
    expect(world.setup?.name).not.toBe(name);
  },
);

it("T8B: one list in 5 s asks Auth0 again to end a ticket, and nothing does after six hours", async () => {
  const { name, down } = await withOpenTicket();
  expect((await get(name)).state).toBe("enabled");
  for (const [afterMs, calls] of [
    [4_999, 1],
    [1, 2],
    [1, 2],
  ] as const) {
    world.later(afterMs);
    await list();
    expect(down).toHaveBeenCalledTimes(calls);
  }
  world.later(SIX_HOURS_MS);
  expect(await reasonOf(begin())).toBe("done");
  expect(down).toHaveBeenCalledTimes(2);
});

it.each([
  ["removed while Auth0 is down", async (name: string) => void (await reasonOf(remove(name)))],
  ["removed where Auth0 is not configured", (name: string) => remove(name, { ...world.ports, auth0: null })],
])("T8B: a set-up %s lets no other one begin until its ticket has ended", async (_, end) => {
  const { name, down } = await withOpenTicket();
  await end(name);
  expect(await reasonOf(begin())).toBe("AUTH0_UNAVAILABLE");
  expect(world.setup?.ticketId).toBe("ticket-canary-1");
  down.mockRestore();
  expect(await reasonOf(begin())).toBe("done");
  expect(isRevoked()).toBe(true);
  const { auth0OrgId } = (await world.stores.organizations.find(ACME)) ?? expect.fail("Acme is stored");
  expect(world.auth0.uses(auth0OrgId ?? "", `con_${name}`)).toBe(false);
});
