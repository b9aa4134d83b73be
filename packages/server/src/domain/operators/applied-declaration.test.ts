import { beforeEach, describe, expect, it, vi } from "vitest";
import { MemoryOrganizations } from "../../memory/organizations.ts";
import { removeConnection, updateConnection } from "../connections/connections.ts";
import { releaseDomain } from "../domains/domains.ts";
import { parseDomain } from "../email.ts";
import { invite, revokeInvitation } from "../invitations/invitations.ts";
import { operatorOf } from "../membership/standing.ts";
import { parseOrganizationId } from "../organization.ts";
import { setState } from "../settings/closing.ts";
import { updateOrganization } from "../settings/settings.ts";
import { meanwhile } from "../testing/meanwhile.ts";
import { MemoryAdministration } from "../testing/memory-administration.ts";
import { invitation } from "../testing/memory-ports.ts";
import {
  ACME,
  ENTRA,
  GLOBEX,
  JANE,
  JANE_EMAIL,
  JOE_EMAIL,
  organization,
  UNBOUNDED,
} from "../testing/people.ts";
import { applyOrganizations, planOrganizations } from "./apply-organizations.ts";
import type { ApplyProgress } from "./organization-comparison.ts";
import type { DeclaredOrganization } from "./organization-registry.ts";

const DOMAIN = parseDomain("acme.example") ?? expect.fail();
const SETTINGS = { id: ACME, name: "Acme", jit: true, auth0OrgId: "org_acme", trusts: [GLOBEX] };
const FILE: DeclaredOrganization = {
  organization: SETTINGS,
  domains: [DOMAIN],
  connections: [ENTRA],
  invitations: [{ email: JANE_EMAIL, role: "owner" }],
};
const INVITING_NOBODY = { ...FILE, invitations: null };
const GLOBEX_FILE: DeclaredOrganization = {
  organization: { id: GLOBEX, trusts: [] },
  domains: [],
  connections: [],
  invitations: null,
};

let ports: MemoryAdministration;
beforeEach(() => {
  ports = new MemoryAdministration(new MemoryOrganizations().put(organization(GLOBEX)));
});

const apply = (...declared: readonly DeclaredOrganization[]) =>
  applyOrganizations({ declared, agreed: () => true }, ports, UNBOUNDED);

const plan = async (declared: readonly DeclaredOrganization[], comparesAll = false) => {
  const { changes, warnings } = await planOrganizations(declared, { ...ports, comparesAll }, UNBOUNDED);
  return { changes: changes.map(({ change }) => change), warnings };
};

/** What is asked of the stores for a plan. */
async function askedFor(...declared: readonly DeclaredOrganization[]): Promise<string[]> {
  const { organizations, organizationRegistry: registry, memberships, connections } = ports;
  organizations.asked.length = 0;
  const others = [
    vi.spyOn(registry, "read"),
    vi.spyOn(registry, "findPointer"),
    vi.spyOn(memberships, "findByAddress"),
    vi.spyOn(connections, "findMany"),
    vi.spyOn(connections, "findSetup"),
  ];
  const ledgers = vi.spyOn(memberships, "findLedgers");
  await plan(declared);
  const ofLedgers = ledgers.mock.calls.filter(([ids]) => ids.length > 0); // for none nothing is sent
  organizations.asked.push(...ofLedgers.map(([ids]) => ["findLedgers", ...ids].join(" ")));
  return [...organizations.asked, ...others.flatMap((spy) => spy.mock.calls.map(() => spy.getMockName()))];
}

const operator = () => operatorOf(ports.actor, ACME, ports.organizations, UNBOUNDED);
const stored = (id = ACME) => ports.organizations.organizations.get(id) ?? expect.fail();

describe("an organization that has not changed since its declaration was applied", () => {
  it("costs a part of one read, and as much for its invitations", async () => {
    await apply(FILE, GLOBEX_FILE);
    expect(await askedFor(FILE, GLOBEX_FILE)).toEqual(["findMany acme globex", "findLedgers acme"]);
  });

  it("is read together with 99 others", async () => {
    const files = Array.from({ length: 250 }, (_, n): DeclaredOrganization => {
      return {
        ...GLOBEX_FILE,
        organization: { id: parseOrganizationId(`o${n}`) ?? expect.fail(), trusts: [] },
      };
    });
    await apply(...files);
    expect((await askedFor(...files)).map((asked) => asked.split(" ").length - 1)).toEqual([100, 100, 50]);
  });

  it("is known also where the file has everything in another order, and to no other file", async () => {
    const other = parseDomain("acme.test") ?? expect.fail();
    const both = { ...INVITING_NOBODY, domains: [DOMAIN, other] };
    await apply(both);
    expect(await askedFor({ ...both, domains: [other, DOMAIN] })).toHaveLength(1);
    expect((await plan([INVITING_NOBODY])).changes).toEqual(["domain acme.test no longer verified"]);
  });
});

