import { beforeEach, describe, expect, it, vi } from "vitest";
import type { Administrator, Owner } from "../membership/standing.ts";
import type { Refusal } from "../refusal.ts";
import { ConnectionWorld, outage, stateOf } from "../testing/connection-world.ts";
import { acmeAndGlobex, OKTA } from "../testing/memory-ports.ts";
import { ENTRA, UNBOUNDED } from "../testing/people.ts";
import { ADMIN, OPERATOR, OWNER, reasonOf } from "../testing/standings.ts";
import { updateConnection } from "./connections.ts";

let world: ConnectionWorld;
beforeEach(() => {
  world = new ConnectionWorld(acmeAndGlobex());
});

const begin = () => world.begin();
const get = (name: string) => world.get(name);
const list = () => world.list();
const remove = (name: string, by: Owner = OWNER) => world.remove(name, { by });
const ask = (name: string) => world.ask(name);
const enabled = () => world.enabled();
const update = (
  name: string,
  change: { displayName?: string; enabled?: boolean },
  by: Administrator = OWNER,
) => updateConnection(by, { name, ...change }, world.ports, UNBOUNDED);
const stateForLogins = async (name: string) => (await world.stores.organizations.findConnection(name))?.state;
/** None of its owners could sign in through SSO, so that no enabled connection may go. */
const enforceSso = () => world.put({ enforceSso: true });
const isUsed = (name: string) => world.auth0.uses(world.acme.auth0OrgId ?? expect.fail(), `con_${name}`);
const isRevoked = () => world.auth0.tickets.get("ticket-canary-1")?.revoked;
/** The set-up is finished between its read and the next one. */
const finishing = (name: string) => {
  const { connections } = world.stores;
  const findSetup = connections.findSetup.bind(connections);
  vi.spyOn(connections, "findSetup").mockImplementationOnce(async (id) => {
    const before = await findSetup(id);
    expect(await ask(name)).toBe("enabled");
    return before;
  });
};

describe("a connection that is being set up", () => {
  it("waits for one thing after the other, and is enabled when Auth0 has all of it", async () => {
    const { name } = await begin();
    const { auth0 } = world;
    const nobody = new Set<string>();
    expect(await ask(name)).toBe("pending connection");
    auth0.finishWizards({ isEnabledForClients: false, organizations: nobody, strategy: "email" });
    expect(await ask(name)).toBe("pending clients");
    auth0.finishWizards({ organizations: nobody, strategy: "email", isCommonEndpoint: true });
    expect(await ask(name)).toBe("pending organization");
    for (const strategy of ["email", "auth0", "google-oauth2", "unheard-of"]) {
      auth0.finishWizards({ strategy, isCommonEndpoint: true });
      expect(await ask(name)).toBe("pending strategy");
    }
    auth0.finishWizards({ strategy: "waad", isCommonEndpoint: true });
    expect(await ask(name)).toBe("pending commonEndpoint");
    expect(world.stored(name)).toBeUndefined();
    auth0.finishWizards({ strategy: "waad" });
    expect(await ask(name)).toBe("enabled");
    expect(world.stored(name)).toMatchObject({
      state: "enabled",
      strategy: "waad",
      auth0Id: `con_${name}`,
      origin: "self-service",
      displayName: "Acme Okta",
      testedAt: null,
    });
    expect([world.names, world.setup]).toEqual([[ENTRA.name, name], null]);
    expect(isRevoked()).toBe(true);
    expect(world.audited.at(-1)).toBe(`${ADMIN.actor} connection-enabled ${name}`);
  });

  it("waits for another strategy where the configuration says that its own is not SSO", async () => {
    const { name } = await begin();
    world.auth0.finishWizards({ strategy: "adfs" });
    const ports = { ...world.ports, otherStrategies: new Set(["adfs"]) };
    expect(stateOf(await world.get(name, { ports }))).toBe("pending strategy");
    expect(await ask(name)).toBe("enabled");
  });

  it("asks Auth0 at most every 5 s, and shows what is stored in between", async () => {
    const { name } = await begin();
    await ask(name);
    world.auth0.finishWizards();
    world.later(4_999);
    world.auth0.asked.length = 0;
    expect(stateOf(await get(name))).toBe("pending connection");
    expect(world.auth0.asked).toEqual([]);
    world.later(1);
    expect(stateOf(await get(name))).toBe("enabled");
  });

  it("is asked for by one of several calls at once", async () => {
    const { name } = await begin();
    world.auth0.asked.length = 0;
    await Promise.all([1, 2, 3].map(() => world.get(name, { ports: world.process() })));
    expect(world.auth0.asked).toEqual(["findConnection"]);
  });

  it("is found by a call during which another one finishes it", async () => {
    const { name } = await begin();
    world.auth0.finishWizards();
    finishing(name);
    expect(stateOf(await get(name))).toBe("enabled");
  });

  it("is shown as it is where Auth0 is not configured any more, and can be removed", async () => {
    const { name } = await begin();
    const without = { ports: { ...world.ports, auth0: null } };
    expect(stateOf(await world.get(name, without))).toBe("pending");
    await world.remove(name, without);
    expect(await reasonOf(get(name))).toBe("NOT_FOUND");
    expect(await list()).not.toContainEqual(expect.objectContaining({ name }));
  });

  it("stays pending through an outage of Auth0", async () => {
    const { name } = await begin();
    world.auth0.finishWizards();
    vi.spyOn(world.auth0, "isEnabledForClients").mockImplementationOnce(outage);
    world.later(5_000);
    expect(await reasonOf(get(name))).toBe("AUTH0_UNAVAILABLE");
    expect(await ask(name)).toBe("enabled");
  });
});

