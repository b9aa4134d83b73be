import { afterAll, beforeEach, describe, expect, it } from "vitest";
import {
  type DeclaredOrganization,
  type Organization,
  type OrganizationId,
  type OrganizationRegistry,
  type Organizations,
  parseDomain,
  parseOrganizationId,
  type VerifiedDomain,
} from "../../domain/index.ts";
import { dynamoOrganizationRegistry } from "./organization-registry.ts";
import { dynamoOrganizations } from "./organizations.ts";
import { ITEM_TYPES } from "./table/item-types.ts";
import { ItemsOf } from "./table/items.ts";
import type { DynamoTable } from "./table/table.ts";
import { startEmbeddedStore } from "./testing/embedded-store.ts";
import {
  ACME,
  ACME_EXAMPLE,
  bareDeclaration,
  connection,
  GLOBEX,
  invitation,
  link,
  organization,
  seat,
  UNBOUNDED,
  valid,
  verifiedDomain,
} from "./testing/examples.ts";
import { dynamoTransactions } from "./transactions.ts";

const store = await startEmbeddedStore();
afterAll(() => store.close());

const NOTHING = { domains: [], connections: [], invitations: [] };
/** What `declareAcme` stores. */
const DECLARED = {
  organization: organization(),
  domains: [verifiedDomain()],
  connections: [connection()],
  invitations: [invitation()],
};
const globex = organization({
  id: GLOBEX,
  name: "Globex",
  jit: false,
  defaultRole: "admin",
  enforceSso: true,
  trusts: [],
});

let table: DynamoTable;
let organizations: Organizations;
let registry: OrganizationRegistry;
beforeEach(async () => {
  table = await store.emptyTable();
  organizations = dynamoOrganizations(table);
  registry = dynamoOrganizationRegistry(table);
});

describe("organizations", () => {
  it("finds an organization in its latest form", async () => {
    expect(await organizations.find(ACME, UNBOUNDED)).toBeNull();
    for (const each of [organization(), organization({ name: "ACME", jit: false, auth0OrgId: "org_1" })]) {
      await new ItemsOf(table, ITEM_TYPES.organization).put(each, UNBOUNDED);
      expect(await organizations.find(ACME, UNBOUNDED)).toEqual(each);
    }
  });

  it("lists all organizations with everything they declare, across pages", async () => {
    const name = "A".repeat(300_000); // DynamoDB's pages end at 1 MB
    const many = ["o1", "o2", "o3", "o4", "o5"].map((id) =>
      organization({ id: valid(parseOrganizationId(id)), name }),
    );
    for (const each of many) await new ItemsOf(table, ITEM_TYPES.organization).put(each, UNBOUNDED);
    await declareAcme();
    const states = await registry.list(UNBOUNDED);
    expect(states.map((state) => state.organization.id)).toEqual(["acme", "o1", "o2", "o3", "o4", "o5"]);
    expect(states.slice(0, 2)).toEqual([DECLARED, { organization: many[0], ...NOTHING }]);
  });
});

describe("reading the state of one organization", () => {
  const named = (id: OrganizationId): DeclaredOrganization => ({
    organization: { id, trusts: [] },
    domains: [ACME_EXAMPLE],
    connections: [connection(), connection({ name: "none" })],
    invitations: [invitation()],
  });

  it("returns an empty state before anything is declared", async () => {
    expect(await registry.read(bareDeclaration(), UNBOUNDED)).toEqual({ organization: null, ...NOTHING });
  });

  it("returns what is declared now and what was declared before, each once", async () => {
    await declareAcme();
    for (const declared of [bareDeclaration(), named(ACME)])
      expect(await registry.read(declared, UNBOUNDED)).toEqual(DECLARED);
  });

  it("returns nothing of another organization, even under a declared name", async () => {
    await declareAcme();
    expect(await registry.read(named(GLOBEX), UNBOUNDED)).toEqual({ organization: null, ...NOTHING });
  });
});

describe("domains", () => {
  it("finds each organization that verified a domain, by its exact name", async () => {
    await declareAcme();
    await new ItemsOf(table, ITEM_TYPES.organization).put(globex, UNBOUNDED);
    await storeDomain(verifiedDomain({ organizationId: GLOBEX }), null);
    expect(await organizations.listByDomain(ACME_EXAMPLE, UNBOUNDED)).toEqual([organization(), globex]);
    const subdomain = valid(parseDomain("mail.acme.example"));
    expect(await organizations.listByDomain(subdomain, UNBOUNDED)).toEqual([]);
    await storeDomain(null, verifiedDomain());
    expect(await organizations.listByDomain(ACME_EXAMPLE, UNBOUNDED)).toEqual([globex]);
  });

  it("ignores domains of a missing organization", async () => {
    await storeDomain(verifiedDomain(), null);
    expect(await organizations.listByDomain(ACME_EXAMPLE, UNBOUNDED)).toEqual([]);
  });
});

