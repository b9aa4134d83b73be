import { beforeEach, describe, expect, it } from "vitest";
import { MemoryOrganizations } from "../../memory/organizations.ts";
import type { ConnectionSetup } from "../connections/setup.ts";
import type { DomainClaim } from "../domains/claim.ts";
import { parseDomain } from "../email.ts";
import { declaredConnection, declaredDomain, type RegisteredConnection } from "../organization.ts";
import { meanwhile } from "../testing/meanwhile.ts";
import { MemoryAdministration } from "../testing/memory-administration.ts";
import { NOW } from "../testing/memory-ports.ts";
import { ACME, ENTRA, GLOBEX, UNBOUNDED } from "../testing/people.ts";
import { applyOrganizations, DeclarationRefused, planOrganizations } from "./apply-organizations.ts";
import type { DeclaredOrganization } from "./organization-registry.ts";

const OPERATORS = parseDomain("acme.example") ?? expect.fail();
const PROVED = parseDomain("acme-labs.example") ?? expect.fail();
const CLAIMED = parseDomain("acme.test") ?? expect.fail();
const PROOF = { token: "0".repeat(32), checkedAt: NOW, found: null, missingSince: null, reminders: 0 };
const BY_DNS = { verifiedBy: "dns", proof: PROOF } as const;
const CLAIM: DomainClaim = {
  domain: CLAIMED,
  organizationId: ACME,
  state: "pending",
  proof: PROOF,
  claimedAt: NOW,
  expiresAt: NOW,
  rev: "1",
};
/** What the people of Acme have set up. */
const OWN: RegisteredConnection = {
  ...declaredConnection({ ...ENTRA, name: "acme-k3v9q2xw", strategy: "okta" }),
  origin: "self-service",
  auth0Id: "con_1",
  testedAt: NOW,
};
const SETUP: ConnectionSetup = {
  organizationId: ACME,
  name: "acme-7h2m4d8s",
  displayName: "Okta",
  startedAt: NOW,
  ticketId: "sst_1",
  waitingFor: null,
  askedAt: null,
  rev: "1",
};
/** Acme as its operator's file has it. */
const FILE: DeclaredOrganization = {
  organization: { id: ACME, trusts: [] },
  domains: [OPERATORS],
  connections: [ENTRA],
  invitations: null,
};
const BARE: DeclaredOrganization = { ...FILE, domains: [], connections: [] };

let ports: MemoryAdministration;
const lists = () => ports.organizations.organizations.get(ACME) ?? expect.fail();
beforeEach(async () => {
  ports = new MemoryAdministration(new MemoryOrganizations());
  const { organizationRegistry: registry, domains, connections } = ports;
  const read = registry.read.bind(registry);
  registry.read = async (declared) => ({
    ...(await read(declared)),
    domains: (await domains.list(declared.organization.id)).domains,
    connections: await connections.list(declared.organization.id),
  });
  await apply(FILE);
  domains.put({ ...declaredDomain({ domain: PROVED, organizationId: ACME, verifiedAt: NOW }), ...BY_DNS });
  domains.claims.set(`${ACME} ${CLAIMED}`, CLAIM);
  ports.organizations.put({ ...lists(), domains: [OPERATORS, PROVED], claims: { [CLAIMED]: NOW } });
  connections.begin(OWN);
  connections.setups.set(ACME, SETUP);
});

const plan = (...declared: readonly DeclaredOrganization[]) => planOrganizations(declared, ports, UNBOUNDED);

async function apply(...declared: readonly DeclaredOrganization[]) {
  const { changes } = await applyOrganizations({ declared, agreed: () => true }, ports, UNBOUNDED);
  return changes.map(({ change }) => change);
}

async function problemsOf(...declared: readonly DeclaredOrganization[]) {
  const error: unknown = await plan(...declared).catch((thrown: unknown) => thrown);
  return error instanceof DeclarationRefused ? error.problems : expect.fail(`not refused: ${error}`);
}

const stateOf = async (name: string) => ports.connections.find(name);