describe("the list of connections", () => {
  it("has the operators', the organization's and the pending one by name, and no removed one", async () => {
    const first = await enabled();
    const second = await enabled();
    const third = await begin();
    await remove(second);
    const shown = (await list()).map(({ name, state, origin }) => [name, state, origin].join(" "));
    const wanted = [
      `${ENTRA.name} enabled operator`,
      `${first} enabled self-service`,
      `${third.name} pending self-service`,
    ];
    expect(shown).toEqual(wanted.sort());
  });

  it("has a set-up that is finished at the same time once", async () => {
    const { name } = await begin();
    world.auth0.finishWizards();
    finishing(name);
    const shown = (await list()).filter((each) => each.name === name);
    expect(shown.map(stateOf)).toEqual(["enabled"]);
  });
});

describe("changing a connection", () => {
  it.each([
    ["admin", { displayName: "New" }, "done", "connection-updated"],
    ["admin", { enabled: false }, "ROLE_REQUIRED", null],
    ["admin", { enabled: true }, "ROLE_REQUIRED", null],
    ["admin", { displayName: "New", enabled: false }, "ROLE_REQUIRED", null],
    ["owner", { displayName: "New" }, "done", "connection-updated"],
    ["owner", { enabled: false }, "done", "connection-disabled"],
    ["owner", { enabled: true }, "done", null],
    ["owner", { displayName: "New", enabled: false }, "done", "connection-disabled"],
    ["operator", { enabled: false }, "done", "connection-disabled"],
  ] as const)("an %s: %j is %s, audited as %s", async (actor, change, reason, action) => {
    const name = await enabled();
    const before = world.audited.length;
    const by = { admin: ADMIN, owner: OWNER, operator: OPERATOR }[actor];
    expect(await reasonOf(update(name, change, by))).toBe(reason);
    expect(world.audited.slice(before)).toEqual(action === null ? [] : [`${by.actor} ${action} ${name}`]);
    if (reason !== "done") return;
    const { displayName = "Acme Okta", enabled: isOn = true } = { ...change } as Parameters<typeof update>[1];
    expect(world.stored(name)).toMatchObject({ displayName, state: isOn ? "enabled" : "disabled" });
    expect(world.names).toContain(name);
  });

  it("stores and records nothing when it is so already", async () => {
    const name = await enabled();
    await update(name, { enabled: false });
    const commit = vi.spyOn(world.stores.transactions, "commit");
    expect((await update(name, { enabled: false })).state).toBe("disabled");
    expect(commit).not.toHaveBeenCalled();
  });

  it("is left to operators for their own", async () => {
    for (const by of [ADMIN, OWNER]) {
      expect(await reasonOf(update(ENTRA.name, { displayName: "New" }, by))).toBe("ROLE_REQUIRED");
    }
    expect(await reasonOf(update(ENTRA.name, { enabled: false }))).toBe("ROLE_REQUIRED");
    expect((await update(ENTRA.name, { enabled: false }, OPERATOR)).state).toBe("disabled");
  });

  it("is NOT_READY while it is being set up", async () => {
    const { name } = await begin();
    for (const change of [{ enabled: false }, { enabled: true }, { displayName: "New" }])
      expect(await reasonOf(update(name, change))).toBe("NOT_READY");
  });

  it("decides again where the connection has changed meanwhile, and not where it may not go", async () => {
    const name = await enabled();
    const commit = vi.spyOn(world.stores.transactions, "commit").mockResolvedValueOnce(false);
    expect((await update(name, { enabled: false })).state).toBe("disabled");
    expect(commit).toHaveBeenCalledTimes(2);
    expect((await update(name, { enabled: true })).state).toBe("enabled");
    enforceSso();
    expect(await reasonOf(update(name, { enabled: false }))).toBe("NOT_READY");
    expect(world.stored(name)?.state).toBe("enabled");
  });
});

