import { afterAll, beforeEach, describe, expect, it } from "vitest";
import {
  type ConnectionStore,
  type DomainStore,
  enabledOf,
  type Organizations,
  parseDomain,
  parseOrganizationId,
  type RegisteredConnection,
  type VerifiedDomain,
  type Write,
} from "../../domain/index.ts";
import { dynamoOrganizationRegistry } from "./organization-registry.ts";
import { dynamoConnections, dynamoDomains, dynamoOrganizations } from "./organizations.ts";
import { ITEM_TYPES } from "./table/item-types.ts";
import { ItemsOf } from "./table/items.ts";
import type { DynamoTable } from "./table/table.ts";
import { startEmbeddedStore } from "./testing/embedded-store.ts";
import {
  ACME,
  ACME_EXAMPLE,
  bareDeclaration,
  connection,
  connectionSetup,
  domainClaim,
  GLOBEX,
  NOON,
  organization,
  PROOF,
  UNBOUNDED,
  valid,
  verifiedDomain,
} from "./testing/examples.ts";
import { dynamoTransactions } from "./transactions.ts";

const store = await startEmbeddedStore();
afterAll(() => store.close());

const OTHER = valid(parseDomain("other.example"));
const byDns = (overrides: Partial<VerifiedDomain> = {}) =>
  verifiedDomain({ verifiedBy: "dns", proof: PROOF, rev: "1", ...overrides });

const NAME = connection().name;
const own = (overrides: Partial<RegisteredConnection> = {}) =>
  connection({ origin: "self-service", auth0Id: "con_1", testedAt: NOON, rev: "1", ...overrides });

let table: DynamoTable;
let domains: DomainStore;
let connections: ConnectionStore;
let organizations: Organizations;
beforeEach(async () => {
  table = await store.emptyTable();
  domains = dynamoDomains(table);
  connections = dynamoConnections(table);
  organizations = dynamoOrganizations(table);
  await new ItemsOf(table, ITEM_TYPES.organization).put(organization(), UNBOUNDED);
});

const find = (domain = ACME_EXAMPLE, id = ACME) => domains.find(id, domain, UNBOUNDED);
const list = (id = ACME) => domains.list(id, UNBOUNDED);
const speakers = async () => (await organizations.listByDomain(ACME_EXAMPLE, UNBOUNDED)).map(({ id }) => id);
const commit = (...writes: readonly Write[]) =>
  dynamoTransactions(table).commit({ writes, unchanged: [], audit: [] }, UNBOUNDED);
const verify = (next: VerifiedDomain) => commit({ item: "domain", next, present: null });

describe("verified domains", () => {
  it("are found and listed as they were stored, each for its own organization", async () => {
    expect(await find()).toEqual({ domain: null, claim: null });
    const ofGlobex = byDns({ organizationId: GLOBEX });
    for (const each of [byDns(), ofGlobex, byDns({ domain: OTHER })]) expect(await verify(each)).toBe(true);
    expect(await find()).toEqual({ domain: byDns(), claim: null });
    expect(await find(ACME_EXAMPLE, GLOBEX)).toEqual({ domain: ofGlobex, claim: null });
    expect(await list()).toEqual({ domains: [byDns(), byDns({ domain: OTHER })], claims: [] });
    expect(await list(valid(parseOrganizationId("acme2")))).toEqual({ domains: [], claims: [] });
  });

  it("are deleted only as they were seen, and then not replaced", async () => {
    await verify(byDns());
    expect(await commit({ item: "domain", next: null, present: byDns({ rev: "0" }) })).toBe(false);
    expect([(await find()).domain, await speakers()]).toEqual([byDns(), [ACME]]);
    expect(await commit({ item: "domain", next: null, present: byDns() })).toBe(true);
    expect(await commit({ item: "domain", next: byDns({ rev: "2" }), present: byDns() })).toBe(false);
    expect([(await find()).domain, await speakers()]).toEqual([null, []]);
  });

  it("are listed of every organization if proven by DNS, without those of operators", async () => {
    await new ItemsOf(table, ITEM_TYPES.organization).put(organization({ id: GLOBEX }), UNBOUNDED);
    const ofGlobex = byDns({ organizationId: GLOBEX });
    for (const each of [byDns(), ofGlobex, verifiedDomain({ domain: OTHER, rev: "1" })]) await verify(each);
    const found: VerifiedDomain[] = [];
    for await (const each of domains.listVerifiedByDns(UNBOUNDED)) found.push(each);
    expect(found).toEqual([byDns(), ofGlobex]);
  });
});

