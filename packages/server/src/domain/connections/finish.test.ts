import { beforeEach, expect, it, vi } from "vitest";
import { ConnectionWorld, outage } from "../testing/connection-world.ts";
import { ACME } from "../testing/people.ts";
import { reasonOf } from "../testing/standings.ts";

let world: ConnectionWorld;
beforeEach(() => {
  world = new ConnectionWorld();
});

const begin = () => world.begin();
const get = (name: string) => world.get(name);
const withoutAuth0 = () => ({ ports: { ...world.ports, auth0: null } });
const isRevoked = () => world.auth0.tickets.get("ticket-canary-1")?.revoked;

/** A set-up that Auth0 has all of, and whose ticket it does not end. */
async function withOpenTicket() {
  const { name } = await begin();
  world.auth0.finishWizards();
  return { name, down: vi.spyOn(world.auth0, "revokeTicket").mockImplementation(outage) };
}

it("T8B: a connection is enabled only after its ticket has ended, which Auth0 is asked for once in 5 s", async () => {
  const { name, down } = await withOpenTicket();
  expect(await reasonOf(get(name))).toBe("AUTH0_UNAVAILABLE");
  world.later(4_999);
  for (let polls = 0; polls < 3; polls += 1) expect((await get(name)).state).toBe("pending");
  expect(down).toHaveBeenCalledTimes(1);
  expect((await world.list()).find((each) => each.name === name)?.state).toBe("pending");
  expect(await reasonOf(begin())).toBe("CONFLICT");
  expect([world.stored(name), world.setup?.ticketId]).toEqual([undefined, "ticket-canary-1"]);
  down.mockRestore();
  world.later(1);
  expect((await get(name)).state).toBe("enabled");
  expect([isRevoked(), world.setup]).toEqual([true, null]);
});

it.each([
  ["the common endpoint", { strategy: "waad", isCommonEndpoint: true }, "commonEndpoint"],
  ["a password database", { strategy: "auth0" }, "strategy"],
  ["not enabled for our applications", { isEnabledForClients: false }, "clients"],
])(
  "T8B: a connection that becomes %s until its ticket has ended waits, and the next one takes its place",
  async (_, change, waitingFor) => {
    const { name } = await begin();
    world.later(5_000);
    world.auth0.finishWizards();
    const revoke = world.auth0.revokeTicket.bind(world.auth0);
    vi.spyOn(world.auth0, "revokeTicket").mockImplementationOnce(async (ticketId) => {
      world.auth0.finishWizards(change);
      return revoke(ticketId);
    });
    expect(await get(name)).toMatchObject({ state: "pending", waitingFor });
    expect([world.stored(name), world.setup?.ticketId, isRevoked()]).toEqual([undefined, null, true]);
    expect(world.setup?.name).not.toBe((await begin()).name);
  },
);

it("T8B: a connection that becomes another one until its ticket has ended is stored as that one", async () => {
  const { name } = await begin();
  world.auth0.finishWizards();
  vi.spyOn(world.auth0, "revokeTicket").mockImplementationOnce(async () => {
    const present = world.auth0.connections.get(name) ?? expect.fail("it exists");
    world.auth0.connections.set(name, { ...present, id: "con_another", strategy: "samlp" });
  });
  expect((await get(name)).state).toBe("enabled");
  expect(world.stored(name)).toMatchObject({ auth0Id: "con_another", strategy: "samlp" });
});

it("a set-up that changes while Auth0 is asked is not enabled by what was seen before", async () => {
  const { name } = await begin();
  world.auth0.finishWizards();
  const { connections } = world.stores;
  vi.spyOn(world.auth0, "isEnabledForOrganization").mockImplementationOnce(async () => {
    connections.setups.set(ACME, { ...(world.setup ?? expect.fail()), rev: "changed" });
    return true;
  });
  expect((await get(name)).state).toBe("pending");
  world.later(5_000);
  expect((await get(name)).state).toBe("enabled");
});

it.each([
  ["removed while Auth0 is down", (name: string) => reasonOf(world.remove(name))],
  ["removed where Auth0 is not configured", (name: string) => world.remove(name, withoutAuth0())],
])("T8B: a set-up %s lets no other one begin until its ticket has ended", async (_, end) => {
  const { name, down } = await withOpenTicket();
  await end(name);
  expect(await reasonOf(begin())).toBe("AUTH0_UNAVAILABLE");
  expect(world.setup?.ticketId).toBe("ticket-canary-1");
  down.mockRestore();
  expect(await reasonOf(begin())).toBe("done");
  expect(isRevoked()).toBe(true);
  expect(world.auth0.uses(world.acme.auth0OrgId ?? "", `con_${name}`)).toBe(false);
});
