import { beforeEach, describe, expect, it, vi } from "vitest";
import type { MemoryIdentities } from "../../memory/identities.ts";
import type { MemoryOrganizationRegistry } from "../../memory/organization-registry.ts";
import { MemoryOrganizations } from "../../memory/organizations.ts";
import { parseDomain } from "../email.ts";
import { keptUntil } from "../membership/invitation.ts";
import type { Invitation } from "../membership/memberships.ts";
import type { Organization } from "../organization.ts";
import { meanwhile } from "../testing/meanwhile.ts";
import { MemoryAdministration } from "../testing/memory-administration.ts";
import { invitation, NOW } from "../testing/memory-ports.ts";
import {
  ACME,
  ENTRA,
  GLOBEX,
  INITECH,
  JANE,
  JANE_EMAIL,
  JOE,
  organization,
  UNBOUNDED,
} from "../testing/people.ts";
import {
  ApplyStopped,
  applyOrganizations,
  DeclarationRefused,
  planOrganizations,
} from "./apply-organizations.ts";
import type { DeclaredOrganization } from "./organization-registry.ts";

const DOMAIN = parseDomain("acme.example") ?? expect.fail();
const AUTH0_ID = "org_acme";

/** Acme, with something of every kind. */
const FULL: DeclaredOrganization = {
  organization: organization(ACME, { auth0OrgId: AUTH0_ID }),
  domains: [DOMAIN],
  connections: [ENTRA],
  invitations: [{ email: JANE_EMAIL, role: "owner" }],
};
const full = (settings: Partial<Organization>): DeclaredOrganization => {
  return { ...FULL, organization: { ...FULL.organization, ...settings } };
};
const GLOBEX_BARE: DeclaredOrganization = {
  organization: organization(GLOBEX),
  domains: [],
  connections: [],
  invitations: null,
};
const HEIR = { ...GLOBEX_BARE, connections: [{ ...ENTRA, organizationId: GLOBEX }] };
const globex = (settings: Partial<Organization>) => ({
  ...GLOBEX_BARE,
  organization: organization(GLOBEX, settings),
});
const UNKNOWN = { kind: "unknown-trust", organizationId: GLOBEX, trusted: INITECH };
const TAKEN = { kind: "auth0-id-taken", auth0OrgId: AUTH0_ID, owner: ACME };

let ports: MemoryAdministration;
let registry: MemoryOrganizationRegistry;
let identities: MemoryIdentities;
beforeEach(() => {
  ports = new MemoryAdministration(new MemoryOrganizations());
  registry = ports.organizationRegistry;
  identities = ports.identities;
});

const apply = (declared: readonly DeclaredOrganization[], agreed = true) =>
  applyOrganizations({ declared, agreed: () => agreed }, ports, UNBOUNDED);

const plan = (...declared: readonly DeclaredOrganization[]) => planOrganizations(declared, ports, UNBOUNDED);

const wordsOf = (changes: readonly { readonly organizationId: string; readonly change: string }[]) =>
  changes.map(({ organizationId, change }) => `${organizationId}: ${change}`);

const audited = () => identities.entries.map(({ action, organizationId }) => `${action} ${organizationId}`);

async function errorOf<T>(promise: Promise<unknown>, kind: new (...args: never[]) => T): Promise<T> {
  const error: unknown = await promise.catch((thrown: unknown) => thrown);
  return error instanceof kind ? error : expect.fail(`another outcome: ${error}`);
}

it("creates what is declared, records each change with a time of its own, and then finds nothing to change", async () => {
  expect(wordsOf((await apply([FULL])).changes)).toEqual([
    "acme: organization acme created",
    "acme: domain acme.example verified",
    "acme: connection acme-entra (waad) registered",
    "acme: jane@acme.example invited as owner",
  ]);
  expect(audited()).toEqual([
    "organization-created acme",
    "domain-verified acme",
    "connection-enabled acme",
    "invitation-sent acme",
  ]);
  expect(new Set(identities.entries.map(({ at }) => at)).size).toBe(4);
  const [first] = identities.entries;
  expect(first).toMatchObject({
    at: NOW,
    actor: "operator:jo",
    batchId: expect.stringMatching(/^[0-9a-f-]{36}$/),
  });
  expect(new Set(identities.entries.map(({ batchId }) => batchId)).size).toBe(1);
  expect(await apply([FULL])).toMatchObject({ changes: [], steps: [], warnings: [] });
});

