import { beforeEach, describe, expect, it, onTestFinished, vi } from "vitest";
import { MemoryAuth0 } from "../../memory/auth0.ts";
import { type OrganizationId, parseOrganizationId } from "../organization.ts";
import { Refusal } from "../refusal.ts";
import { ConnectionWorld, outage, stateOf } from "../testing/connection-world.ts";
import { FAULTS, faultyPorts } from "../testing/faulty-ports.ts";
import { meanwhile } from "../testing/meanwhile.ts";
import { ACME, acmeAlone, ENDED, ENTRA, GLOBEX, organization } from "../testing/people.ts";
import { OWNER, operator, reasonOf } from "../testing/standings.ts";
import { auth0NameOf, newConnectionName } from "./name.ts";
import type { Auth0Tenant } from "./setup.ts";

let world: ConnectionWorld;
beforeEach(() => {
  world = new ConnectionWorld();
});

const begin = (ports = world.ports) => world.begin(ports);
const released = () => {
  world.stores.organizations.release("acme.example", ACME);
  return world.ports;
};
const entra = async () => (await world.stores.connections.find(ENTRA.name)) ?? expect.fail("it is stored");
const CLOSED = await operator(acmeAlone().put(organization(ACME, ENDED)));
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
    expect((await world.list()).map(stateOf).sort()).toEqual(["enabled", "pending"]);
  });

  it("makes the Auth0 organization once and stores it", async () => {
    await begin();
    expect([...world.auth0.organizations.values()]).toEqual([world.acme.auth0OrgId]);
    world.later(SIX_HOURS_MS);
    await begin();
    expect(world.auth0.asked.filter((call) => call === "ensureOrganization")).toHaveLength(1);
    expect(world.stores.audited).toContain(`${OWNER.actor} organization-updated acme`);
  });

  it("never adopts what another organization has at Auth0", async () => {
    world.auth0.organizations.set(await auth0NameOf(ACME), "org_globex");
    world.stores.organizations.put(organization(GLOBEX, { auth0OrgId: "org_globex" }));
    expect(await reasonOf(begin())).toBe("NOT_READY");
    expect([world.acme.auth0OrgId, world.setup]).toEqual([null, null]);
  });

  it.each<[string, () => Promise<unknown>]>([
    ["without Auth0", () => begin({ ...world.ports, auth0: null })],
    ["without a verified domain, also one that has lapsed", () => begin(released())],
    ["in a closed organization", () => world.begin(world.ports, CLOSED)],
  ])("is NOT_READY %s", async (_, beginning) => {
    expect(await reasonOf(beginning())).toBe("NOT_READY");
    expect([world.setup, world.auth0.asked]).toEqual([null, []]);
  });

  it("finds a domain that the index does not list yet", async () => {
    world.stores.domains.list = async () => ({ domains: [], claims: [] });
    expect(await reasonOf(begin())).toBe("done");
  });

  it("is CONFLICT while a set-up is pending, and after six hours replaces it and revokes its ticket", async () => {
    const first = await begin();
    await world.get(first.name);
    world.later(SIX_HOURS_MS - 1);
    expect(await reasonOf(begin())).toBe("CONFLICT");
    world.later(1);
    const second = await begin();
    expect(world.setup?.name).toBe(second.name);
    expect(world.auth0.tickets.get("ticket-canary-1")?.revoked).toBe(true);
    expect(world.audited).toContain(`system connection-removed ${first.name}`);
    expect(await reasonOf(world.get(first.name))).toBe("NOT_FOUND");
  });

  it("replaces an old set-up also while Auth0 cannot revoke its ticket", async () => {
    await begin();
    world.later(SIX_HOURS_MS);
    vi.spyOn(world.auth0, "revokeTicket").mockImplementationOnce(outage);
    expect(await reasonOf(begin())).toBe("done");
  });

  it("replaces a set-up that a restore has left beside its enabled connection, which stays", async () => {
    const { name } = await begin();
    world.stores.connections.begin({ ...(await entra()), name });
    const second = await begin();
    expect([world.setup?.name, world.stored(name)?.state]).toEqual([second.name, "enabled"]);
    expect(world.audited).not.toContain(`system connection-removed ${name}`);
  });

  it("is LIMIT_REACHED at ten connections, operators' included, and removed ones do not count", async () => {
    const { connections } = world.stores;
    const declared = await entra();
    const put = (n: number) => connections.begin({ ...declared, name: `acme-${n}`, state: "disabled" });
    for (let n = 1; n <= 8; n += 1) put(n);
    connections.put({ ...declared, name: "acme-9", state: "removed" });
    expect(await reasonOf(begin())).toBe("done");
    connections.setups.delete(ACME);
    // Also where the tenth one comes at the same time.
    meanwhile(world.stores, () => {
      put(10);
      world.put({ rev: "tenth" });
    });
    expect(await reasonOf(begin())).toBe("LIMIT_REACHED");
    expect(world.setup).toBeNull();
  });

  it("draws another name where one is taken, also by a removed connection", async () => {
    const taken = { ...(await entra()), name: "acme-00000000", state: "removed" } as const;
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
  await new ConnectionWorld().begin(counted.ports);
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
    expect([world.setup, world.audited]).toEqual([null, []]);
    expect(await reasonOf(begin())).toBe("done");
    expect(world.auth0.organizations.size).toBe(1);
  });

  const crashes = counted.calls.flatMap((call, at) => FAULTS.map((kind) => ({ call, at, kind })));
  it.each(crashes)(
    "T8A: $call, $kind: at most one set-up is left, which can be seen and makes room, without a ticket after 3 s",
    async ({ at, kind }) => {
      const { ports } = faultyPorts(world.ports, { at, kind });
      await begin(ports).catch(() => {});
      const pending = (await world.list()).filter(({ state }) => state === "pending");
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
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    onTestFinished(() => void vi.useRealTimers());
    const createTicket: Auth0Tenant["createTicket"] = (_, signal) =>
      new Promise((_resolve, reject) => {
        vi.advanceTimersByTime(2_199);
        signal.addEventListener("abort", () => reject(new Refusal("AUTH0_UNAVAILABLE", "no answer")));
        expect(signal.aborted).toBe(false);
        vi.advanceTimersByTime(1);
      });
    const auth0 = Object.assign(new MemoryAuth0(), { createTicket });
    expect(await reasonOf(begin({ ...world.ports, auth0 }))).toBe("AUTH0_UNAVAILABLE");
    expect(world.setup).toBeNull();
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
  const short = ["acme", "a.b", "a-b", "a_b", "A.B", "A", "a"];
  const ids = [...short, `x${".".repeat(63)}`, "Z".repeat(64), "z".repeat(64)];
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
