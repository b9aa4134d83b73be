import { afterAll, beforeEach, describe, expect, it, vi } from "vitest";
import {
  type ApplyPorts,
  applyPlan,
  type DeclaredOrganization,
  type Invitation,
  type Organization,
  type OrganizationId,
  type OrganizationRegistry,
  type Organizations,
  parseDomain,
  parseEmail,
  parseOrganizationId,
  planOrganizations,
  type VerifiedDomain,
} from "../../domain/index.ts";
import { MemoryOrganizations } from "../../memory/organizations.ts";
import { LIMITS, memorySelfService } from "../../memory/self-service.ts";
import { dynamoAudit, dynamoOrganizationAudit } from "./audit.ts";
import { dynamoIdentities, dynamoRelinkWindows, dynamoSpeakers } from "./identities.ts";
import { dynamoMemberships } from "./memberships.ts";
import { dynamoOrganizationRegistry } from "./organization-registry.ts";
import { dynamoConnections, dynamoDomains, dynamoOrganizations } from "./organizations.ts";
import { dynamoRefusals } from "./refusals.ts";
import { ITEM_TYPES } from "./table/item-types.ts";
import { ItemsOf } from "./table/items.ts";
import { createDynamoTable, type DynamoTable } from "./table/table.ts";
import { startEmbeddedStore } from "./testing/embedded-store.ts";
import {
  ACME,
  ACME_EXAMPLE,
  bareDeclaration,
  connection,
  GLOBEX,
  invitation,
  JANE,
  JOE,
  link,
  NOON,
  organization,
  seat,
  UNBOUNDED,
  valid,
  verifiedDomain,
} from "./testing/examples.ts";
import { dynamoTransactions } from "./transactions.ts";

const store = await startEmbeddedStore();
afterAll(() => store.close());

/** With the names of what it has. */
function acme(listed: Partial<Organization> = {}): Organization {
  return organization({ domains: [ACME_EXAMPLE], connections: ["acme-okta"], ...listed });
}

