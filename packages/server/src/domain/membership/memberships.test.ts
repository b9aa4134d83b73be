import { describe, expect, it } from "vitest";
import type { Membership } from "../membership.ts";
import {
  AS_GUEST,
  acmeAndGlobex,
  audited,
  BY_PASSWORD,
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
  signedIn,
  UNVERIFIED,
  VIA_ACME,
  VIA_GLOBEX,
} from "../testing/memory-ports.ts";
import {
  ACME,
  acmeAlone,
  GLOBEX,
  INITECH,
  inside,
  JANE,
  JANE_EMAIL,
  JOE,
  JOE_EMAIL,
  organization,
  UNBOUNDED,
} from "../testing/people.ts";
import type { VerifiedClaims } from "../token/claims.ts";
import { ensureMembership, makeMembership } from "./ensure-membership.ts";
import { type Invitation, membershipCounts } from "./memberships.ts";

const AS_SSO_GUEST: Partial<VerifiedClaims> = { email: { canonical: GUEST_EMAIL } };

/** Acme trusts Globex. */
const trusting = () => acmeAndGlobex({ trusts: [GLOBEX] });
const REPORT = { trustMode: "report" } as const;

const signInAndAsk = async (ports: MemoryPorts, overrides: Partial<VerifiedClaims>) =>
  ensureMembership(ACME, await signedIn(ports, overrides), ports, UNBOUNDED);

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
  it.each<[string, Partial<VerifiedClaims>, Partial<Invitation>, MemoryPorts]>([
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

  it.each<[string, Partial<VerifiedClaims>, Partial<Invitation>, MemoryPorts]>([
    ["if another person consumed it", BY_PASSWORD, { consumedBy: JOE }, memoryPorts()],
    ["at another address", BY_PASSWORD, { email: JOE_EMAIL }, memoryPorts()],
    ["of another organization", BY_PASSWORD, { organizationId: GLOBEX }, memoryPorts(acmeAndGlobex())],
    ["by an unverified address", UNVERIFIED, {}, memoryPorts()],
    ["without an address", { ...BY_PASSWORD, email: { absent: "EMAIL_MISSING" } }, {}, memoryPorts()],
    ["by an address that report mode accepts", UNVERIFIED, {}, memoryPorts(released(), REPORT)],
    ["T71: by the other organization's SSO on a shared domain", VIA_GLOBEX, {}, memoryPorts(acmeAndGlobex())],
    [
      "T71: by SSO that Acme trusts but a third organization does not",
      VIA_GLOBEX,
      {},
      memoryPorts(trusting().put(organization(INITECH), { domains: ["acme.example"] })),
    ],
  ])("grants nothing, and stays as it is, %s", async (_, login, overrides, ports) => {
    const { consumedBy } = invitation(overrides);
    ports.memberships.invite(invitation(overrides));
    expect(await signInAndAsk(ports, login)).toBeNull();
    const { memberships, identities } = ports;
    expect([consumers(ports), memberships.memberships.size, identities.spoken.size]).toEqual([
      [consumedBy],
      0,
      0,
    ]);
  });

  it("consumed by another user does not prevent JIT", async () => {
    const ports = memoryPorts();
    ports.memberships.invite(invitation({ consumedBy: JOE }));
    expect(await signInAndAsk(ports, VIA_ACME)).toMatchObject({ origin: "jit", role: "member" });
  });

  it.each<[string, Partial<Invitation>, Partial<Invitation>]>([
    ["for another address", { email: JOE_EMAIL }, {}],
    ["that an operator withdrew meanwhile", { rev: "before" }, { ended: "revoked" }],
  ])("%s grants nothing", async (_, presented, stored) => {
    const ports = memoryPorts(noJit());
    ports.memberships.invite(invitation(stored), invitation({ email: JOE_EMAIL }));
    const identity = await signedIn(ports, VIA_ACME);
    expect(
      await makeMembership(
        { organizationId: ACME, stored: null, invitation: invitation(presented) },
        identity,
        ports,
        UNBOUNDED,
      ),
    ).toBeNull();
    expect([consumers(ports), ports.memberships.memberships.size]).toEqual([[null, null], 0]);
  });
});

describe("JIT adds no member", () => {
  it.each<[string, Partial<VerifiedClaims>, MemoryPorts]>([
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
  it.each<[string, boolean, Partial<VerifiedClaims>, Membership, boolean]>([
    ["for any login where SSO is not enforced", false, BY_PASSWORD, INSIDE, true],
    ["for its own SSO where it is", true, VIA_ACME, INSIDE, true],
    ["T4E: not for a password there", true, BY_PASSWORD, INSIDE, false],
    ["not for another organization's SSO there", true, VIA_GLOBEX, INSIDE, false],
    ["for a guest from outside there", true, BY_PASSWORD, GUEST, true],
    ["not for a guest whose domain it has now", true, BY_PASSWORD, { ...GUEST, email: JANE_EMAIL }, false],
    [
      "not for one inside whose domain it gave up",
      true,
      BY_PASSWORD,
      { ...INSIDE, email: GUEST_EMAIL },
      false,
    ],
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
