import { afterAll, beforeEach, describe, expect, it } from "vitest";
import {
  type ConnectionStore,
  enabledOf,
  type Organizations,
  type RegisteredConnection,
} from "../../domain/index.ts";
import { dynamoOrganizationRegistry } from "./organization-registry.ts";
import { dynamoConnections, dynamoOrganizations } from "./organizations.ts";
import { ITEM_TYPES } from "./table/item-types.ts";
import { ItemsOf } from "./table/items.ts";
import type { DynamoTable } from "./table/table.ts";
import { startEmbeddedStore } from "./testing/embedded-store.ts";
import {
  ACME,
  bareDeclaration,
  connection,
  connectionSetup,
  GLOBEX,
  NOON,
  UNBOUNDED,
} from "./testing/examples.ts";

const store = await startEmbeddedStore();
afterAll(() => store.close());

const NAME = connection().name;
const own = (overrides: Partial<RegisteredConnection> = {}) =>
  connection({ origin: "self-service", auth0Id: "con_1", testedAt: NOON, rev: "1", ...overrides });

let table: DynamoTable;
let connections: ConnectionStore;
let logins: Organizations;
beforeEach(async () => {
  table = await store.emptyTable();
  connections = dynamoConnections(table);
  logins = dynamoOrganizations(table);
});

const put = (next: RegisteredConnection) => new ItemsOf(table, ITEM_TYPES.connection).put(next, UNBOUNDED);
const find = () => connections.find(NAME, UNBOUNDED);
const seenByLogins = async () => [
  await logins.findConnection(NAME, UNBOUNDED).then(enabledOf),
  ...(await logins.listConnections(ACME, UNBOUNDED)),
];

describe("connections", () => {
  it("are found by their names as they were stored, also removed ones, each for its own organization", async () => {
    expect([await find(), await connections.findMany([NAME], UNBOUNDED)]).toEqual([null, []]);
    const others = [own({ name: "acme-saml", state: "removed" }), own({ name: "g", organizationId: GLOBEX })];
    for (const each of [own(), ...others]) await put(each);
    expect(await find()).toEqual(own());
    const found = await connections.findMany(["acme-saml", NAME, "g", "unknown"], UNBOUNDED);
    expect(found).toHaveLength(3);
    expect(found).toEqual(expect.arrayContaining([own(), ...others]));
  });

  it("are what logins see only while they are enabled", async () => {
    await put(own());
    expect(await seenByLogins()).toEqual([own(), own()]);
    for (const state of ["disabled", "removed"] as const) {
      await put(own({ state }));
      expect(await seenByLogins()).toEqual([null]);
      expect(await logins.findConnection(NAME, UNBOUNDED)).toEqual(own({ state }));
    }
    const registry = dynamoOrganizationRegistry(table);
    const declared = { ...bareDeclaration(), connections: [own()] };
    expect((await registry.read(declared, UNBOUNDED)).connections).toEqual([]);
  });
});

it("logins see nothing of the connection that is being set up, and only its organization finds it", async () => {
  const setup = connectionSetup();
  await new ItemsOf(table, ITEM_TYPES.setup).put(setup, UNBOUNDED);
  expect(await connections.findSetup(ACME, UNBOUNDED)).toEqual(setup);
  expect(await connections.findSetup(GLOBEX, UNBOUNDED)).toBeNull();
  expect(await logins.findConnection(setup.name, UNBOUNDED)).toBeNull();
  expect(await logins.listConnections(ACME, UNBOUNDED)).toEqual([]);
  expect(await connections.find(setup.name, UNBOUNDED)).toBeNull();
});
