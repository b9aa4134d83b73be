import { describe, expect, it, vi } from "vitest";
import { sessionKeyOf } from "../../memory/identities.ts";
import type { MemoryOrganizations } from "../../memory/organizations.ts";
import { MAILBOX } from "../identity/speakers.ts";
import type { Membership } from "../membership.ts";
import type { SubjectFacts } from "../revocation/facts.ts";
import { loginIdOf } from "../subject-key.ts";
import {
  AS_GUEST,
  acmeAndGlobex,
  audited,
  BY_PASSWORD,
  changed,
  consumers,
  createdMembership,
  GUEST_EMAIL,
  invitation,
  type MemoryPorts,
  membership,
  memoryPorts,
  NOW,
  noJit,
  released,
  resolver,
  signedIn,
  spoken,
  UNVERIFIED,
  VIA_ACME,
  VIA_GLOBEX,
} from "../testing/memory-ports.ts";
import {
  ACME,
  acmeAlone,
  claims,
  ENTRA,
  endedSession,
  GLOBEX,
  inside,
  JANE,
  JANE_EMAIL,
  JOE,
  JOE_EMAIL,
  link,
  organization,
  subjectFacts,
  UNBOUNDED,
} from "../testing/people.ts";
import type { VerifiedClaims } from "../token/claims.ts";
import { activeOrganization, checkRole } from "./access.ts";
import { listOrganizations } from "./belonging.ts";
import { ensureMembership, makeMembership } from "./ensure-membership.ts";
import { type Invitation, membershipCounts } from "./memberships.ts";

type Claims = Partial<VerifiedClaims>;
const AS_SSO_GUEST: Claims = { email: { canonical: GUEST_EMAIL } };

/** Acme trusts Globex. */
const trusting = () => acmeAndGlobex({ trusts: [GLOBEX] });
const REPORT = { trustMode: "report" } as const;

const signInAndAsk = async (ports: MemoryPorts, overrides: Claims, id = ACME) =>
  ensureMembership(id, await signedIn(ports, overrides), ports, UNBOUNDED);
const makeOne = async (ports: MemoryPorts, overrides: Partial<Parameters<typeof makeMembership>[0]>) => {
  const grant = { organizationId: ACME, stored: null, invitation: null, ...overrides };
  return makeMembership(grant, await signedIn(ports, VIA_ACME), ports, UNBOUNDED);
};
/** Nobody is a member, nothing is recorded of who speaks for a user, and these have consumed the invitations. */
const nothingGranted = (ports: MemoryPorts, ...consumedBy: readonly (typeof JANE | null)[]) =>
  expect([consumers(ports), ports.memberships.memberships.size]).toEqual([consumedBy, 0]);

describe("the membership of a user in Acme", () => {
  it.each<[string, Partial<Membership>]>([
    ["the active one", { role: "admin" }],
    ["T48: the removed one", { status: "removed" }],
  ])("is %s, whatever else there is", async (_, stored) => {
    const ports = memoryPorts();
    ports.memberships.put(membership(stored)).invite(invitation());
    expect(await signInAndAsk(ports, VIA_ACME)).toEqual(membership(stored));
    expect([ports.memberships.asked, consumers(ports), audited(ports)]).toEqual([["find acme"], [null], []]);
  });

  it("comes from an open invitation before JIT: with its role, consumed and audited", async () => {
    const ports = memoryPorts();
    ports.memberships.invite(invitation());
    const made = createdMembership({ role: "owner", origin: "invitation" });
    expect(await signInAndAsk(ports, VIA_ACME)).toEqual(made);
    expect([...ports.memberships.memberships.values()]).toEqual([made]);
    expect(consumers(ports)).toEqual([JANE]);
    const about = { actor: "login", userId: JANE, organizationId: ACME, at: NOW };
    expect(ports.identities.entries).toMatchObject([
      { ...about, action: "membership-created", rule: "invitation" },
      { ...about, action: "invitation-accepted", rule: null },
    ]);
    expect(ports.identities.spoken.get(JANE)).toMatchObject({ inside: inside(ACME) });
  });

  it("comes from JIT: with the default role, audited", async () => {
    const ports = memoryPorts(acmeAlone().put(organization(ACME, { defaultRole: "admin" })));
    const made = createdMembership({ role: "admin" });
    expect(await signInAndAsk(ports, VIA_ACME)).toEqual(made);
    const active = { status: "active", invitedBy: null, leftAt: null, ceased: {} };
    expect(made).toEqual(expect.objectContaining(active));
    expect(audited(ports)).toEqual(["membership-created jit"]);
    expect(await signInAndAsk(ports, BY_PASSWORD)).toEqual(made);
  });
});