describe("removing a connection", () => {
  it("refuses its logins, keeps its name, ends the use at Auth0, and is audited", async () => {
    const name = await enabled();
    await remove(name);
    expect(world.stored(name)?.state).toBe("removed");
    expect(await stateForLogins(name)).toBe("removed");
    expect(world.names).toEqual([ENTRA.name]);
    expect([isUsed(name), world.auth0.connections.has(name)]).toEqual([false, true]);
    expect(world.audited.at(-1)).toBe(`${OWNER.actor} connection-removed ${name}`);
    for (const verb of [get(name), update(name, { displayName: "New" })])
      expect(await reasonOf(verb)).toBe("NOT_FOUND");
  });

  it("asks whether an enabled one may go, not a disabled one", async () => {
    const name = await enabled();
    await update(name, { enabled: false });
    const other = await enabled();
    enforceSso();
    expect(await reasonOf(remove(other))).toBe("NOT_READY");
    expect(world.stored(other)?.state).toBe("enabled");
    expect(await reasonOf(remove(name))).toBe("done");
  });

  it("revokes its ticket while it is being set up, and ends the use of what the wizard has made", async () => {
    const { name } = await begin();
    world.auth0.finishWizards();
    await remove(name);
    expect([isRevoked(), isUsed(name), world.setup]).toEqual([true, false, null]);
    expect(world.audited.at(-1)).toBe(`${OWNER.actor} connection-removed ${name}`);
    expect(await reasonOf(get(name))).toBe("NOT_FOUND");
    expect(await reasonOf(begin())).toBe("done");
  });

  it("is done here also while Auth0 is down, and a repeat does the rest", async () => {
    for (const name of [await enabled(), (await begin()).name]) {
      world.auth0.finishWizards();
      const down = vi.spyOn(world.auth0, "withdraw").mockImplementationOnce(outage);
      expect(await reasonOf(remove(name))).toBe("AUTH0_UNAVAILABLE");
      expect(await reasonOf(get(name))).toBe("NOT_FOUND");
      expect((await list()).map((each) => each.name)).not.toContain(name);
      expect(world.audited.at(-1)).toBe(`${OWNER.actor} connection-removed ${name}`);
      world.stores.identities.entries.length = 0;
      expect(await reasonOf(remove(name))).toBe("done");
      expect([isUsed(name), world.audited]).toEqual([false, []]);
      down.mockRestore();
    }
    expect(world.setup).toBeNull();
  });

  it("is left to operators for their own, and changes nothing at Auth0", async () => {
    expect(await reasonOf(remove(ENTRA.name))).toBe("ROLE_REQUIRED");
    await remove(ENTRA.name, OPERATOR);
    expect(world.auth0.asked).toEqual([]);
    expect(await reasonOf(remove(ENTRA.name))).toBe("NOT_FOUND");
    expect(await reasonOf(remove(ENTRA.name, OPERATOR))).toBe("done");
  });
});

describe("another organization's name is NOT_FOUND, as an unknown one, and nothing changes", () => {
  const VERBS: Readonly<Record<string, (name: string) => Promise<unknown>>> = {
    get: (name) => get(name),
    rename: (name) => update(name, { displayName: "New" }),
    "switch off": (name) => update(name, { enabled: false }),
    "switch on": (name) => update(name, { enabled: true }),
    remove: (name) => remove(name),
    "remove by an operator": (name) => remove(name, OPERATOR),
  };
  it.each(Object.entries(VERBS))("%s", async (_, verb) => {
    const snapshot = () => JSON.stringify([...world.stores.connections.connections, world.stores.audited]);
    const errors = await Promise.all(
      [OKTA.name, "unknown"].map((name) => verb(name).catch((error: Refusal) => [error.reason, error.hint])),
    );
    const before = snapshot();
    expect(errors[0]).toEqual(errors[1]);
    expect(errors[0]).toMatchObject(["NOT_FOUND", expect.any(String)]);
    expect(snapshot()).toBe(before);
    expect(world.auth0.asked).toEqual([]);
    expect(await world.stores.organizations.findConnection(OKTA.name)).toMatchObject(OKTA);
    expect(await stateForLogins(OKTA.name)).toBe("enabled");
  });
});