it("takes away only what an operator has made", async () => {
  const [claims, setups] = [[...ports.domains.claims], [...ports.connections.setups]];
  expect((await apply(BARE)).sort()).toEqual([
    "connection acme-entra no longer registered",
    "domain acme.example no longer verified",
  ]);
  expect((await ports.domains.list(ACME)).domains.map(({ domain }) => domain)).toEqual([PROVED]);
  expect(lists()).toMatchObject({ domains: [PROVED], claims: { [CLAIMED]: NOW } });
  expect(await stateOf(OWN.name)).toEqual(OWN);
  expect([[...ports.domains.claims], [...ports.connections.setups]]).toEqual([claims, setups]);
  expect((await ports.organizations.find(ACME))?.connections).toEqual([OWN.name]);
});

it("leaves a domain that is verified by DNS as it is, and says so", async () => {
  const file = { ...FILE, domains: [OPERATORS, PROVED] };
  const { changes, warnings } = await plan(file);
  expect(changes).toEqual([]);
  expect(warnings).toEqual([{ kind: "domain-verified-by-dns", organizationId: ACME, domain: PROVED }]);
});

it.each(["pending", "lapsed"] as const)(
  "counts a declared domain, and then what is %s of it",
  async (state) => {
    ports.domains.claims.set(`${ACME} ${CLAIMED}`, { ...CLAIM, state });
    const both = state === "lapsed" ? [PROVED, OPERATORS, CLAIMED] : [PROVED, OPERATORS];
    ports.organizations.put({ ...lists(), domains: both });
    await apply({ ...FILE, domains: [OPERATORS, CLAIMED] });
    expect(lists()).toMatchObject({ domains: [PROVED, OPERATORS, CLAIMED], claims: { [CLAIMED]: NOW } });
    await apply(FILE);
    expect(lists()).toMatchObject({ domains: both, claims: { [CLAIMED]: NOW } });
    expect(ports.audited.slice(-2)).toEqual([
      "operator:jo domain-verified acme",
      "operator:jo domain-released acme",
    ]);
  },
);

describe("a declared connection", () => {
  const naming = (name: string, of = ACME): DeclaredOrganization => ({
    ...BARE,
    organization: { id: of, trusts: [] },
    connections: [{ ...ENTRA, name, organizationId: of }],
  });

  it.each([
    ["the organization has set up", OWN.name, ACME],
    ["the organization is setting up", SETUP.name, ACME],
    ["another organization has set up", OWN.name, GLOBEX],
  ])("is refused with the name of a connection that %s", async (_, name, of) => {
    const other = of === ACME ? [] : [FILE];
    expect(await problemsOf(naming(name, of), ...other)).toEqual([
      { kind: "self-service-connection", name, owner: ACME, isRemoved: false },
    ]);
  });

  it("is refused when the organization has removed it: its name is never used again", async () => {
    ports.connections.put({ ...OWN, state: "removed" });
    expect(await problemsOf(naming(OWN.name))).toMatchObject([{ isRemoved: true }]);
  });

  it("stays switched off, and keeps its test unless it gets another strategy", async () => {
    const present = await stateOf(ENTRA.name);
    const off = { ...(present ?? expect.fail()), state: "disabled", testedAt: NOW } as const;
    ports.connections.put(off);
    ports.organizations.put({ ...lists(), rev: "2" });
    const { changes, warnings } = await plan(FILE);
    expect(changes).toEqual([]);
    expect(warnings).toEqual([{ kind: "connection-disabled", organizationId: ACME, name: ENTRA.name }]);
    await apply({ ...FILE, connections: [{ ...ENTRA, displayName: "New" }] });
    expect(await stateOf(ENTRA.name)).toMatchObject({ state: "disabled", displayName: "New", testedAt: NOW });
    await apply({ ...FILE, connections: [{ ...ENTRA, strategy: "okta" }] });
    expect(await stateOf(ENTRA.name)).toMatchObject({ state: "disabled", strategy: "okta", testedAt: null });
  });
});

