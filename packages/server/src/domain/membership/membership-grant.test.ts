import { describe, expect, it, vi } from "vitest";
import type { MemoryOrganizations } from "../../memory/organizations.ts";
import { MAILBOX } from "../identity/speakers.ts";
import {
  AS_GUEST,
  acmeAndGlobex,
  audited,
  BY_PASSWORD,
  changed,
  consumers,
  GUEST_EMAIL,
  invitation,
  type MemoryPorts,
  membership,
  memoryPorts,
  NOW,
  noJit,
  resolver,
  signedIn,
  spoken,
  VIA_ACME,
  VIA_GLOBEX,
} from "../testing/memory-ports.ts";
import {
  ACME,
  acmeAlone,
  claims,
  ENTRA,
  GLOBEX,
  JANE,
  JOE,
  JOE_EMAIL,
  organization,
  UNBOUNDED,
} from "../testing/people.ts";
import type { VerifiedClaims } from "../token/claims.ts";
import { activeOrganization, checkRole } from "./access.ts";
import { listOrganizations } from "./belonging.ts";
import { ensureMembership, makeMembership } from "./ensure-membership.ts";
import type { Invitation } from "./memberships.ts";

const signInAndAsk = async (ports: MemoryPorts, overrides: Partial<VerifiedClaims>, id = ACME) =>
  ensureMembership(id, await signedIn(ports, overrides), ports, UNBOUNDED);

type Change = Parameters<typeof changed>[0];

describe("a user whose access an operator has just withdrawn", () => {
  const invited = async () => {
    const ports = memoryPorts(noJit());
    ports.memberships.invite(invitation());
    return { ports, identity: await signedIn(ports, VIA_ACME) };
  };

  it("is granted nothing once blocked", async () => {
    const { ports, identity } = await invited();
    ports.identities.blocked.add(JANE);
    const asking = ensureMembership(ACME, identity, ports, UNBOUNDED);
    await expect(asking).rejects.toMatchObject({ reason: "IDENTITY_BLOCKED" });
    expect(consumers(ports)).toEqual([null]);
  });

  it.each<[string, string | null]>([
    ["unlinked", null],
    ["linked to another user", JOE],
  ])("is granted nothing once their subject is %s", async (_, to) => {
    const { ports, identity } = await invited();
    const [key, linked] = [...ports.identities.links].at(0) ?? [];
    if (key === undefined || linked === undefined) throw new Error("no link");
    ports.identities.links.delete(key);
    if (to === JOE) ports.identities.links.set(key, { ...linked, userId: JOE });
    expect(await ensureMembership(ACME, identity, ports, UNBOUNDED)).toBeNull();
    expect(consumers(ports)).toEqual([null]);
  });
});

describe("T73: what is stored decides, not what is cached:", () => {
  const moved = (store: MemoryOrganizations) =>
    store.connections.set(ENTRA.name, { ...ENTRA, organizationId: GLOBEX });
  const trustingMoved = (store: MemoryOrganizations) => {
    moved(store);
    store.put(organization(ACME, { trusts: [GLOBEX] }));
    store.put(organization(GLOBEX), { domains: ["acme.example"] });
  };
  it.each<[string, Change]>([
    ["the organization is gone", (stored) => stored.organizations.delete(ACME)],
    ["JIT was turned off", (stored) => stored.put(organization(ACME, { jit: false }))],
    ["the domain was given up", (stored) => stored.release("acme.example", ACME)],
    ["the connection was taken away", (stored) => stored.connections.delete(ENTRA.name)],
    ["T74: the connection was moved to Globex", moved],
    ["T74: the connection was moved to Globex, which Acme trusts", trustingMoved],
  ])("JIT grants nothing where %s", async (_, change) => {
    const ports = memoryPorts(acmeAlone(), { stored: changed(change) });
    expect(await signInAndAsk(ports, VIA_ACME)).toBeNull();
    expect(ports.memberships.memberships.size).toBe(0);
  });

  it.each<[string, Partial<VerifiedClaims>, Change]>([
    ["the organization is gone", BY_PASSWORD, (stored) => stored.organizations.delete(ACME)],
    ["SSO is enforced", BY_PASSWORD, (stored) => stored.put(organization(ACME, { enforceSso: true }))],
    ["the domain was given up", VIA_ACME, (stored) => stored.release("acme.example", ACME)],
    ["the domain is shared", VIA_GLOBEX, (stored) => stored.verify("acme.example", ACME)],
  ])("an invitation grants nothing, and stays open, where %s", async (_, login, change) => {
    const cached = login === VIA_GLOBEX ? acmeAndGlobex({ trusts: [GLOBEX] }) : noJit();
    const stored = login === VIA_GLOBEX ? acmeAndGlobex() : noJit();
    const ports = memoryPorts(cached, { stored: changed(change, stored) });
    ports.memberships.invite(invitation());
    expect(await signInAndAsk(ports, login)).toBeNull();
    expect([consumers(ports), ports.memberships.memberships.size]).toEqual([[null], 0]);
  });

  it.each<[string, Change]>([
    ["JIT", (cached) => cached.put(organization(ACME, { jit: false }))],
    ["the domain", (cached) => cached.release("acme.example", ACME)],
    ["the organization", (cached) => vi.spyOn(cached, "find").mockResolvedValue(null)],
  ])("nothing is read from the store if the cache does not know %s yet", async (_, change) => {
    const ports = memoryPorts(changed(change), { stored: acmeAlone() });
    expect(await signInAndAsk(ports, VIA_ACME)).toBeNull();
    expect(ports.stored.asked).toEqual([]);
  });
});