const NOTHING = { domains: [], connections: [], invitations: [] };
/** What `declareAcme` stores. */
const DECLARED = {
  organization: acme(),
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

  it("lists all organizations across pages, by one request for each page", async () => {
    const name = "A".repeat(300_000); // DynamoDB's pages end at 1 MB
    const many = ["o1", "o2", "o3", "o4", "o5"].map((id) =>
      organization({ id: valid(parseOrganizationId(id)), name }),
    );
    for (const each of many) await new ItemsOf(table, ITEM_TYPES.organization).put(each, UNBOUNDED);
    await declareAcme();
    const asked = vi.fn();
    const observed = createDynamoTable({ ...table.options, onUpstream: asked });
    const listed = await dynamoOrganizationRegistry(observed).list(UNBOUNDED);
    observed.close();
    expect(listed).toEqual([DECLARED.organization, ...many]);
    expect(asked.mock.calls.map(([operation]) => operation)).toEqual(["Query", "Query"]);
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
    expect(await organizations.listByDomain(ACME_EXAMPLE, UNBOUNDED)).toEqual([acme(), globex]);
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

it("reads the connections that are registered, and those that are switched off", async () => {
  const connections = new ItemsOf(table, ITEM_TYPES.connection);
  const off = connection({ name: "acme-saml", state: "disabled" });
  const names = ["acme-okta", "acme-saml", "acme-former"];
  await declareAcme({ connections: names });
  for (const each of [off, connection({ name: "acme-former", state: "removed" })])
    await connections.put(each, UNBOUNDED);
  expect((await registry.read(bareDeclaration(), UNBOUNDED)).connections).toEqual([connection(), off]);
});

it("reads the declared invitations, and the open ones of operators alone of all that were ever made", async () => {
  const invitations = new ItemsOf(table, ITEM_TYPES.invitation);
  const at = (name: string, overrides: Partial<Invitation> = {}) =>
    invitation({ email: valid(parseEmail(`${name}@acme.example`)), ...overrides });
  const made = [
    at("accepted", { consumedBy: JANE }),
    at("ended", { ended: "revoked", endedBy: "others" }),
    at("offered", { invitedBy: JOE }),
    at("declared", { consumedBy: JANE }),
    at("open"),
  ];
  for (const each of made) await invitations.put(each, UNBOUNDED);
  const declaring = async (declared: DeclaredOrganization["invitations"]) =>
    (await registry.read({ ...bareDeclaration(), invitations: declared }, UNBOUNDED)).invitations;
  expect(await declaring(made.slice(3, 4))).toEqual(made.slice(3));
  expect(await declaring(null)).toEqual([]);
  await invitations.put(at("open", { consumedBy: JOE }), UNBOUNDED);
  expect(await declaring([])).toEqual([]);
});

it("counts the links of one connection in its part of the index, across pages", async () => {
  const links = new ItemsOf(table, ITEM_TYPES.link);
  const email = valid(parseEmail(`${"e".repeat(60)}@acme.example`));
  const linked = (connection: string, n: number, wide = "") =>
    links.put(link({ subject: `okta|acme-okta|${n}${wide}`, connection, email }), UNBOUNDED);
  for (const n of [1, 2, 3, 4, 5]) await linked("acme-okta", n, "x".repeat(1_000));
  await linked("acme-okta-2", 6);
  await new ItemsOf(table, ITEM_TYPES.seat).put(seat(), UNBOUNDED);
  const pages: number[] = [];
  for await (const page of registry.countLinks("acme-okta", UNBOUNDED)) pages.push(page);
  expect(pages).toEqual([5]);
  await linked("acme-okta-2", 1, "x".repeat(1_000)); // it has moved
  for await (const page of registry.countLinks("acme-okta", UNBOUNDED)) pages.push(page);
  expect(pages).toEqual([5, 4]);
});

describe("the requests of an application", () => {
  const invited = (...names: readonly string[]): DeclaredOrganization => ({
    organization: { id: ACME, name: "Acme", auth0OrgId: "org_1", trusts: [GLOBEX] },
    domains: [ACME_EXAMPLE],
    connections: [connection()],
    invitations: names.map((name) => ({ email: valid(parseEmail(`${name}@acme.example`)), role: "member" })),
  });

  let hours = 0;
  /** Applies the declarations as the command does, an hour after the last time. @returns the requests of that */
  async function applying(...declared: readonly DeclaredOrganization[]): Promise<string[]> {
    const requests: string[] = [];
    const observed = createDynamoTable({ ...table.options, onUpstream: (each) => requests.push(each) });
    const ports: ApplyPorts = {
      ...memorySelfService(new MemoryOrganizations()),
      actor: "operator:jo",
      organizations: dynamoOrganizations(observed),
      organizationRegistry: dynamoOrganizationRegistry(observed),
      organizationAudit: dynamoOrganizationAudit(observed),
      refusals: dynamoRefusals(observed),
      memberships: dynamoMemberships(observed),
      domains: dynamoDomains(observed),
      connections: dynamoConnections(observed),
      identities: dynamoIdentities(observed),
      speakers: dynamoSpeakers(observed),
      transactions: dynamoTransactions(observed),
      windows: dynamoRelinkWindows(observed),
      audit: dynamoAudit(observed),
      outbox: null,
      limits: LIMITS,
      now: () => new Date(Date.parse(NOON) + hours * 3_600_000),
    };
    hours += 1;
    await applyPlan(await planOrganizations(declared, ports, UNBOUNDED), ports, UNBOUNDED);
    observed.close();
    return requests;
  }

  it("are few for one more invitation, and one for all that has not changed", async () => {
    await new ItemsOf(table, ITEM_TYPES.organization).put(globex, UNBOUNDED);
    await applying(invited("boss"));
    const more = await applying(invited("boss", "jane"));
    expect(more.length).toBeLessThanOrEqual(20);
    expect(more.filter((each) => each === "TransactWriteItems")).toHaveLength(2); // it, and that it is applied
    expect(await applying(invited("boss", "jane"))).toEqual(["BatchGetItem"]);
    await applying({ ...invited(), invitations: null });
    expect(await applying({ ...invited(), invitations: null })).toEqual(["GetItem"]);
  });
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

async function declareAcme(listed: Partial<Organization> = {}): Promise<void> {
  await new ItemsOf(table, ITEM_TYPES.organization).put(acme(listed), UNBOUNDED);
  await storeDomain(verifiedDomain(), null);
  await new ItemsOf(table, ITEM_TYPES.connection).put(connection(), UNBOUNDED);
  await new ItemsOf(table, ITEM_TYPES.invitation).put(invitation(), UNBOUNDED);
}