const UNCONNECTED = { ...FULL, connections: [] };
const UPDATED = "organization-updated acme";
/** From Acme with everything: what is declared next, what that changes, and its audit entries. */
const WITHDRAWALS: readonly [string, readonly DeclaredOrganization[], string, ...string[]][] = [
  [
    "a domain",
    [{ ...FULL, domains: [] }],
    "acme: domain acme.example no longer verified",
    "domain-released acme",
  ],
  [
    "a connection",
    [UNCONNECTED],
    "acme: connection acme-entra no longer registered",
    "connection-removed acme",
  ],
  [
    "an open invitation",
    [{ ...FULL, invitations: [] }],
    "acme: invitation of jane@acme.example withdrawn",
    "invitation-revoked acme",
  ],
  ["JIT", [full({ jit: false })], "acme: jit true → false", UPDATED],
  ["the Auth0 id", [full({ auth0OrgId: null })], "acme: auth0OrgId org_acme → none", UPDATED],
  [
    "a connection that another organization gets",
    [UNCONNECTED, HEIR],
    "globex: connection acme-entra moved here from acme",
    "connection-removed acme",
    "connection-enabled globex",
  ],
];

it.each(WITHDRAWALS)(
  "takes away %s only when the operator agrees",
  async (_, declared, words, ...entries) => {
    await apply([FULL, GLOBEX_BARE]);
    identities.entries.length = 0;
    const { problems } = await errorOf(apply(declared, false), DeclarationRefused);
    expect(problems.map((problem) => problem.kind === "not-agreed" && wordsOf([problem.change]))).toEqual([
      [words],
    ]);
    expect(audited()).toEqual([]);
    expect(wordsOf((await apply(declared)).changes)).toEqual([words]);
    expect(audited()).toEqual(entries);
    expect((await apply(declared)).changes).toEqual([]);
  },
);

it("T83: keeps a connection that it takes away as removed, and registers it again for any organization", async () => {
  await apply([FULL]);
  await apply([UNCONNECTED]);
  expect(registry.organizations.off.get(ENTRA.name)).toMatchObject({ ...ENTRA, state: "removed" });
  expect(wordsOf((await apply([HEIR])).changes)).toContain("globex: connection acme-entra (waad) registered");
  expect(registry.organizations.off.size).toBe(0);
  expect((await errorOf(plan(FULL), DeclarationRefused)).problems).toMatchObject([
    { kind: "connection-taken", owner: GLOBEX },
  ]);
});

it("takes trust away only when the operator agrees", async () => {
  const trusting = full({ trusts: [GLOBEX] });
  expect(wordsOf((await apply([GLOBEX_BARE, trusting])).changes)).toContain(
    "acme: organization acme created",
  );
  await errorOf(apply([FULL], false), DeclarationRefused);
  expect(wordsOf((await apply([FULL])).changes)).toEqual(["acme: trusts globex → none"]);
});

it("needs no agreement to grant, and leaves open invitations alone that the declaration does not mention", async () => {
  await apply([FULL]);
  const renamed = { ...FULL.organization, name: "Acme Inc", enforceSso: true };
  const { changes } = await apply([{ ...FULL, organization: renamed, invitations: null }], false);
  expect(wordsOf(changes)).toEqual(["acme: name acme → Acme Inc, enforceSso false → true"]);
});

it("withdraws trust before another organization gets the domain", async () => {
  const trusting = full({ trusts: [GLOBEX] });
  await apply([trusting, GLOBEX_BARE]);
  const { changes } = await apply([{ ...GLOBEX_BARE, domains: [DOMAIN] }, FULL]);
  expect(wordsOf(changes)).toEqual(["acme: trusts globex → none", "globex: domain acme.example verified"]);
});