describe("an invitation", () => {
  it.each<[string, Claims, Partial<Invitation>, MemoryPorts]>([
    ["by a proven mailbox", BY_PASSWORD, {}, memoryPorts()],
    ["at an address outside the domains", AS_GUEST, { email: GUEST_EMAIL, fromOutside: true }, memoryPorts()],
    ["T71: by the own SSO on a shared domain", VIA_ACME, {}, memoryPorts(acmeAndGlobex({ jit: false }))],
    ["T71: by SSO that the others trust", VIA_GLOBEX, {}, memoryPorts(trusting())],
  ])("is accepted %s", async (_, login, overrides, ports) => {
    ports.memberships.invite(invitation(overrides));
    const { role, origin, invitedFromOutside } = (await signInAndAsk(ports, login)) ?? {};
    const { fromOutside = false } = overrides;
    expect({ role, origin, invitedFromOutside }).toEqual({
      role: "owner",
      origin: "invitation",
      invitedFromOutside: fromOutside,
    });
    expect(consumers(ports)).toEqual([JANE]);
  });

  it.each<[string, Claims, Partial<Invitation>, MemoryPorts]>([
    ["if another person consumed it", BY_PASSWORD, { consumedBy: JOE }, memoryPorts()],
    ["at another address", BY_PASSWORD, { email: JOE_EMAIL }, memoryPorts()],
    ["of another organization", BY_PASSWORD, { organizationId: GLOBEX }, memoryPorts(acmeAndGlobex())],
    ["by an unverified address", UNVERIFIED, {}, memoryPorts()],
    ["T71: by the other organization's SSO on a shared domain", VIA_GLOBEX, {}, memoryPorts(acmeAndGlobex())],
  ])("grants nothing, and stays as it is, %s", async (_, login, overrides, ports) => {
    const { consumedBy } = invitation(overrides);
    ports.memberships.invite(invitation(overrides));
    expect(await signInAndAsk(ports, login)).toBeNull();
    nothingGranted(ports, consumedBy);
    expect(ports.identities.spoken.size).toBe(0);
  });

  it("consumed by another user does not prevent JIT", async () => {
    const ports = memoryPorts();
    ports.memberships.invite(invitation({ consumedBy: JOE }));
    expect(await signInAndAsk(ports, VIA_ACME)).toMatchObject({ origin: "jit", role: "member" });
  });

  it("withdrawn meanwhile does not prevent JIT", async () => {
    const ports = memoryPorts();
    ports.memberships.invite(invitation({ ended: "revoked" }));
    const presented = invitation({ rev: "before" });
    expect(await makeOne(ports, { invitation: presented })).toMatchObject({ origin: "jit", role: "member" });
  });

  it.each<[string, Partial<Invitation>, Partial<Invitation>]>([
    ["for another address", { email: JOE_EMAIL }, {}],
    ["that an operator withdrew meanwhile", { rev: "before" }, { ended: "revoked" }],
  ])("%s grants nothing", async (_, presented, stored) => {
    const ports = memoryPorts(noJit());
    ports.memberships.invite(invitation(stored), invitation({ email: JOE_EMAIL }));
    expect(await makeOne(ports, { invitation: invitation(presented) })).toBeNull();
    nothingGranted(ports, null, null);
  });
});

describe("JIT adds no member", () => {
  it.each<[string, Claims, MemoryPorts]>([
    ["where it is off", VIA_ACME, memoryPorts(noJit())],
    ["by a password", BY_PASSWORD, memoryPorts()],
    ["by another organization's SSO, even if trusted", VIA_GLOBEX, memoryPorts(trusting())],
    ["by an address of another domain", AS_SSO_GUEST, memoryPorts()],
    ["by an address that report mode accepts", VIA_ACME, memoryPorts(released(), REPORT)],
  ])("%s", async (_, login, ports) => {
    expect(await signInAndAsk(ports, login)).toBeNull();
    expect([ports.memberships.memberships.size, ports.identities.spoken.size]).toEqual([0, 0]);
  });
});

