import { beforeEach, describe, expect, it, onTestFinished, vi } from "vitest";
import { MemoryAuth0 } from "../../memory/auth0.ts";
import { MemoryOrganizations } from "../../memory/organizations.ts";
import { type OrganizationId, parseOrganizationId } from "../organization.ts";
import { Refusal } from "../refusal.ts";
import { ConnectionWorld } from "../testing/connection-world.ts";
import { FAULTS, faultyPorts } from "../testing/faulty-ports.ts";
import { MemoryAdministration } from "../testing/memory-administration.ts";
import { ACME, acmeAlone, GLOBEX, organization, UNBOUNDED } from "../testing/people.ts";
import { janeAs, operator, reasonOf } from "../testing/standings.ts";
import { beginConnection } from "./begin.ts";
import { listConnections } from "./connections.ts";
import { getConnection } from "./finish.ts";
import { auth0NameOf, newConnectionName } from "./name.ts";
import type { Auth0Tenant } from "./setup.ts";

let world: ConnectionWorld;
beforeEach(() => {
  world = new ConnectionWorld();
});

const OWNER = await janeAs("owner");
const begin = (ports = world.ports, displayName = "Acme Okta") =>
  beginConnection(OWNER, displayName, ports, UNBOUNDED);
const list = () => listConnections(OWNER, world.ports, UNBOUNDED);
const SIX_HOURS_MS = 6 * 3_600_000;