it("swaps the Auth0 ids of two organizations", async () => {
  const holds = (id: typeof ACME, auth0OrgId: string): DeclaredOrganization => {
    return { ...GLOBEX_BARE, organization: organization(id, { auth0OrgId }) };
  };
  await apply([holds(ACME, "org_a"), holds(GLOBEX, "org_b")]);
  const { changes } = await apply([holds(ACME, "org_b"), holds(GLOBEX, "org_a")]);
  expect(wordsOf(changes)).toEqual(["acme: auth0OrgId org_a → org_b", "globex: auth0OrgId org_b → org_a"]);
  expect((await apply([holds(ACME, "org_b"), holds(GLOBEX, "org_a")])).changes).toEqual([]);
});

it.each<[string, DeclaredOrganization, object]>([
  ["trusts one that does not exist", globex({ trusts: [INITECH] }), UNKNOWN],
  ["takes the connection of another one", HEIR, { kind: "connection-taken", name: ENTRA.name, owner: ACME }],
  ["takes the Auth0 id of one that it does not name", globex({ auth0OrgId: AUTH0_ID }), TAKEN],
])("refuses a declaration that %s", async (_, declared, problem) => {
  await apply([FULL]);
  expect((await errorOf(plan(declared), DeclarationRefused)).problems).toEqual([problem]);
});

it("never sends an accepted invitation again, whatever role is declared", async () => {
  await apply([FULL]);
  registry.memberships.invite(invitation({ role: "member", consumedBy: JANE }));
  expect((await apply([FULL])).changes).toEqual([]);
  expect((await apply([{ ...FULL, invitations: [] }])).changes).toEqual([]);
});

describe("what a declaration leaves out", () => {
  const OF_ACME = { id: ACME, auth0OrgId: null, trusts: [] };
  const declare = (settings: Partial<DeclaredOrganization["organization"]>): DeclaredOrganization => {
    return { ...GLOBEX_BARE, organization: { ...OF_ACME, ...settings } };
  };
  const acmeNow = () => registry.organizations.organizations.get(ACME);

  it("is the organization's own decision, and what it names is locked", async () => {
    await apply([declare({ name: "Acme", jit: true })]);
    expect(acmeNow()).toMatchObject({ name: "Acme", jit: true, locked: ["name", "jit"] });
    const own = { ...(acmeNow() ?? organization(ACME)), defaultRole: "admin", enforceSso: true } as const;
    registry.organizations.put(own);
    expect((await apply([declare({ name: "Acme", jit: true })])).changes).toEqual([]);
    expect(wordsOf((await apply([declare({ name: "Acme" })])).changes)).toEqual([
      "acme: locked jit name → name",
    ]);
    const changed = { rev: expect.any(String), applied: expect.any(Object) };
    expect(acmeNow()).toMatchObject({ ...own, locked: ["name"], ...changed });
  });

  it("is also its end, unless operators have reserved that, whatever comes of the settings", async () => {
    await apply([declare({ name: "Acme", isClosedByOperators: true })]);
    expect(acmeNow()).toMatchObject({ locked: ["name", "closing"] });
    const { changes } = await apply([declare({ name: "Acme" })]);
    expect(wordsOf(changes)).toEqual(["acme: locked closing name → name"]);
  });

  it("is all of what it names once it exists, where that is only what it begins with", async () => {
    const beginning = declare({ name: "Acme", jit: false, isBeginning: true });
    await apply([beginning]);
    expect(acmeNow()).toMatchObject({ name: "Acme", jit: false, locked: [] });
    registry.organizations.put({ ...(acmeNow() ?? organization(ACME)), name: "Acme Works", rev: "own" });
    expect((await apply([{ ...beginning, domains: [] }])).changes).toEqual([]);
    expect(acmeNow()).toMatchObject({ name: "Acme Works", jit: false, locked: [] });
    await apply([declare({ name: "Acme" })]);
    expect(wordsOf((await apply([beginning])).changes)).toEqual(["acme: locked name → none"]);
  });
});