describe("a membership counts", () => {
  const INSIDE = membership();
  const GUEST = membership({ email: GUEST_EMAIL, invitedFromOutside: true });
  it.each<[string, boolean, Claims, Membership, boolean]>([
    ["for any login where SSO is not enforced", false, BY_PASSWORD, INSIDE, true],
    ["for its own SSO where it is", true, VIA_ACME, INSIDE, true],
    ["T4E: not for a password there", true, BY_PASSWORD, INSIDE, false],
    ["not for another organization's SSO there", true, VIA_GLOBEX, INSIDE, false],
    ["for a guest from outside there", true, BY_PASSWORD, GUEST, true],
    ["not for a guest whose domain it has now", true, BY_PASSWORD, { ...GUEST, email: JANE_EMAIL }, false],
    ["not for one inside a domain it gave up", true, BY_PASSWORD, { ...INSIDE, email: GUEST_EMAIL }, false],
  ])("%s", async (_, enforceSso, login, stored, isCounted) => {
    const organizations = acmeAndGlobex({ enforceSso });
    const ports = memoryPorts(organizations);
    organizations.verify("partner.example", GLOBEX);
    const identity = await signedIn(ports, login);
    expect(
      await membershipCounts(organization(ACME, { enforceSso }), stored, identity, ports, UNBOUNDED),
    ).toBe(isCounted);
  });
});

type Change = Parameters<typeof changed>[0];

const BLOCKING = { event: { isBlocked: true, at: NOW }, operator: null };

describe("a user whose access was just withdrawn", () => {
  const invited = async () => {
    const ports = memoryPorts(noJit());
    ports.memberships.invite(invitation());
    return { ports, identity: await signedIn(ports, VIA_ACME) };
  };

  const known = ({ facts }: MemoryPorts["identities"], known: Partial<SubjectFacts>) =>
    facts.set(loginIdOf(subjectFacts()), subjectFacts(known));
  it.each<[string, string, (identities: MemoryPorts["identities"]) => unknown]>([
    ["they are blocked", "IDENTITY_BLOCKED", ({ blocked }) => blocked.add(JANE)],
    [
      "their subject is blocked",
      "IDENTITY_BLOCKED",
      (identities) => known(identities, { sources: BLOCKING }),
    ],
    ["their subject is deleted", "TOKEN_REVOKED", (identities) => known(identities, { notBefore: 0 })],
    ["a session ends", "TOKEN_REVOKED", (identities) => known(identities, { sidlessNotBefore: 0 })],
    [
      "they sign out",
      "TOKEN_REVOKED",
      ({ signOuts }) => signOuts.set(JANE, { userId: JANE, notBefore: 0, rev: "1" }),
    ],
  ])("is granted nothing once %s", async (_, reason, happens) => {
    const { ports, identity } = await invited();
    happens(ports.identities);
    const asking = ensureMembership(ACME, identity, ports, UNBOUNDED);
    await expect(asking).rejects.toMatchObject({ reason });
    expect(consumers(ports)).toEqual([null]);
  });

  it("is granted nothing once their session has ended", async () => {
    const ports = memoryPorts(noJit());
    ports.memberships.invite(invitation());
    const ended = endedSession();
    const identity = await signedIn(ports, { ...VIA_ACME, sid: ended.sid, issuedAt: ended.at });
    ports.identities.sessions.set(sessionKeyOf(ended), ended);
    known(ports.identities, { sidlessNotBefore: ended.at });
    const asking = ensureMembership(ACME, identity, ports, UNBOUNDED);
    await expect(asking).rejects.toMatchObject({ reason: "TOKEN_REVOKED" });
  });

  it.each<[string, (ports: MemoryPorts) => unknown]>([
    ["unlinked", ({ identities }) => identities.links.clear()],
    ["linked to another user", ({ identities }) => identities.put(link({ userId: JOE }))],
  ])("is granted nothing once their subject is %s", async (_, change) => {
    const { ports, identity } = await invited();
    change(ports);
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

  it.each<[string, Claims, Change]>([
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
    nothingGranted(ports, null);
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

  it.each<[string, Claims, Partial<Invitation>]>([
    ["T7F: JIT", VIA_ACME, { email: JOE_EMAIL }],
    ["an invitation", BY_PASSWORD, {}],
    ["an invitation from outside, at a domain that Acme has now,", BY_PASSWORD, { fromOutside: true }],
  ])("%s adds no member inside Acme, and the conflict is audited", async (_, login, overrides) => {
    const ports = globexs();
    ports.memberships.invite(invitation(overrides));
    expect(await signInAndAsk(ports, login)).toBeNull();
    nothingGranted(ports, null);
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

  it.each([
    ["a newer invitation", NOW, "active"],
    ["an older invitation", "2026-10-01T00:00:00.000Z", "removed"],
  ])("with %s, of %s, a user who was erased and relinked is %s", async (_, createdAt, status) => {
    const ports = memoryPorts();
    const ceased = { member: "2026-11-01T00:00:00.000Z" };
    ports.memberships.put(membership({ status: "removed", email: null, ceased }));
    ports.memberships.invite(invitation({ createdAt }));
    expect(await signInAndAsk(ports, BY_PASSWORD)).toMatchObject({ status });
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
  expect(await makeOne(ports, {})).toEqual(membership({ status: "removed" }));
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