describe("claims", () => {
  it.each(["pending", "lapsed"] as const)("are trusted by nothing while they are %s", async (state) => {
    const claim = domainClaim({ state });
    expect(await commit({ item: "claim", next: claim, present: null })).toBe(true);
    expect(await find()).toEqual({ domain: null, claim });
    expect(await list()).toEqual({ domains: [], claims: [claim] });
    const registry = dynamoOrganizationRegistry(table);
    const declared = { ...bareDeclaration(), domains: [ACME_EXAMPLE] };
    expect([await speakers(), (await registry.read(declared, UNBOUNDED)).domains]).toEqual([[], []]);
    const verified = domains.listVerifiedByDns(UNBOUNDED)[Symbol.asyncIterator]();
    expect((await verified.next()).done).toBe(true);
  });

  it("stand beside the verified domain of the same name, and go as it comes", async () => {
    await verify(byDns());
    await commit({ item: "claim", next: domainClaim(), present: null });
    expect(await find()).toEqual({ domain: byDns(), claim: domainClaim() });
    const gone = { item: "claim", next: null, present: domainClaim() } as const;
    const next = byDns({ rev: "2" });
    expect(await commit({ item: "domain", next, present: byDns({ rev: "0" }) }, gone)).toBe(false);
    expect(await find()).toEqual({ domain: byDns(), claim: domainClaim() });
    expect(await commit({ item: "domain", next, present: byDns() }, gone)).toBe(true);
    expect(await find()).toEqual({ domain: next, claim: null });
  });
});

describe("connections", () => {
  const put = (next: RegisteredConnection) => new ItemsOf(table, ITEM_TYPES.connection).put(next, UNBOUNDED);
  const seenByLogins = async () => [
    await organizations.findConnection(NAME, UNBOUNDED).then(enabledOf),
    ...(await organizations.listConnections(ACME, UNBOUNDED)),
  ];

  it("are found by their names as they were stored, also removed ones, each for its own organization", async () => {
    expect([await connections.find(NAME, UNBOUNDED), await connections.findMany([NAME], UNBOUNDED)]).toEqual([
      null,
      [],
    ]);
    const others = [own({ name: "acme-saml", state: "removed" }), own({ name: "g", organizationId: GLOBEX })];
    for (const each of [own(), ...others]) await put(each);
    expect(await connections.find(NAME, UNBOUNDED)).toEqual(own());
    const found = await connections.findMany(["acme-saml", NAME, "g", "unknown"], UNBOUNDED);
    expect(found).toHaveLength(3);
    expect(found).toEqual(expect.arrayContaining([own(), ...others]));
  });

  it("are what logins see only while they are enabled", async () => {
    await new ItemsOf(table, ITEM_TYPES.organization).put(organization({ connections: [NAME] }), UNBOUNDED);
    await put(own());
    expect(await seenByLogins()).toEqual([own(), own()]);
    for (const state of ["disabled", "removed"] as const) {
      await put(own({ state }));
      expect(await seenByLogins()).toEqual([null]);
      expect(await organizations.findConnection(NAME, UNBOUNDED)).toEqual(own({ state }));
    }
    const registry = dynamoOrganizationRegistry(table);
    const declared = { ...bareDeclaration(), connections: [own()] };
    expect((await registry.read(declared, UNBOUNDED)).connections).toEqual([]);
  });

  it("are not seen by logins while they are set up, and only their organization finds the set-up", async () => {
    const setup = connectionSetup();
    await new ItemsOf(table, ITEM_TYPES.setup).put(setup, UNBOUNDED);
    expect(await connections.findSetup(ACME, UNBOUNDED)).toEqual(setup);
    expect(await connections.findSetup(GLOBEX, UNBOUNDED)).toBeNull();
    expect(await organizations.findConnection(setup.name, UNBOUNDED)).toBeNull();
    expect(await organizations.listConnections(ACME, UNBOUNDED)).toEqual([]);
    expect(await connections.find(setup.name, UNBOUNDED)).toBeNull();
  });
});
