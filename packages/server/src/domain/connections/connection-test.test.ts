import { beforeEach, describe, expect, it, vi } from "vitest";
import { declaredConnection, type RegisteredConnection } from "../organization.ts";
import { ConnectionWorld, outage } from "../testing/connection-world.ts";
import { meanwhile } from "../testing/meanwhile.ts";
import { acmeAndGlobex, OKTA } from "../testing/memory-ports.ts";
import { ACME, ENTRA, UNBOUNDED } from "../testing/people.ts";
import { ADMIN, OWNER, reasonOf } from "../testing/standings.ts";
import { testConnection } from "./connection-test.ts";
import { updateConnection } from "./connections.ts";
import type { TokenTrial } from "./setup.ts";

const TOKEN = "canary-of-a-token";
const PASSED = { rule: "signature", ok: true, saw: "the signature", fix: "" };
const FAILED = { rule: "address", ok: false, saw: "no address", fix: "send one" };

type Judged = Awaited<ReturnType<TokenTrial["judge"]>>;
let world: ConnectionWorld;
let judged: Judged;
beforeEach(() => {
  world = new ConnectionWorld(acmeAndGlobex());
  judged = { steps: [PASSED], connection: ENTRA.name, issuedAt: seconds() };
});

const seconds = () => Date.parse(world.stores.time) / 1_000;
const judge = vi.fn<TokenTrial["judge"]>(async () => judged);
const test = (name: string, ports = world.ports) =>
  testConnection(ADMIN, { name, token: TOKEN }, { ...ports, trial: { judge } }, UNBOUNDED);
const testedAt = async (name: string) => (await world.stores.connections.find(name))?.testedAt ?? null;

/** A connection that Acme has set up, of which the token is. */
async function selfService(): Promise<string> {
  const name = await world.enabled({ strategy: "waad" });
  judged = { ...judged, connection: name, issuedAt: seconds() };
  world.auth0.asked.length = 0;
  return name;
}

