import { afterAll, beforeEach, describe, expect, it, onTestFinished } from "vitest";
import {
  applyImport,
  type ConnectionStore,
  type DomainStore,
  enabledOf,
  type Organizations,
  parseDomain,
  parseEmail,
  parseOrganizationId,
  planImport,
  type RegisteredConnection,
  recheckDomains,
  type VerifiedDomain,
  type Write,
} from "../../domain/index.ts";
import { MemoryAdministration } from "../../domain/testing/memory-administration.ts";
import { dynamoSpeakers } from "./identities.ts";
import { dynamoMemberships } from "./memberships.ts";
import { dynamoOrganizationRegistry } from "./organization-registry.ts";
import {
  dynamoConnections,
  dynamoDomains,
  dynamoOrganizations,
  dynamoUncheckedSince,
} from "./organizations.ts";
import { ITEM_TYPES } from "./table/item-types.ts";
import { ItemsOf } from "./table/items.ts";
import { createDynamoTable, type DynamoTable } from "./table/table.ts";
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
  userNumber,
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
async function due(since: string): Promise<VerifiedDomain[]> {
  const found: VerifiedDomain[] = [];
  for await (const each of domains.listDue(since, UNBOUNDED)) found.push(each);
  return found;
}
const verify = (next: VerifiedDomain) => commit({ item: "domain", next, present: null });

/** What an operator uses, and how many requests of each operation were sent since the last question. */
function counting() {
  let sent: Record<string, number> = {};
  const onUpstream = (operation: string) => {
    sent[operation] = (sent[operation] ?? 0) + 1;
  };
  const counted = createDynamoTable({ ...table.options, onUpstream });
  onTestFinished(() => counted.close());
  const ports = {
    ...new MemoryAdministration(),
    organizations: dynamoOrganizations(counted),
    memberships: dynamoMemberships(counted),
    speakers: dynamoSpeakers(counted),
    domains: dynamoDomains(counted),
    transactions: dynamoTransactions(counted),
    mailer: null,
  };
  const asked = () => {
    const counts = sent;
    sent = {};
    return counts;
  };
  return { ports, asked };
}

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

  it("are listed of every organization when they are due, without those of operators", async () => {
    const seen = byDns({ domain: OTHER, proof: { ...PROOF, found: null } });
    const ofGlobex = byDns({ organizationId: GLOBEX });
    const operators = verifiedDomain({ domain: valid(parseDomain("third.example")) });
    for (const each of [seen, byDns(), ofGlobex, operators]) await verify(each);
    const before = "2026-11-24T11:59:59.999Z";
    expect(await due(before)).toEqual([byDns(), ofGlobex]);
    expect(await due(NOON)).toEqual([byDns(), ofGlobex, seen]);
    await commit({ item: "domain", next: byDns({ proof: { ...PROOF, found: null } }), present: byDns() });
    expect(await due(before)).toEqual([ofGlobex]);
  });

  it("cost a recheck two requests each, beside the pages and the end of the run", async () => {
    const names = Array.from({ length: 26 }, (_, n) => valid(parseDomain(`n${n}.example`)));
    const items = new ItemsOf(table, ITEM_TYPES.domain);
    await Promise.all(names.map((domain) => items.put(byDns({ domain }), UNBOUNDED)));
    const { ports, asked } = counting();
    const outcomes: string[] = [];
    await recheckDomains(({ outcome }) => outcomes.push(outcome), ports, UNBOUNDED);
    expect(outcomes).toEqual(names.map(() => "missing"));
    expect(asked()).toEqual({ Query: 2, BatchGetItem: 26, TransactWriteItems: 26, PutItem: 1 });
  });

  it("are unchecked since the last run, or since the verification of the one that waits longest", async () => {
    const since = () => dynamoUncheckedSince(table)(UNBOUNDED);
    const [before, after] = ["2026-11-24T11:00:00.000Z", "2026-11-24T13:00:00.000Z"];
    await verify(verifiedDomain({ domain: OTHER, rev: "1" }));
    await domains.recheckEnded(before, UNBOUNDED);
    expect(await since()).toBeNull(); // an operator's needs no run
    await verify(byDns({ verifiedAt: NOON }));
    expect(await since()).toBe(NOON);
    await domains.recheckEnded(after, UNBOUNDED);
    expect(await since()).toBe(after);
  });
});

it("an import costs a read for 16 members and a commit for each, and only reads when it is repeated", async () => {
  await verify(byDns());
  const { ports, asked } = counting();
  const lines = Array.from({ length: 17 }, (_, index) => {
    const domain = index % 2 === 0 ? ACME_EXAMPLE : `n${index}.example`;
    const email = valid(parseEmail(`n${index}@${domain}`));
    return { index, organizationId: ACME, userId: userNumber(index), email, role: "member" as const };
  });
  const registeredUsers = {
    find: async (email: string) => lines.find((each) => each.email === email)?.userId ?? null,
  };
  const importing = async () => {
    const { planned, problems } = await planImport(lines, { ...ports, registeredUsers }, UNBOUNDED);
    expect(problems).toEqual([]);
    return (await applyImport(planned, ports, UNBOUNDED)).map(({ outcome }) => outcome);
  };
  expect(new Set(await importing())).toEqual(new Set(["new"]));
  expect(asked()).toEqual({ BatchGetItem: 4, TransactWriteItems: 17 });
  expect(new Set(await importing())).toEqual(new Set(["unchanged"]));
  expect(asked()).toEqual({ BatchGetItem: 2 });
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
    expect(await due("9999-12-31T23:59:59.999Z")).toEqual([]);
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
