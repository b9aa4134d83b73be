import { MANAGEMENT_CLIENT } from "@platform-api/dev/identity-provider";
import { beforeAll, describe, expect, it } from "vitest";
import { selfServiceOfTests, stackOfTests } from "../simulator/of-tests.ts";
import {
  answered,
  type Begun,
  begin,
  enabledConnection,
  type OwnOrganization,
  ownOrganizations,
  provedDomain,
  signInThrough,
  walkWizard,
} from "../simulator/own-organizations.ts";
import type { Item } from "../simulator/table-scan.ts";
import { NO_CONNECTION, UNCLAIMED } from "./rows.ts";

const upstreams = selfServiceOfTests();
const stack = stackOfTests({ organizations: [], settings: () => upstreams.settings });
/** It has of everything, and the other one tries to reach it. */
let theirs: OwnOrganization;
let own: OwnOrganization;
let connections: Readonly<Record<"enabled" | "disabled" | "pending" | "removed", string>>;
let domains: Readonly<Record<"operator" | "proved" | "claimed", string>>;
let pending: Begun;
/** A login that is right for the other organization's connection. */
let token: string;
/** The secrets of every set-up that has begun. */
const secrets: { readonly setupUrl: string; readonly ticketId: string; readonly name: string }[] = [];

function keep<T extends Begun>(begun: T): T {
  const { name, setupUrl } = begun;
  const ticketId = new URL(setupUrl).searchParams.get("ticket") ?? "";
  expect(ticketId.length).toBeGreaterThan(20);
  secrets.push({ setupUrl, ticketId, name });
  return begun;
}

beforeAll(async () => {
  const [first, second] = await ownOrganizations(stack, 2);
  if (first === undefined || second === undefined) throw new Error("two organizations are needed");
  [theirs, own] = [first, second];
  await answered(own.ask("get")); // the first login writes
  const enabled = keep(await enabledConnection(theirs));
  const disabled = keep(await enabledConnection(theirs));
  await answered(theirs.ask("connections.update", { name: disabled.name, enabled: false }));
  const removed = keep(await enabledConnection(theirs));
  await answered(theirs.ask("connections.remove", { name: removed.name }));
  pending = keep(await begin(theirs));
  connections = {
    enabled: enabled.name,
    disabled: disabled.name,
    removed: removed.name,
    pending: pending.name,
  };
  const claimed = `${theirs.id}-claimed.example`;
  await answered(theirs.ask("domains.claim", { domain: claimed }));
  domains = { operator: theirs.domain, proved: await provedDomain(theirs, upstreams.dns), claimed };
  token = await signInThrough(stack, enabled, `x@${domains.proved}`);
});

const stored = async () => (await stack.items()).map((item) => JSON.stringify(item)).sort();

describe("another organization's connections and domains answer like those that do not exist:", () => {
  /** Asserts that nothing was written, and that Auth0 was not asked. */
  async function ask(path: string, input: object) {
    const before = await stored();
    const { calls } = upstreams.identityProvider.management;
    const callsBefore = calls.length;
    const { outcome, status, body } = await own.ask(path, input);
    expect(await stored()).toEqual(before);
    expect(calls).toHaveLength(callsBefore);
    return { outcome, status, body };
  }

  it.each<[string, () => object]>([
    ["get", () => ({})],
    ["update", () => ({ displayName: "Mine" })],
    ["update", () => ({ enabled: false })],
    ["update", () => ({ enabled: true })],
    ["test", () => ({ token })],
    ["remove", () => ({})],
  ])("org.connections.%s", async (verb, input) => {
    const path = `connections.${verb}`;
    const invented = await ask(path, { ...input(), name: NO_CONNECTION });
    expect(invented.outcome).toBe("NOT_FOUND");
    for (const name of Object.values(connections))
      expect(await ask(path, { ...input(), name }), name).toEqual(invented);
  });

  it.each([
    ["check", "NOT_FOUND"],
    ["release", "OK"],
  ])("org.domains.%s", async (verb, outcome) => {
    const path = `domains.${verb}`;
    const invented = await ask(path, { domain: UNCLAIMED });
    expect(invented.outcome).toBe(outcome);
    for (const domain of Object.values(domains))
      expect(await ask(path, { domain }), domain).toEqual(invented);
  });

  it("lists show nothing of them", async () => {
    expect(await answered(own.ask("connections.list"))).toEqual([]);
    expect(await answered(own.ask("domains.list"))).toMatchObject([{ domain: own.domain }]);
    expect(JSON.stringify((await own.ask("audit.list", { limit: 100 })).body)).not.toContain(theirs.id);
  });

  it("nothing of them has changed", async () => {
    const states = Object.fromEntries(
      (await answered<{ name: string; state: string }[]>(theirs.ask("connections.list"))).map(
        ({ name, state }) => [name, state],
      ),
    );
    const { enabled, disabled } = connections;
    expect(states).toEqual({ [enabled]: "enabled", [disabled]: "disabled", [pending.name]: "pending" });
    const listed = await answered<{ domain: string }[]>(theirs.ask("domains.list"));
    expect(listed.map(({ domain }) => domain).sort()).toEqual(Object.values(domains).sort());
  });
});