describe("a test of a connection", () => {
  it("passes when every rule does, stores when, and is audited", async () => {
    const name = await selfService();
    const { passed, steps } = await test(name);
    expect([passed, steps.map(({ rule }) => rule)]).toEqual([true, ["signature", "identity provider"]]);
    expect(judge).toHaveBeenLastCalledWith(TOKEN, ACME, UNBOUNDED);
    expect(await testedAt(name)).toBe(world.stores.time);
    expect(world.audited.at(-1)).toBe(`${ADMIN.actor} connection-tested ${name}`);
    const kept = [...world.stores.connections.connections, world.stores.identities.entries];
    expect(JSON.stringify(kept)).not.toContain(TOKEN);
  });

  const FAILURES: Readonly<Record<string, () => Partial<Judged>>> = {
    "of another connection of the organization": () => ({ connection: "acme-other" }),
    "of another organization": () => ({ connection: OKTA.name, steps: [FAILED] }),
    "that did not come through SSO": () => ({ connection: null, steps: [PASSED, FAILED] }),
    "older than five minutes": () => ({ issuedAt: seconds() - 301, steps: [PASSED, FAILED] }),
  };
  it.each(Object.entries(FAILURES))(
    "is one failed step by a token %s, and nothing else",
    async (_, wrong) => {
      judged = { ...judged, ...wrong() };
      const { passed, steps } = await test(ENTRA.name);
      expect(passed).toBe(false);
      expect(steps).toEqual([
        { rule: expect.any(String), ok: false, saw: expect.any(String), fix: expect.any(String) },
      ]);
      expect(JSON.stringify(steps)).not.toMatch(/globex|acme-/);
    },
  );

  it("passes by a token of exactly five minutes", async () => {
    judged = { ...judged, issuedAt: seconds() - 300 };
    expect((await test(ENTRA.name)).passed).toBe(true);
  });

  it.each([
    ["that is not accepted", { connection: null, issuedAt: null, steps: [PASSED, FAILED] }],
    ["of which a rule fails", { steps: [PASSED, FAILED] }],
  ])("shows the steps of a token %s", async (_, wrong) => {
    judged = { ...judged, ...wrong };
    expect(await test(ENTRA.name)).toEqual({ passed: false, steps: [PASSED, FAILED] });
  });

  it("stores nothing and is not audited when it fails", async () => {
    const name = await selfService();
    const before = [world.stored(name), world.audited];
    judged = { ...judged, steps: [FAILED] };
    await test(name);
    expect([world.stored(name), world.audited]).toEqual(before);
    expect(world.auth0.asked).toEqual([]);
  });

  it("does not pass without a single step", async () => {
    judged = { ...judged, steps: [] };
    expect((await test(ENTRA.name)).passed).toBe(false);
  });

  const CHANGES = {
    "is gone": [null, "not exist"],
    "is another one of the same name": [{ id: "con_another" }, "another connection of this name"],
    "is of another kind of SSO": [{ strategy: "samlp" }, "another kind"],
    "is a social one": [{ strategy: "google-oauth2" }, "not single sign-on"],
    "is a password database": [{ strategy: "auth0" }, "not single sign-on"],
    "uses the common endpoint": [{ isCommonEndpoint: true }, "common endpoint"],
    "is not used by the organization": [{ organizations: new Set(["org_other"]) }, "organization"],
    "is not enabled for our applications": [{ isEnabledForClients: false }, "applications"],
  } as const;
  it.each(Object.entries(CHANGES))(
    "T8C: fails, and takes the earlier pass away, where the connection at Auth0 %s since it was set up",
    async (_, [change, saw]) => {
      const name = await selfService();
      expect((await test(name)).passed).toBe(true);
      const connection = world.auth0.connections.get(name) ?? expect.fail("it exists");
      if (change === null) world.auth0.connections.delete(name);
      else world.auth0.connections.set(name, { ...connection, ...change });
      const { passed, steps } = await test(name);
      expect(passed).toBe(false);
      const step = { rule: "identity provider", ok: false, saw: expect.stringContaining(saw) };
      expect(steps).toEqual([PASSED, { ...step, fix: expect.stringMatching(/./) }]);
      expect(await testedAt(name)).toBeNull();
    },
  );

  it("T8C: fails where Auth0 cannot be asked, except for an operator's connection", async () => {
    const without = { ...world.ports, auth0: null };
    expect((await test(ENTRA.name, without)).passed).toBe(true);
    const name = await selfService();
    expect((await test(name, without)).steps.at(-1)).toMatchObject({ ok: false });
    expect(await testedAt(name)).toBeNull();
  });

  it("T8C: keeps the earlier pass where the token fails, and where Auth0 does not answer", async () => {
    const name = await selfService();
    await test(name);
    const before = await testedAt(name);
    expect(before).not.toBeNull();
    await test(name, { ...world.ports, auth0: null });
    vi.spyOn(world.auth0, "findConnection").mockImplementationOnce(outage);
    expect(await reasonOf(test(name))).toBe("AUTH0_UNAVAILABLE");
    judged = { ...judged, steps: [FAILED] };
    expect((await test(name)).passed).toBe(false);
    expect(await testedAt(name)).toBe(before);
  });

  it("T8C: a pass from before the connection was switched off does not count after it is on again", async () => {
    const name = await selfService();
    await test(name);
    const update = (change: { displayName: string } | { enabled: boolean }) =>
      updateConnection(OWNER, { name, ...change }, world.ports, UNBOUNDED);
    await update({ displayName: "New" });
    await update({ enabled: true });
    expect(await testedAt(name)).not.toBeNull();
    await update({ enabled: false });
    await update({ enabled: true });
    expect(world.stored(name)).toMatchObject({ state: "enabled", testedAt: null });
  });

  it("asks Auth0 for connections of the organization's own", async () => {
    expect((await test(ENTRA.name)).passed).toBe(true);
    expect(world.auth0.asked).toEqual([]);
    await test(await selfService());
    expect(world.auth0.asked).toContain("findConnection");
  });

  it.each([
    ["passed", () => world.stores.time],
    ["failed at Auth0", () => null],
  ])("keeps the change of another process when it has %s", async (outcome, expected) => {
    const name = await selfService();
    await test(name);
    if (outcome !== "passed") world.auth0.connections.delete(name);
    meanwhile(world.stores, () => {
      const present = world.stored(name) ?? expect.fail("it is stored");
      world.stores.connections.put({ ...present, displayName: "New", rev: "renamed" });
    });
    await test(name);
    expect(world.stored(name)).toMatchObject({ displayName: "New", testedAt: expected() });
  });

  it("is refused for what has no logins, before the token is judged", async () => {
    judge.mockClear();
    const put = (state: RegisteredConnection["state"]) => {
      const name = `acme-${state}`;
      const own = { ...declaredConnection({ ...ENTRA, name }), origin: "self-service", state } as const;
      world.stores.connections.connections.set(name, own);
      return name;
    };
    const { name } = await world.begin();
    for (const each of [name, put("disabled")]) expect(await reasonOf(test(each))).toBe("NOT_READY");
    for (const each of [put("removed"), OKTA.name, "unknown"])
      expect(await reasonOf(test(each))).toBe("NOT_FOUND");
    expect(judge).not.toHaveBeenCalled();
  });
});