it("records each attempt at a change with its own time, because the feed shows no late entry", async () => {
  let attempts = 0;
  const { commit } = ports.transactions;
  vi.spyOn(ports.transactions, "commit").mockImplementation(async (changes, signal) => {
    attempts += 1;
    ports.time = new Date(Date.parse(ports.time) + 15_000).toISOString();
    return attempts > 1 && commit(changes, signal);
  });
  await apply([globex({ name: "Globex 2" })]);
  expect(identities.entries[0]?.at).toBe(new Date(Date.parse(NOW) + 15_000).toISOString());
});

it("an invitation that is offered again was made inside or outside as at first, whatever domains are left", async () => {
  const BARE = { ...FULL, domains: [] };
  await apply([{ ...BARE, invitations: null }]);
  registry.memberships.invite(invitation({ expiresAt: NOW, fromOutside: false }));
  await apply([BARE]);
  expect([...registry.memberships.invitations.values()]).toMatchObject([{ fromOutside: false }]);
});

/** What a declaration that names Jane as an owner does where this is stored of her invitation. */
it.each<[string, Partial<Invitation>, boolean]>([
  ["is open as declared", {}, false],
  ["is open with another role", { role: "admin" }, true],
  ["has expired", { expiresAt: NOW }, true],
  ["an operator's file has withdrawn", { ended: "revoked", endedBy: "file" }, true],
  ["people of the organization have revoked", { ended: "revoked", endedBy: "others" }, false],
  ["Jane has declined", { ended: "declined", endedBy: "others" }, false],
  ["was accepted", { role: "member", consumedBy: JANE }, false],
])("offers an invitation that %s: %o, again: %s", async (_, stored, isSent) => {
  await apply([{ ...FULL, invitations: null }]);
  registry.memberships.invite(invitation({ expiresAt: "2026-12-01T00:00:00.000Z", ...stored }));
  const { changes } = await apply([FULL]);
  expect(wordsOf(changes)).toEqual(isSent ? ["acme: jane@acme.example invited as owner"] : []);
  const [sent] = [...registry.memberships.invitations.values()];
  // What the file names stays stored, or it would be offered again after 90 days.
  const isEnded = sent?.consumedBy !== null || sent.ended !== null;
  expect([sent?.declared, sent !== undefined && keptUntil(sent) === null]).toEqual([
    isSent || isEnded,
    isEnded,
  ]);
  if (!isSent) return;
  expect(sent).toMatchObject({ role: "owner", invitedBy: null, ended: null, endedAt: null, mail: "none" });
  expect(registry.memberships.ledgers.get(ACME)).toMatchObject({ open: {}, changes: 1 }); // those of a file are not counted
  expect(Date.parse(sent?.expiresAt ?? "") - Date.parse(sent?.createdAt ?? "")).toBe(604_800_000);
  expect((await apply([FULL])).changes).toEqual([]);
});

it.each<[string, Partial<Invitation>, number]>([
  ["counted, which is counted no longer", { counted: true }, 2],
  ["of a file", {}, 3],
  ["counted until it expired", { counted: true, expiresAt: NOW }, 3],
])("withdraws an operator's invitation that is %s", async (_, given, open) => {
  await apply([FULL]);
  const { ledgers, invitations } = registry.memberships;
  const expiresAt = "2026-12-01T00:00:00.000Z";
  registry.memberships.invite(invitation({ expiresAt, ...given }));
  const counts = { open: { "2026-12-01": 3 }, day: "2026-11-25", mails: 0, changes: 1, changedAt: null };
  ledgers.set(ACME, { organizationId: ACME, ...counts, rev: "1" });
  await apply([{ ...FULL, invitations: [] }]);
  expect([...invitations.values()]).toMatchObject([
    { ended: "revoked", endedBy: "file", endedAt: expect.any(String) },
  ]);
  expect(ledgers.get(ACME)?.open).toEqual({ "2026-12-01": open });
  expect(audited().at(-1)).toBe("invitation-revoked acme");
});

it("never withdraws what members have offered", async () => {
  await apply([FULL]);
  registry.memberships.invite(invitation({ invitedBy: JOE }));
  expect((await apply([{ ...FULL, invitations: [] }])).changes).toEqual([]);
});