/** What happens after Acme's file was applied, and what the file then changes or warns of. */
const EVENTS: readonly [string, () => Promise<unknown>, string[]][] = [
  [
    "a setting is changed",
    async () =>
      updateOrganization(await operator(), { changes: { name: "A" }, login: null }, ports, UNBOUNDED),
    ["name A → Acme"],
  ],
  [
    "an Auth0 id is taken away",
    async () =>
      updateOrganization(await operator(), { changes: { auth0OrgId: null }, login: null }, ports, UNBOUNDED),
    ["auth0OrgId none → org_acme"],
  ],
  ["it is closed", async () => setState(await operator(), "closed", ports, UNBOUNDED), []],
  [
    "its domain is released",
    async () => releaseDomain(await operator(), DOMAIN, ports, UNBOUNDED),
    ["domain acme.example verified"],
  ],
  [
    "its connection is renamed",
    async () => updateConnection(await operator(), { name: ENTRA.name, displayName: "B" }, ports, UNBOUNDED),
    [`connection acme-entra: waad "B" → waad "${ENTRA.displayName}"`],
  ],
  [
    "its connection is switched off",
    async () => updateConnection(await operator(), { name: ENTRA.name, enabled: false }, ports, UNBOUNDED),
    ["connection-disabled"],
  ],
  [
    "its connection is removed",
    async () => removeConnection(await operator(), ENTRA.name, ports, UNBOUNDED),
    ["connection acme-entra (waad) registered"],
  ],
  [
    "another file gives it a domain",
    () => apply({ ...INVITING_NOBODY, domains: [DOMAIN, parseDomain("acme.test") ?? expect.fail()] }),
    ["domain acme.test no longer verified"],
  ],
  [
    "another file takes its connection",
    () =>
      apply(
        { ...INVITING_NOBODY, connections: [] },
        { ...GLOBEX_FILE, connections: [{ ...ENTRA, organizationId: GLOBEX }] },
      ),
    ["connection acme-entra moved here from globex"],
  ],
  [
    "an operator invites somebody",
    async () => invite(await operator(), { emails: [JOE_EMAIL], role: "member" }, ports, UNBOUNDED),
    [`invitation of ${JOE_EMAIL} withdrawn`],
  ],
  [
    "its invitation is revoked",
    async () => revokeInvitation(await operator(), JANE_EMAIL, ports, UNBOUNDED),
    [],
  ],
  ["its invitation has expired", async () => ports.later(604_900_000), [`${JANE_EMAIL} invited as owner`]],
  [
    "its invitation was accepted as it is declared",
    async () => ports.memberships.invite(invitation({ role: "owner", consumedBy: JANE })),
    [],
  ],
  [
    "its invitation was accepted with another role",
    async () => {
      await invite(await operator(), { emails: [JANE_EMAIL], role: "member" }, ports, UNBOUNDED);
      ports.memberships.invite(invitation({ role: "member", consumedBy: JANE }));
    },
    ["role-ignored"],
  ],
];

it.each(EVENTS)(
  "after %s, a plan says what one says that compares everything",
  async (_, happens, expected) => {
    await apply(FILE, GLOBEX_FILE);
    expect(await plan([FILE, GLOBEX_FILE])).toEqual({ changes: [], warnings: [] });
    await happens();
    const { changes, warnings } = await plan([FILE, GLOBEX_FILE]);
    expect([...changes, ...warnings.map(({ kind }) => kind)]).toEqual(expected);
    expect({ changes, warnings }).toEqual(await plan([FILE, GLOBEX_FILE], true));
  },
);