describe("beginning a connection", () => {
  it("answers the wizard's URL, stores a set-up and no connection, and is audited", async () => {
    const begun = await begin();
    expect(begun).toEqual({
      name: expect.stringMatching(/^acme-[a-z0-9]{8}$/),
      strategy: null,
      displayName: "Acme Okta",
      state: "pending",
      waitingFor: null,
      testedAt: null,
      origin: "self-service",
      setupUrl: expect.stringContaining("ticket="),
      setupExpiresAt: "2026-11-25T01:00:00.000Z",
    });
    expect(world.stored(begun.name)).toBeUndefined();
    expect(world.setup).toMatchObject({ name: begun.name, ticketId: "ticket-canary-1" });
    expect(world.audited).toEqual([`${OWNER.actor} connection-begun ${begun.name}`]);
    expect((await list()).map(({ name, state }) => [name, state])).toContainEqual([begun.name, "pending"]);
  });

  it("makes the Auth0 organization once and stores it", async () => {
    await begin();
    const { auth0OrgId } = (await world.stores.organizations.find(ACME)) ?? {};
    expect([...world.auth0.organizations.values()]).toEqual([auth0OrgId]);
    world.later(SIX_HOURS_MS);
    await begin();
    expect(world.auth0.asked.filter((call) => call === "ensureOrganization")).toHaveLength(1);
    expect(world.stores.audited).toContain(`${OWNER.actor} organization-updated acme`);
  });

  it("never adopts what another organization has at Auth0", async () => {
    world.auth0.organizations.set(await auth0NameOf(ACME), "org_globex");
    world.stores.organizations.put(organization(GLOBEX, { auth0OrgId: "org_globex" }));
    expect(await reasonOf(begin())).toBe("NOT_READY");
    expect((await world.stores.organizations.find(ACME))?.auth0OrgId).toBeNull();
    expect(world.setup).toBeNull();
  });

  const unverified = () =>
    new ConnectionWorld(new MemoryAdministration(new MemoryOrganizations().put(organization(ACME))));
  const REFUSED = {
    "without Auth0": async () => ({ ...world.ports, auth0: null }),
    "without a verified domain": async () => unverified().ports,
    "while the only domain has lapsed": async () => {
      const [domain] = (await world.stores.domains.list(ACME)).domains;
      world.stores.domains.remove(domain ?? expect.fail("Acme has a domain"));
      return world.ports;
    },
  };
  it.each(Object.entries(REFUSED))("is NOT_READY %s", async (_, ports) => {
    expect(await reasonOf(begin(await ports()))).toBe("NOT_READY");
    expect(world.setup).toBeNull();
    expect(world.auth0.asked).toEqual([]);
  });

  it("is NOT_READY in a closed organization", async () => {
    const closed = acmeAlone().put(organization(ACME, { state: "closed" }));
    const by = await operator(closed);
    expect(await reasonOf(beginConnection(by, "Acme", world.ports, UNBOUNDED))).toBe("NOT_READY");
  });

  it("finds a domain that the index does not list yet", async () => {
    world.stores.domains.list = async () => ({ domains: [], claims: [] });
    expect(await reasonOf(begin())).toBe("done");
  });

  it("is CONFLICT while a set-up is pending, and after six hours replaces it and revokes its ticket", async () => {
    const first = await begin();
    await getConnection(OWNER, first.name, world.ports, UNBOUNDED);
    world.later(SIX_HOURS_MS - 1);
    expect(await reasonOf(begin())).toBe("CONFLICT");
    world.later(1);
    const second = await begin();
    expect(world.setup?.name).toBe(second.name);
    expect(world.auth0.tickets.get("ticket-canary-1")?.revoked).toBe(true);
    expect(world.audited).toContain(`system connection-removed ${first.name}`);
    expect(await reasonOf(getConnection(OWNER, first.name, world.ports, UNBOUNDED))).toBe("NOT_FOUND");
  });

  it("replaces an old set-up also while Auth0 cannot revoke its ticket", async () => {
    await begin();
    world.later(SIX_HOURS_MS);
    const revoke = async () => {
      throw new Refusal("AUTH0_UNAVAILABLE", "an outage");
    };
    vi.spyOn(world.auth0, "revokeTicket").mockImplementationOnce(revoke);
    expect(await reasonOf(begin())).toBe("done");
  });

  it("replaces a set-up that a restore has left beside its enabled connection, which stays", async () => {
    const { name } = await begin();
    const [entra] = await world.stores.connections.list(ACME);
    if (entra === undefined) expect.fail("Acme has a connection");
    world.stores.connections.begin({ ...entra, name });
    const second = await begin();
    expect([world.setup?.name, world.stored(name)?.state]).toEqual([second.name, "enabled"]);
    expect(world.audited).not.toContain(`system connection-removed ${name}`);
  });

  it("has one winner when two begin at once, and the other is CONFLICT", async () => {
    const reasons = await Promise.all([1, 2].map(() => reasonOf(begin(world.process()))));
    expect(reasons.sort()).toEqual(["CONFLICT", "done"]);
    expect(world.auth0.tickets.size).toBe(1);
  });

  it("is LIMIT_REACHED at ten connections, operators' included, and removed ones do not count", async () => {
    const { connections } = world.stores;
    const [entra] = await connections.list(ACME);
    if (entra === undefined) expect.fail("Acme has a connection");
    const put = (n: number, state: "disabled") => connections.begin({ ...entra, name: `acme-${n}`, state });
    for (let n = 1; n <= 8; n += 1) put(n, "disabled");
    connections.put({ ...entra, name: "acme-9", state: "removed" });
    expect(await reasonOf(begin())).toBe("done");
    connections.setups.delete(ACME);
    // Also where the tenth one comes at the same time.
    const { transactions } = world.stores;
    const { commit } = transactions;
    vi.spyOn(transactions, "commit").mockImplementationOnce(async (changes, signal) => {
      put(10, "disabled");
      const acme = (await world.stores.organizations.find(ACME)) ?? expect.fail("Acme is stored");
      world.stores.organizations.put({ ...acme, rev: "tenth" });
      return commit(changes, signal);
    });
    expect(await reasonOf(begin())).toBe("LIMIT_REACHED");
    expect(world.setup).toBeNull();
  });

  it("draws another name where one is taken, also by a removed connection", async () => {
    const [entra] = await world.stores.connections.list(ACME);
    if (entra === undefined) expect.fail("Acme has a connection");
    const taken = { ...entra, name: "acme-00000000", state: "removed" } as const;
    world.stores.connections.connections.set(taken.name, taken);
    const bytes = vi.spyOn(crypto, "getRandomValues");
    onTestFinished(() => bytes.mockRestore());
    bytes.mockImplementationOnce((array) => array); // 0
    bytes.mockImplementationOnce((array) => (array instanceof BigUint64Array ? array.fill(1n) : array));
    expect((await begin()).name).toBe("acme-00000001");
  });
});

