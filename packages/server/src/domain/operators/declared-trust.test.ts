import { beforeEach, describe, expect, it, vi } from "vitest";
import { MemoryOrganizations } from "../../memory/organizations.ts";
import { auditEntry } from "../audit.ts";
import {
  type Connection,
  declaredConnection,
  type OrganizationId,
  type RegisteredConnection,
} from "../organization.ts";
import { MemoryAdministration } from "../testing/memory-administration.ts";
import { NOW } from "../testing/memory-ports.ts";
import { ACME, ENTRA, GLOBEX, INITECH, organization, UNBOUNDED } from "../testing/people.ts";
import { reasonOf } from "../testing/standings.ts";
import { declareConnection } from "./declared-trust.ts";

const AT_GLOBEX = { ...ENTRA, organizationId: GLOBEX };
const ENTRY = auditEntry({ at: NOW, actor: "operator:jo", action: "connection-enabled" });
const MAKING = { at: NOW, audit: [ENTRY] };

let stores: MemoryAdministration;
beforeEach(() => {
  const organizations = new MemoryOrganizations().put(organization(ACME)).put(organization(GLOBEX));
  stores = new MemoryAdministration(organizations);
});

const register = (connection = ENTRA, movedFrom: OrganizationId | null = null) =>
  declareConnection({ connection, movedFrom, change: "registered" }, stores)(() => MAKING, UNBOUNDED);
const describeAs = (connection: Connection) =>
  declareConnection({ connection, movedFrom: null, change: "described" }, stores)(() => MAKING, UNBOUNDED);
const withdraw = () =>
  declareConnection({ connection: ENTRA, movedFrom: null, change: "removed" }, stores)(
    () => MAKING,
    UNBOUNDED,
  );
const stored = () => stores.connections.connections.get(ENTRA.name);
/** The names of Acme's connections, and of Globex's. */
const names = () =>
  [ACME, GLOBEX].map((id) => stores.organizations.organizations.get(id)?.connections.join(" "));
const given = (connection: Partial<RegisteredConnection>) =>
  stores.connections.begin({ ...declaredConnection(ENTRA), ...connection });

describe("a declared connection", () => {
  it("is registered, described and removed with its entry, and can be declared again", async () => {
    const renamed = { ...ENTRA, displayName: "Acme (new)" };
    for (const each of [ENTRA, ENTRA, renamed, renamed]) {
      expect(await (each === ENTRA ? register(each) : describeAs(each))).toBe(true);
      expect(stored()).toEqual({ ...declaredConnection(each), rev: expect.any(String) });
      expect(names()).toEqual([ENTRA.name, ""]);
    }
    for (let times = 0; times < 2; times += 1) {
      expect(await withdraw()).toBe(true);
      expect([stored()?.state, names()]).toEqual(["removed", ["", ""]]);
    }
    expect(await register()).toBe(true);
    expect([stored()?.state, names()]).toEqual(["enabled", [ENTRA.name, ""]]);
    expect(stores.identities.entries).toEqual(Array.from({ length: 4 }, () => ENTRY));
  });

  it.each<[string, Partial<RegisteredConnection>, boolean]>([
    ["removed by operators", { state: "removed" }, true],
    ["removed by its organization", { state: "removed", origin: "self-service" }, false],
    ["switched off", { state: "disabled" }, false],
    ["enabled", {}, false],
  ])("goes to another organization only where operators have removed it: %s", async (_, present, isDone) => {
    given(present);
    const before = stored();
    expect(await register(AT_GLOBEX)).toBe(isDone);
    if (isDone) expect(stored()).toMatchObject({ ...AT_GLOBEX, state: "enabled" });
    else expect([stored(), stores.identities.entries]).toEqual([before, []]);
  });

  it("moves only from the organization that the operator expects to have it", async () => {
    expect(await register(AT_GLOBEX, ACME)).toBe(false);
    given({ testedAt: NOW });
    for (const from of [null, INITECH]) expect(await register(AT_GLOBEX, from)).toBe(false);
    for (let times = 0; times < 2; times += 1) {
      expect(await register(AT_GLOBEX, ACME)).toBe(true);
      expect(stored()).toMatchObject({ ...AT_GLOBEX, testedAt: null });
      expect(names()).toEqual(["", ENTRA.name]);
    }
    expect(stores.identities.entries).toEqual([ENTRY]); // of the first one: the second holds already
  });

  it.each<[string, Partial<RegisteredConnection> | null]>([
    ["is gone", null],
    ["another organization has", { organizationId: GLOBEX }],
    ["another organization had, and operators have removed", { organizationId: GLOBEX, state: "removed" }],
  ])("is not registered by a step that removes or describes it, where one %s", async (_, present) => {
    if (present !== null) given(present);
    const before = [stored(), names()];
    expect([await withdraw(), await describeAs({ ...ENTRA, displayName: "New" })]).toEqual([false, false]);
    expect([stored(), names()]).toEqual(before);
    expect(stores.identities.entries).toEqual([]);
  });

  it("stays removed when that happened since the plan was made, and removing it holds already", async () => {
    given({ state: "removed" });
    const before = stored();
    expect([await withdraw(), await describeAs({ ...ENTRA, displayName: "New" })]).toEqual([true, false]);
    expect(stored()).toBe(before);
    expect(stores.identities.entries).toEqual([]);
  });

  it.each<[string, Partial<RegisteredConnection>, OrganizationId | null]>([
    ["been registered with another description", { displayName: "Other" }, null],
    ["moved here with another description", { displayName: "Other" }, GLOBEX],
    ["moved here and been removed", { state: "removed" }, GLOBEX],
    ["been removed by its people", { state: "removed", origin: "self-service" }, null],
  ])("is left as it is where it has %s since the plan was made", async (_, present, movedFrom) => {
    given(present);
    const before = stored();
    expect(await register(ENTRA, movedFrom)).toBe(false);
    expect([stored(), stores.identities.entries]).toEqual([before, []]);
  });

  it("keeps what its people have changed since the plan was made", async () => {
    given({ state: "disabled", testedAt: NOW });
    await describeAs({ ...ENTRA, displayName: "New" });
    expect(stored()).toMatchObject({ state: "disabled", testedAt: NOW, displayName: "New" });
    await describeAs({ ...ENTRA, strategy: "okta" });
    expect(stored()).toMatchObject({ state: "disabled", testedAt: null, strategy: "okta" });
  });

  it("changes nothing without its entry, or in an organization that is gone", async () => {
    stores.auditFails = true;
    expect(await reasonOf(register())).toBe("STORE_UNAVAILABLE");
    stores.auditFails = false;
    stores.organizations.organizations.delete(ACME);
    expect(await register()).toBe(false);
    expect(stored()).toBeUndefined();
  });

  it("is decided again where an organization has changed meanwhile", async () => {
    given({});
    const commit = vi.spyOn(stores.transactions, "commit");
    stores.organizations.find = async (id) => {
      const found = stores.organizations.organizations.get(id) ?? null;
      if (commit.mock.calls.length === 0 && found !== null)
        stores.organizations.put({ ...found, connections: ["another"], rev: "2" });
      return found;
    };
    expect(await register(AT_GLOBEX, ACME)).toBe(true);
    expect(commit).toHaveBeenCalledTimes(2);
    expect(names()).toEqual(["another", `another ${ENTRA.name}`]);
  });
});