describe("a set-up's secrets", () => {
  const holding = (items: readonly Item[], text: string) =>
    items.filter((item) => JSON.stringify(item).includes(text));

  async function expectNowhere(texts: readonly string[]): Promise<void> {
    const items = await stack.items();
    const page = await (await fetch(`${stack.url}/metrics`)).text();
    const audit = await theirs.ask("audit.list", { limit: 100 });
    expect(JSON.stringify(audit.body)).toContain("connection-begun");
    for (const text of texts) {
      expect(holding(items, text)).toEqual([]);
      expect(stack.log.filter((line) => line.includes(text))).toEqual([]);
      expect(page).not.toContain(text);
      expect(JSON.stringify(audit.body)).not.toContain(text);
    }
  }

  it("are nowhere, except for the ticket's id with its set-up while it is pending", async () => {
    const { clientSecret } = MANAGEMENT_CLIENT;
    const over = secrets.filter(({ name }) => name !== pending.name);
    expect(over).toHaveLength(3);
    await expectNowhere([
      clientSecret,
      ...secrets.map(({ setupUrl }) => setupUrl),
      ...over.map(({ ticketId }) => ticketId),
    ]);
    const { ticketId = "" } = secrets.find(({ name }) => name === pending.name) ?? {};
    const items = holding(await stack.items(), ticketId);
    expect(items).toMatchObject([{ type: "connection-setup", ticketId }]);
    expect(stack.log.filter((line) => line.includes(ticketId))).toEqual([]);
  });

  it("are nowhere once it is finished, also if Auth0 fails meanwhile", async () => {
    const { management } = upstreams.identityProvider;
    await walkWizard(pending);
    management.instead("*", { status: 503, body: { message: pending.setupUrl } });
    const get = () => theirs.ask("connections.get", { name: pending.name });
    await expect.poll(async () => (await get()).outcome, { timeout: 10_000 }).toBe("AUTH0_UNAVAILABLE");
    management.restore();
    const state = async () => (await answered<{ state: string }>(get())).state;
    await expect.poll(state, { timeout: 10_000, interval: 250 }).toBe("enabled");
    const failed = keep(await begin(theirs));
    await answered(theirs.ask("connections.remove", { name: failed.name }));
    const { url } = await stack.another({ AUTH0_MANAGEMENT_CLIENT_SECRET: "another-secret" });
    const refused = await theirs.ask("connections.begin", { displayName: "Own" }, url);
    expect(refused.outcome).toBe("AUTH0_UNAVAILABLE");
    await expectNowhere([
      MANAGEMENT_CLIENT.clientSecret,
      "another-secret",
      ...secrets.flatMap(({ setupUrl, ticketId }) => [setupUrl, ticketId]),
    ]);
    expect(stack.log.filter((line) => line.includes('"AUTH0_UNAVAILABLE"')).length).toBeGreaterThan(1);
  }, 30_000);
});