describe("when a call fails while a connection begins", async () => {
  const counted = faultyPorts(new ConnectionWorld().ports);
  await begin(counted.ports);
  const auth0Calls = counted.calls.flatMap((call, at) =>
    call.startsWith("auth0.") ? [[call, at] as const] : [],
  );
  it("asks Auth0 twice, after the set-up is stored", () => {
    const stored = counted.calls.indexOf("transactions.commit");
    expect(auth0Calls.map(([call]) => call)).toEqual(["auth0.ensureOrganization", "auth0.createTicket"]);
    expect(auth0Calls.every(([, at]) => at > stored)).toBe(true);
  });

  const outages = auth0Calls.flatMap(([call, at]) =>
    (["outage before", "outage after"] as const).map((kind) => ({ call, at, kind })),
  );
  it.each(outages)("$call has an $kind: nothing is pending, and it can be repeated", async ({ at, kind }) => {
    const { ports } = faultyPorts(world.ports, { at, kind });
    expect(await reasonOf(begin(ports))).toBe("AUTH0_UNAVAILABLE");
    expect(world.setup).toBeNull();
    expect(world.audited).toEqual([]);
    expect(await reasonOf(begin())).toBe("done");
    expect(world.auth0.organizations.size).toBe(1);
  });

  const crashes = counted.calls.flatMap((call, at) => FAULTS.map((kind) => ({ call, at, kind })));
  it.each(crashes)(
    "T8A: $call, $kind: at most one set-up is left, which can be seen and makes room, without a ticket after 3 s",
    async ({ at, kind }) => {
      const { ports } = faultyPorts(world.ports, { at, kind });
      await begin(ports).catch(() => {});
      const pending = (await list()).filter(({ state }) => state === "pending");
      expect(pending.map(({ name }) => name)).toEqual(world.setup === null ? [] : [world.setup.name]);
      if (world.setup !== null) {
        world.later((world.setup.ticketId === null ? 3_000 : SIX_HOURS_MS) - 1);
        expect(await reasonOf(begin())).toBe("CONFLICT");
        world.later(1);
      }
      expect(await reasonOf(begin())).toBe("done");
      expect(world.auth0.organizations.size).toBe(1);
    },
  );

  it("T8A: takes the set-up off while Auth0 is silent, before the request's 2.7 s are over", async () => {
    const end = new AbortController();
    const timeout = vi.spyOn(AbortSignal, "timeout").mockReturnValue(end.signal);
    onTestFinished(() => timeout.mockRestore());
    const createTicket: Auth0Tenant["createTicket"] = (_, signal) =>
      new Promise((_resolve, reject) => {
        signal.addEventListener("abort", () => reject(new Refusal("AUTH0_UNAVAILABLE", "no answer")));
        end.abort();
      });
    const auth0 = Object.assign(new MemoryAuth0(), { createTicket });
    expect(await reasonOf(begin({ ...world.ports, auth0 }))).toBe("AUTH0_UNAVAILABLE");
    expect(world.setup).toBeNull();
    expect(timeout.mock.calls).toEqual([[2_200]]);
  });

  it("T8A: a call that is overtaken in those 3 s answers no URL, and revokes its ticket", async () => {
    const { createTicket } = world.auth0;
    vi.spyOn(world.auth0, "createTicket").mockImplementationOnce(async (connection) => {
      world.later(3_000);
      expect(await reasonOf(begin())).toBe("done");
      return createTicket.call(world.auth0, connection);
    });
    expect(await reasonOf(begin())).toBe("CONFLICT");
    const open = [...world.auth0.tickets].filter(([, { revoked }]) => !revoked).map(([id]) => id);
    expect(open).toEqual([world.setup?.ticketId]);
  });

  it("T8A: nothing is pending and the ticket has ended where it cannot be stored, or its audit entry", async () => {
    const at = counted.calls.lastIndexOf("transactions.commit");
    const { ports } = faultyPorts(world.ports, { at, kind: "outage before" });
    expect(await reasonOf(begin(ports))).toBe("STORE_UNAVAILABLE");
    expect(world.auth0.tickets.get("ticket-canary-1")?.revoked).toBe(true);
    expect(world.setup).toBeNull();
  });
});

describe("names", () => {
  const ids = [
    "acme",
    "a.b",
    "a-b",
    "a_b",
    "A.B",
    "A",
    "a",
    `x${".".repeat(63)}`,
    "Z".repeat(64),
    "z".repeat(64),
  ];
  it.each(ids)("are accepted by Auth0 for connections: %s", (text) => {
    expect(newConnectionName(idOf(text))).toMatch(/^[a-z0-9][a-z0-9-]{0,126}[a-z0-9]$/);
  });

  it("are accepted by Auth0 for organizations, and differ", async () => {
    const names = await Promise.all(ids.map((text) => auth0NameOf(idOf(text))));
    for (const name of names) expect(name).toMatch(/^[a-z0-9][a-z0-9_-]{0,49}$/);
    expect(new Set(names).size).toBe(ids.length);
  });
});

function idOf(text: string): OrganizationId {
  return parseOrganizationId(text) ?? expect.fail(`${text} is not an id`);
}