it("lists the connections that are registered, and those that are switched off", async () => {
  await declareAcme();
  const connections = new ItemsOf(table, ITEM_TYPES.connection);
  const off = connection({ name: "acme-saml", state: "disabled" });
  for (const each of [off, connection({ name: "acme-former", state: "removed" })])
    await connections.put(each, UNBOUNDED);
  expect(await registry.list(UNBOUNDED)).toEqual([{ ...DECLARED, connections: [connection(), off] }]);
});

it("yields the connection of every identity link and of no other item, across pages", async () => {
  const long = "c".repeat(300_000); // DynamoDB's pages end at 1 MB
  const links = new ItemsOf(table, ITEM_TYPES.link);
  for (const n of [1, 2, 3, 4, 5]) {
    const each = link({ subject: `okta|acme-okta|${n}`, connection: `${long}${n}` });
    await links.put(each, UNBOUNDED);
  }
  await new ItemsOf(table, ITEM_TYPES.seat).put(seat(), UNBOUNDED);
  await declareAcme();
  const found: string[] = [];
  for await (const connection of registry.linkedConnections(UNBOUNDED)) found.push(connection);
  expect(found.map((connection) => connection.slice(-1)).sort()).toEqual(["1", "2", "3", "4", "5"]);
});

describe("Auth0 organization ids", () => {
  const pointer = { auth0OrgId: "org_1", organizationId: ACME, rev: "1" };
  const found = () => organizations.findByAuth0OrgId("org_1", UNBOUNDED);
  const put = (auth0OrgId: string | null) =>
    new ItemsOf(table, ITEM_TYPES.organization).put(organization({ auth0OrgId }), UNBOUNDED);

  it("find the organization that has the id", async () => {
    expect([await registry.findPointer("org_1", UNBOUNDED), await found()]).toEqual([null, null]);
    await new ItemsOf(table, ITEM_TYPES.pointer).put(pointer, UNBOUNDED);
    await put("org_1");
    expect(await registry.findPointer("org_1", UNBOUNDED)).toEqual(pointer);
    expect(await found()).toEqual(organization({ auth0OrgId: "org_1" }));
  });

  it("come to exactly one of 20 organizations that claim them at once, with the organization", async () => {
    const { commit } = dynamoTransactions(table);
    const rivals = Array.from({ length: 20 }, (_, n) =>
      organization({ id: valid(parseOrganizationId(`rival-${n}`)), auth0OrgId: "org_1" }),
    );
    const claim = (next: Organization) => {
      const pointer = { auth0OrgId: "org_1", organizationId: next.id, rev: "1" };
      const writes = [
        { item: "organization", next, present: null },
        { item: "pointer", next: pointer, present: null },
      ] as const;
      return commit({ writes, unchanged: [], audit: [] }, UNBOUNDED);
    };
    let won = await Promise.all(rivals.map(claim));
    // All of them may have been in each other's way.
    if (!won.includes(true)) won = [await claim(rivals[0] ?? expect.fail())];
    expect(won.filter(Boolean)).toHaveLength(1);
    const winner = rivals[won.indexOf(true)];
    expect(await found()).toEqual(winner);
    const stored = await organizations.findMany(
      rivals.map(({ id }) => id),
      UNBOUNDED,
    );
    expect(stored).toEqual([winner]);
  });

  it.each([null, "org_2"])("find none that has lost the id between both reads, and has %s", async (has) => {
    await new ItemsOf(table, ITEM_TYPES.pointer).put(pointer, UNBOUNDED);
    expect(await found()).toBeNull();
    await put(has);
    expect(await found()).toBeNull();
  });
});

const storeDomain = (next: VerifiedDomain | null, present: VerifiedDomain | null) =>
  dynamoTransactions(table).commit(
    { writes: [{ item: "domain", next, present }], unchanged: [], audit: [] },
    UNBOUNDED,
  );

async function declareAcme(): Promise<void> {
  await new ItemsOf(table, ITEM_TYPES.organization).put(organization(), UNBOUNDED);
  await storeDomain(verifiedDomain(), null);
  await new ItemsOf(table, ITEM_TYPES.connection).put(connection(), UNBOUNDED);
  await new ItemsOf(table, ITEM_TYPES.invitation).put(invitation(), UNBOUNDED);
}