describe("T70: for a user of Globex's SSO,", () => {
  const globexs = (organizations = acmeAndGlobex()) =>
    spoken(memoryPorts(organizations), { by: MAILBOX, sso: GLOBEX });

  it.each<[string, Partial<VerifiedClaims>, Partial<Invitation>]>([
    ["T7F: JIT", VIA_ACME, { email: JOE_EMAIL }],
    ["an invitation", BY_PASSWORD, {}],
    ["an invitation from outside, at a domain that Acme has now,", BY_PASSWORD, { fromOutside: true }],
  ])("%s adds no member inside Acme, and the conflict is audited", async (_, login, overrides) => {
    const ports = globexs();
    ports.memberships.invite(invitation(overrides));
    expect(await signInAndAsk(ports, login)).toBeNull();
    expect([consumers(ports), ports.memberships.memberships.size]).toEqual([[null], 0]);
    expect(ports.identities.entries).toMatchObject([
      {
        at: NOW,
        actor: "login",
        action: "identity-conflict",
        rule: "foreign-organization",
        organizationId: ACME,
        userId: JANE,
        tenant: "default",
        subject: login.subject ?? "waad|old",
        connection: login === VIA_ACME ? ENTRA.name : "auth0",
      },
    ]);
  });

  it("JIT does not even try for who has left Acme, so no conflict is audited", async () => {
    const ports = globexs();
    const left = membership({ status: "removed", leftAt: NOW });
    ports.memberships.put(left);
    expect(await signInAndAsk(ports, VIA_ACME)).toEqual(left);
    expect(audited(ports)).toEqual([]);
  });

  it("an invitation from outside adds a member and does not change who speaks for the user", async () => {
    const organizations = acmeAndGlobex();
    organizations.verify("partner.example", GLOBEX);
    const ports = globexs(organizations);
    ports.memberships.invite(invitation({ email: GUEST_EMAIL, fromOutside: true }));
    expect(await signInAndAsk(ports, AS_GUEST)).toMatchObject({ invitedFromOutside: true });
    expect(ports.identities.spoken.get(JANE)).toMatchObject({ sso: GLOBEX, inside: [], rev: "1" });
  });

  it("T8E: an invitation inside a domain that Acme gave up to Globex adds a member and changes no speaker", async () => {
    const organizations = acmeAndGlobex();
    organizations.release("acme.example", ACME);
    const ports = globexs(organizations);
    ports.memberships.invite(invitation());
    expect(await signInAndAsk(ports, BY_PASSWORD)).toMatchObject({
      role: "owner",
      invitedFromOutside: false,
    });
    expect(ports.identities.spoken.get(JANE)).toMatchObject({ sso: GLOBEX, inside: [], rev: "1" });
  });
});

it("T8E: a membership by an invitation inside a domain that was given up leaves the person to its next holder", async () => {
  const ports = memoryPorts(acmeAndGlobex());
  const { stored } = ports;
  ports.memberships.invite(invitation({ organizationId: GLOBEX }));
  stored.release("acme.example", GLOBEX);
  expect(await signInAndAsk(ports, BY_PASSWORD, GLOBEX)).toMatchObject({ role: "owner" });
  expect(await resolver(ports)(claims(VIA_ACME), UNBOUNDED)).toMatchObject({ userId: JANE });
});

it("T8E: a membership made before its domain was given up leaves the person to its next holder", async () => {
  const ports = memoryPorts(acmeAndGlobex());
  ports.memberships.invite(invitation({ organizationId: GLOBEX }));
  expect(await signInAndAsk(ports, BY_PASSWORD, GLOBEX)).toMatchObject({ role: "owner" });
  await expect(resolver(ports)(claims(VIA_ACME), UNBOUNDED)).rejects.toMatchObject({
    reason: "IDENTITY_CONFLICT",
  });
  ports.stored.release("acme.example", GLOBEX);
  expect(await resolver(ports)(claims(VIA_ACME), UNBOUNDED)).toMatchObject({ userId: JANE });
});

it("T48: keeps a membership that another process stored first, and does not audit it", async () => {
  const ports = memoryPorts();
  ports.memberships.put(membership({ status: "removed" }));
  const identity = await signedIn(ports, VIA_ACME);
  expect(
    await makeMembership(
      { organizationId: ACME, stored: null, invitation: null },
      identity,
      ports,
      UNBOUNDED,
    ),
  ).toEqual(membership({ status: "removed" }));
  expect(audited(ports)).toEqual([]);
});

describe("T81: nothing is granted to who acts for a user:", () => {
  const delegated = { ...VIA_ACME, actor: { subject: "auth0|support", clientId: "console" } };
  it.each<[string, (ports: MemoryPorts) => void]>([
    ["no membership by JIT", () => {}],
    ["no membership by an invitation", ({ memberships }) => memberships.invite(invitation())],
    [
      "and a member's invitation stays open",
      ({ memberships }) => {
        memberships.put(membership());
        memberships.invite(invitation());
      },
    ],
  ])("%s", async (_, arrange) => {
    const ports = memoryPorts(acmeAlone());
    arrange(ports);
    const identity = await signedIn(ports, delegated);
    const { memberships, identities } = ports;
    const stored = () =>
      structuredClone([memberships.memberships, memberships.invitations, identities.spoken]);
    const before = stored();
    await activeOrganization(identity, ports, UNBOUNDED);
    await checkRole(identity, { organizationId: ACME, required: "member" }, ports, UNBOUNDED);
    await listOrganizations(identity, ports, UNBOUNDED);
    expect(stored()).toEqual(before);
    expect(audited(ports)).toEqual([]);
  });
});