describe("enforced SSO", () => {
  const enforced = { ...BARE, organization: { id: ACME, trusts: [], enforceSso: true } };
  const refused = [{ kind: "sso-without-connection", organizationId: ACME }];

  it("needs no connection in the file where the organization has set one up", async () => {
    expect(await apply(enforced)).toContain("enforceSso false → true, locked none → enforceSso");
  });

  it.each(["disabled", "removed"] as const)("does not count one that is %s", async (state) => {
    ports.connections.put({ ...OWN, state });
    expect(await problemsOf(enforced)).toEqual(refused);
  });

  it("does not count a declared one that is switched off, nor one that the file takes away", async () => {
    ports.connections.put({ ...OWN, state: "disabled" });
    const file = { ...enforced, connections: [ENTRA] };
    expect((await plan(file)).changes).not.toEqual([]);
    expect(await problemsOf(enforced)).toEqual(refused);
    const present = (await stateOf(ENTRA.name)) ?? expect.fail();
    ports.connections.put({ ...present, state: "disabled" });
    expect(await problemsOf(file)).toEqual(refused);
  });

  const declaring = (connection: typeof ENTRA) => ({ ...enforced, connections: [connection] });
  const NEW = { ...ENTRA, name: "acme-new" };
  const heir = { ...BARE, organization: { id: GLOBEX, trusts: [] } };
  const moving = [enforced, { ...heir, connections: [{ ...ENTRA, organizationId: GLOBEX }] }];

  it.each<[string, readonly DeclaredOrganization[], RegisteredConnection, "removed" | "disabled"]>([
    ["the only one was removed", [enforced], OWN, "removed"],
    ["the only one was switched off", [enforced], OWN, "disabled"],
    ["the declared one was removed", [declaring(ENTRA)], declaredConnection(ENTRA), "removed"],
    ["the new one was registered and switched off", [declaring(NEW)], declaredConnection(NEW), "disabled"],
    ["the only one was switched off that does not move", moving, OWN, "disabled"],
  ])("stays off where, since the plan was made, %s", async (_, files, connection, state) => {
    const isOwn = connection === OWN;
    await apply(isOwn && files.length === 1 ? BARE : FILE, heir);
    if (!isOwn) ports.connections.put({ ...OWN, state: "disabled" });
    const takeAway = () => {
      const others = lists().connections.filter((name) => name !== connection.name);
      const connections = state === "removed" ? others : [...others, connection.name];
      ports.connections.put({ ...connection, state, rev: "2" });
      ports.organizations.organizations.set(ACME, { ...lists(), connections, rev: "2" });
    };
    const { steps } = await plan(...files);
    const step = steps.find(({ change }) => change.startsWith("enforceSso")) ?? expect.fail();
    const committing = meanwhile(ports, takeAway);
    for (let times = 0; times < 2; times += 1) {
      expect(await step.make(() => ({ at: NOW, audit: [] }), UNBOUNDED)).toBe(false);
      expect([committing.mock.calls.length, lists().enforceSso]).toEqual([1, false]);
    }
  });

  it("counts a declared one that is new", async () => {
    const globex = { id: GLOBEX, trusts: [], enforceSso: true };
    const connections = [{ ...ENTRA, name: "globex-sso", organizationId: GLOBEX }];
    const file = { ...BARE, organization: globex, connections };
    expect(await apply(file)).toHaveLength(2);
    ports.connections.put({ ...OWN, state: "disabled" });
    await apply(BARE);
    expect(await apply({ ...enforced, connections: [ENTRA] })).toHaveLength(2); // it was removed before
    expect(await problemsOf({ ...BARE, organization: { ...globex, id: GLOBEX } })).toEqual([
      { ...refused[0], organizationId: GLOBEX },
    ]);
  });
});

describe("an Auth0 id", () => {
  const holding = (auth0OrgId?: string | null) => ({
    ...FILE,
    organization: { id: ACME, trusts: [], ...(auth0OrgId !== undefined && { auth0OrgId }) },
  });

  it("stays when a set-up has made it and the file leaves it out, and goes where the file has null", async () => {
    await apply(holding("org_acme"));
    expect(await apply(holding())).toEqual([]);
    expect(await apply(holding(null))).toEqual(["auth0OrgId org_acme → none"]);
  });

  it("goes to another organization of the file that names it", async () => {
    await apply(holding("org_acme"));
    const taker = { ...BARE, organization: { id: GLOBEX, trusts: [], auth0OrgId: "org_acme" } };
    expect(await apply(taker, holding())).toEqual([
      "organization globex created",
      "auth0OrgId org_acme → none",
    ]);
    expect(await apply(taker, holding())).toEqual([]);
  });
});