describe("an application that stops", () => {
  it("names the change that another operator prevented, and the changes made before it", async () => {
    // Globex has registered it since the plan was made.
    const { organizations } = registry;
    const { commit } = ports.transactions;
    vi.spyOn(ports.transactions, "commit").mockImplementation((changes, signal) => {
      if (changes.writes.some(({ item }) => item === "domain"))
        organizations.setConnection({ ...ENTRA, organizationId: GLOBEX }, "enabled");
      return commit(changes, signal);
    });
    const { change, made } = await errorOf(apply([FULL]), ApplyStopped);
    expect(wordsOf([change])).toEqual(["acme: connection acme-entra (waad) registered"]);
    expect(wordsOf(made)).toEqual(["acme: organization acme created", "acme: domain acme.example verified"]);
    expect(audited()).toEqual(["organization-created acme", "domain-verified acme"]);
  });

  it("leaves an invitation that has changed since it was compared", async () => {
    await apply([{ ...FULL, invitations: null }]);
    registry.memberships.invite(invitation({ role: "member" }));
    const { steps } = await plan(FULL);
    const changed = invitation({ role: "member", consumedBy: JANE, rev: "2" });
    registry.memberships.invite(changed);
    const [step] = steps;
    if (step === undefined || !("make" in step)) expect.fail("one step");
    expect(await step.make(() => ({ at: NOW, audit: [] }), UNBOUNDED)).toBe(false);
    expect([...registry.memberships.invitations.values()]).toEqual([changed]);
  });

  it.each<[string, Partial<Invitation>, DeclaredOrganization["invitations"], Partial<Invitation>]>([
    ["offered again", { role: "member" }, FULL.invitations, { role: "owner", mail: "none" }],
    ["withdrawn", {}, [], { ended: "revoked", mail: "failed" }],
  ])(
    "does not stop at the outcome of a mail where an invitation is %s",
    async (_, given, invitations, next) => {
      await apply([{ ...FULL, invitations: null }]);
      const mailed = invitation({ ...given, mail: "sending", mailedAt: NOW, rev: "1" });
      registry.memberships.invite(mailed);
      const { steps } = await plan({ ...FULL, invitations });
      registry.memberships.invite({ ...mailed, mail: "failed", rev: "2" });
      expect(await steps[0]?.make(() => ({ at: NOW, audit: [] }), UNBOUNDED)).toBe(true);
      expect([...registry.memberships.invitations.values()]).toMatchObject([{ ...next, mailedAt: NOW }]);
    },
  );

  /** Lets somebody else change Acme while the next transaction is committed. */
  const changing = (change: Partial<Organization>) =>
    meanwhile(ports, () => {
      const present = registry.organizations.organizations.get(ACME) ?? expect.fail();
      registry.organizations.put({ ...present, ...change, rev: "meanwhile" });
    });
  const RENAMED = full({ name: "Acme Inc" });

  it("does not stop where something else of the organization has changed, and keeps it", async () => {
    await apply([FULL]);
    changing({ owners: [JANE] });
    await apply([RENAMED]);
    expect(registry.organizations.organizations.get(ACME)).toMatchObject({
      name: "Acme Inc",
      owners: [JANE],
    });
  });

  it.each<Partial<Organization>>([
    { jit: false },
    { state: "closed" },
    { trusts: [GLOBEX] },
    { auth0OrgId: "org_other" },
  ])("stops where somebody else has changed the settings: %o", async (change) => {
    await apply([FULL]);
    changing(change);
    expect(wordsOf([(await errorOf(apply([RENAMED]), ApplyStopped)).change])).toEqual([
      "acme: name acme → Acme Inc",
    ]);
    expect(registry.organizations.organizations.get(ACME)).toMatchObject({ ...change, name: "acme" });
  });

  it("has made and recorded the changes before the outage, and is finished by the next one", async () => {
    identities.crashAfter(2);
    await expect(apply([FULL])).rejects.toThrow("crashed");
    expect(audited()).toEqual(["organization-created acme", "domain-verified acme"]);
    identities.recover();
    expect(wordsOf((await apply([FULL])).changes)).toEqual([
      "acme: connection acme-entra (waad) registered",
      "acme: jane@acme.example invited as owner",
    ]);
  });
});
