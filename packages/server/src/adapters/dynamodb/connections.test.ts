import { afterAll, beforeEach, describe, expect, it } from "vitest";
import {
  type ConnectionStore,
  enabledOf,
  type Organizations,
  type RegisteredConnection,
} from "../../domain/index.ts";
import { dynamoConnections } from "./connections.ts";
import { dynamoOrganizationRegistry } from "./organization-registry.ts";
import { dynamoOrganizations } from "./organizations.ts";
import type { DynamoTable } from "./table/table.ts";
import { startEmbeddedStore } from "./testing/embedded-store.ts";
import {
  ACME,
  asLoginsSee,
  connection,
  connectionLedger,
  entry,
  GLOBEX,
  NOON,
  UNBOUNDED,
} from "./testing/examples.ts";

const store = await startEmbeddedStore();
afterAll(() => store.close());

const NAME = connection().name;
const change = entry({ action: "connection-enabled" });
const own = (overrides: Partial<RegisteredConnection> = {}) =>
  connection({
    ...{ origin: "self-service", auth0Id: "con_1", testedAt: NOON, isLeaving: true, rev: "1", change },
    ...overrides,
  });

let table: DynamoTable;
let connections: ConnectionStore;
let logins: Organizations;
beforeEach(async () => {
  table = await store.emptyTable();
  connections = dynamoConnections(table);
  logins = dynamoOrganizations(table);
});

const find = () => connections.find(NAME, UNBOUNDED);
const replace = (next: RegisteredConnection, present: RegisteredConnection | null) =>
  connections.replace(next, present, UNBOUNDED);
const seenByLogins = async () => [
  await logins.findConnection(NAME, UNBOUNDED).then(enabledOf),
  ...(await logins.listConnections(ACME, UNBOUNDED)),
];

describe("connections", () => {
  it("are found and listed as they were stored, without the removed ones, each for its own organization", async () => {
    expect([await find(), await connections.list(ACME, UNBOUNDED)]).toEqual([null, []]);
    const others = [own({ name: "acme-saml", state: "removed" }), own({ name: "g", organizationId: GLOBEX })];
    for (const each of [own(), ...others]) expect(await replace(each, null)).toBe(true);
    expect(await find()).toEqual(own());
    expect(await connections.list(ACME, UNBOUNDED)).toEqual([own()]);
    expect(await connections.list(GLOBEX, UNBOUNDED)).toEqual([others[1]]);
  });

  it("are what logins see only while they are enabled", async () => {
    await replace(own(), null);
    expect(await seenByLogins()).toEqual([asLoginsSee(own()), asLoginsSee(own())]);
    for (const state of ["disabled", "removed"] as const) {
      const present = await find();
      await replace(own({ state, rev: state }), present);
      expect(await seenByLogins()).toEqual([null]);
      expect(await logins.findConnection(NAME, UNBOUNDED)).toEqual({ connection: asLoginsSee(own()), state });
    }
    const registry = dynamoOrganizationRegistry(table);
    const named = { domains: [], connections: [NAME], invitations: [] };
    expect((await registry.read(ACME, named, UNBOUNDED)).connections).toEqual([]);
  });
});

it("a ledger shows logins nothing of the connection that is being set up", async () => {
  const { setup } = connectionLedger();
  await connections.replaceLedger(connectionLedger(), null, UNBOUNDED);
  expect(await logins.findConnection(setup?.name ?? "", UNBOUNDED)).toBeNull();
  expect(await logins.listConnections(ACME, UNBOUNDED)).toEqual([]);
  expect(await connections.list(ACME, UNBOUNDED)).toEqual([]);
});