it("compares an organization in full that has not changed, and of which another one gets something", async () => {
  const { auth0OrgId: _, ...silent } = SETTINGS;
  const giver = { ...INVITING_NOBODY, organization: silent };
  await apply(INVITING_NOBODY);
  await apply(giver);
  const taker = { ...GLOBEX_FILE, organization: { id: GLOBEX, trusts: [], auth0OrgId: "org_acme" } };
  const { changes } = await apply(giver, taker);
  expect(changes.map(({ change }) => change)).toEqual([
    "auth0OrgId org_acme → none",
    "auth0OrgId none → org_acme",
  ]);
  expect([stored().auth0OrgId, stored(GLOBEX).auth0OrgId]).toEqual([null, "org_acme"]);
});

it("compares an organization in full each time while it shares a domain, and warns of that", async () => {
  const sister = { ...GLOBEX_FILE, domains: [DOMAIN] };
  for (let times = 0; times < 3; times += 1)
    expect((await apply(INVITING_NOBODY, sister)).warnings).toMatchObject([{ kind: "domain-shared" }]);
});

it("does not take an organization for unchanged that somebody changes while that is remembered", async () => {
  const { applied } = await apply(INVITING_NOBODY).then(() => stored());
  ports.organizations.put({ ...stored(), rev: "2" }); // an owner has joined
  meanwhile(ports, () => {
    ports.organizations.release(DOMAIN, ACME);
    ports.organizations.organizations.set(ACME, { ...stored(), domains: [], rev: "3" });
  });
  await apply(INVITING_NOBODY);
  expect([stored().rev, stored().applied]).toEqual(["3", applied]);
  expect((await plan([INVITING_NOBODY])).changes).toEqual(["domain acme.example verified"]);
});

it("changes and records nothing by a plan, and records nothing where it only remembers", async () => {
  await apply(INVITING_NOBODY);
  const recorded = ports.audited.length;
  ports.organizations.put({ ...stored(), rev: "2" });
  const before = stored();
  await plan([INVITING_NOBODY]);
  expect(stored()).toBe(before);
  await apply(INVITING_NOBODY);
  expect(ports.audited).toHaveLength(recorded);
  expect(stored()).toEqual({
    ...before,
    applied: { ...stored().applied, rev: stored().rev },
    rev: stored().rev,
  });
});

it("stops in the middle, keeps what was made, and does only the rest when it is applied again", async () => {
  const files = [ACME, GLOBEX].map((id): DeclaredOrganization => {
    return { ...GLOBEX_FILE, organization: { id, name: "New", trusts: [] }, domains: [domainOf(id)] };
  });
  const { commit } = ports.transactions;
  const failing = vi.spyOn(ports.transactions, "commit").mockImplementation(async (changes, signal) => {
    const isLast = changes.writes.some(
      ({ item, next }) => item === "domain" && next?.organizationId === GLOBEX,
    );
    return isLast ? expect.fail("the process dies") : commit(changes, signal);
  });
  await expect(apply(...files)).rejects.toThrow("the process dies");
  failing.mockRestore();
  const made = ports.audited.length;
  expect((await askedFor(...files)).filter((asked) => asked === "read")).toHaveLength(1);
  expect((await apply(...files)).changes.map(({ change }) => change)).toEqual([
    "domain globex.example verified",
  ]);
  expect(ports.audited).toHaveLength(made + 1);
});

it("reports how far it is, and ends with the first failure", async () => {
  const progress: ApplyProgress[] = [];
  const onProgress = (each: ApplyProgress) => progress.push(each);
  await applyOrganizations(
    { declared: [INVITING_NOBODY, GLOBEX_FILE], agreed: () => true },
    { ...ports, onProgress },
    UNBOUNDED,
  );
  expect(progress.slice(0, 3)).toEqual([
    { phase: "compared", done: 1, of: 2, changed: expect.any(Number) },
    { phase: "compared", done: 2, of: 2, changed: 1 },
    { phase: "made", done: 1, of: 3, changed: 1 },
  ]);
  expect(progress).toHaveLength(5);
  const reading = vi.spyOn(ports.organizationRegistry, "read").mockRejectedValue(new Error("down"));
  const others = Array.from({ length: 30 }, () => ({ ...INVITING_NOBODY, domains: [] }));
  await expect(plan(others)).rejects.toThrow("down");
  expect(reading.mock.calls.length).toBeLessThanOrEqual(8);
});

function domainOf(id: string) {
  return parseDomain(`${id}.example`) ?? expect.fail();
}
