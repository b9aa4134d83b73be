import { describe, expect, it, vi } from "vitest";
import type { MemoryOrganizations } from "../../memory/organizations.ts";
import { MAILBOX, noSpeakers } from "../identity/speakers.ts";
import {
  AS_GUEST,
  acmeAndGlobex,
  audited,
  BY_PASSWORD,
  consumers,
  GUEST_EMAIL,
  invitation,
  type MemoryPorts,
  membership,
  memoryPorts,
  NOW,
  signedIn,
  VIA_ACME,
} from "../testing/memory-ports.ts";
import {
  ACME,
  acmeAlone,
  ENTRA,
  GLOBEX,
  JANE,
  JANE_EMAIL,
  JOE,
  JOE_EMAIL,
  organization,
  UNBOUNDED,
} from "../testing/people.ts";
import { reasonOf } from "../testing/standings.ts";
import type { VerifiedClaims } from "../token/claims.ts";
import { checkRole } from "./access.ts";
import { join, listOrganizations } from "./belonging.ts";
import { accept } from "./consent.ts";
import type { Invitation, Membership } from "./membership.ts";

type Claims = Partial<VerifiedClaims>;
const HOUR_AGO = "2026-11-24T23:00:00.000Z";
const IN_A_WEEK = "2026-12-02T00:00:00.000Z";

/** Acme's invitation by Joe, an owner, of Jane as an admin. */
const offered = (overrides: Partial<Invitation> = {}) =>
  invitation({
    role: "admin",
    invitedBy: JOE,
    createdAt: HOUR_AGO,
    expiresAt: IN_A_WEEK,
    rev: "1",
    counted: true,
    invitationId: "7b5c0a52-9d42-4f0a-8a3c-2d6a3d1c9f10",
    ...overrides,
  });
const OUTSIDE = { email: GUEST_EMAIL, fromOutside: true };
const left = (leftAt: string): Partial<Membership> => ({ status: "removed", rev: "1", leftAt });
/** By an administrator, before the invitation. */
const REMOVED: Partial<Membership> = { status: "removed", rev: "1" };

function world(
  given: Partial<Invitation> | null,
  {
    organizations = acmeAndGlobex(),
    stored = null,
    inviter = {},
  }: {
    organizations?: MemoryOrganizations;
    stored?: Partial<Membership> | null;
    inviter?: Partial<Membership>;
  } = {},
): MemoryPorts {
  const ports = memoryPorts(organizations);
  ports.memberships.put(membership({ userId: JOE, email: JOE_EMAIL, role: "owner", ...inviter }));
  if (stored !== null) ports.memberships.put(membership(stored));
  if (given !== null) ports.memberships.invite(offered(given));
  const open = { "2026-12-02": 3 };
  ports.memberships.ledgers.set(ACME, { organizationId: ACME, open, day: "2026-11-25", mails: 0, rev: "1" });
  return ports;
}

const me = async (ports: MemoryPorts, login: Claims) =>
  listOrganizations(await signedIn(ports, login), ports, UNBOUNDED);
const roleNow = ({ memberships }: MemoryPorts) => {
  const { role, status } = memberships.memberships.get(`${ACME} ${JANE}`) ?? { role: null, status: "active" };
  return status === "active" ? role : status;
};
const invitationNow = ({ memberships }: MemoryPorts) => [...memberships.invitations.values()][0];
const openNow = ({ memberships }: MemoryPorts) => memberships.ledgers.get(ACME)?.open["2026-12-02"] ?? 0;

describe("an invitation", () => {
  it.each<
    [string, Partial<Invitation>, Claims, "accepted" | "asked" | "nothing", Parameters<typeof world>[1]?]
  >([
    ["from inside is accepted by signing in", {}, BY_PASSWORD, "accepted"],
    ["from inside is accepted by SSO", {}, VIA_ACME, "accepted"],
    ["from outside asks the person", OUTSIDE, AS_GUEST, "asked"],
    [
      "from outside still asks where the organization has the domain since",
      OUTSIDE,
      AS_GUEST,
      "asked",
      { organizations: withDomain("partner.example") },
    ],
    [
      "T8D: from inside a domain that was given up asks",
      {},
      BY_PASSWORD,
      "asked",
      { organizations: released() },
    ],
    [
      "T8D: from inside a domain that another organization has now asks",
      {},
      BY_PASSWORD,
      "asked",
      { organizations: released(GLOBEX) },
    ],
    [
      "T8D: of an operator from inside a domain that was given up is accepted",
      { invitedBy: null },
      BY_PASSWORD,
      "accepted",
      { organizations: released() },
    ],
    [
      "T8D: from inside a domain that was given up, whose inviter was demoted, is nothing",
      {},
      BY_PASSWORD,
      "nothing",
      { organizations: released(), inviter: { role: "member" } },
    ],
    ["of an operator from inside is accepted by signing in", { invitedBy: null }, BY_PASSWORD, "accepted"],
    ["of an operator from outside is, too", { ...OUTSIDE, invitedBy: null }, AS_GUEST, "accepted"],
    ["that has expired is nothing", { expiresAt: NOW }, BY_PASSWORD, "nothing"],
    ["from outside that has expired is nothing", { ...OUTSIDE, expiresAt: NOW }, AS_GUEST, "nothing"],
    ["that was revoked is nothing", { ended: "revoked" }, BY_PASSWORD, "nothing"],
    ["that was declined is nothing", { ...OUTSIDE, ended: "declined" }, AS_GUEST, "nothing"],
    ["whose inviter was removed is nothing", {}, BY_PASSWORD, "nothing", { inviter: { status: "removed" } }],
    ["whose inviter was demoted is nothing", {}, BY_PASSWORD, "nothing", { inviter: { role: "member" } }],
    [
      "from outside whose inviter was demoted is nothing",
      OUTSIDE,
      AS_GUEST,
      "nothing",
      { inviter: { role: "member" } },
    ],
    [
      "whose inviter may still grant its role is accepted",
      {},
      BY_PASSWORD,
      "accepted",
      { inviter: { role: "admin" } },
    ],
    ["at an unverified address is nothing", OUTSIDE, { ...AS_GUEST, emailVerified: false }, "nothing"],
    [
      "in a closed organization is nothing",
      OUTSIDE,
      AS_GUEST,
      "nothing",
      { organizations: acmeAndGlobex({ state: "closed" }) },
    ],
    ["in a deleted organization is nothing", OUTSIDE, AS_GUEST, "nothing", { organizations: withoutAcme() }],
    [
      "that is newer than one's leaving is accepted",
      {},
      BY_PASSWORD,
      "accepted",
      { stored: left("2026-11-24T22:00:00.000Z") },
    ],
    [
      "from outside that is newer than one's leaving asks",
      OUTSIDE,
      AS_GUEST,
      "asked",
      { stored: left("2026-11-24T22:00:00.000Z") },
    ],
    ["that is older than one's leaving is nothing", {}, BY_PASSWORD, "nothing", { stored: left(NOW) }],
    ["from outside that is older is nothing", OUTSIDE, AS_GUEST, "nothing", { stored: left(NOW) }],
    ["to a removed person is nothing", {}, BY_PASSWORD, "nothing", { stored: REMOVED }],
    ["from outside to a removed person is nothing", OUTSIDE, AS_GUEST, "nothing", { stored: REMOVED }],
  ])("%s", async (_, given, login, outcome, options) => {
    const organizations = options?.organizations ?? acmeAndGlobex({ jit: false });
    const ports = world(given, { ...options, organizations });
    const before = roleNow(ports);
    const { organizations: mine, invitations } = await me(ports, login);
    expect(roleNow(ports)).toBe(outcome === "accepted" ? "admin" : before);
    expect(mine.map(({ role }) => role)).toEqual(outcome === "accepted" ? ["admin"] : []);
    expect(invitations.map(({ invitation }) => invitation.role)).toEqual(
      outcome === "asked" ? ["admin"] : [],
    );
    expect(consumers(ports)).toEqual([outcome === "accepted" ? JANE : null]);
    expect(openNow(ports)).toBe(outcome === "accepted" || invitationNow(ports)?.ended === "void" ? 2 : 3);
  });

  it("T70: asks nothing of a user of another organization's SSO, who could not accept it", async () => {
    const ports = world({});
    ports.identities.spoken.set(JANE, { ...noSpeakers(JANE), by: MAILBOX, sso: GLOBEX, rev: "1" });
    expect((await me(ports, BY_PASSWORD)).invitations).toEqual([]);
    expect([roleNow(ports), consumers(ports)]).toEqual([null, [null]]);
  });

  it.each([
    ["somebody new", null],
    ["somebody who has left", left("2026-11-24T22:00:00.000Z")],
  ])("asks from outside without a read past the cache of whose the domain is: %s", async (_, member) => {
    const ports = world(OUTSIDE, { stored: member });
    const stored = acmeAndGlobex();
    const identity = await signedIn(ports, AS_GUEST);
    const { invitations } = await listOrganizations(identity, { ...ports, stored }, UNBOUNDED);
    expect([invitations.length, stored.asked]).toEqual([1, []]);
  });

  it.each(["cached as the organization's", "known to be given up"])(
    "T8D: asks, by what is stored, about a domain that was given up and is %s, and adds nobody inside",
    async (known) => {
      const ports = world(
        {},
        { organizations: known.startsWith("cached") ? acmeAndGlobex() : released(GLOBEX) },
      );
      const stored = released(GLOBEX);
      const judged = { ...ports, stored };
      const identity = await signedIn(ports, BY_PASSWORD);
      expect(
        await checkRole(identity, { organizationId: ACME, required: "member" }, judged, UNBOUNDED),
      ).toEqual({
        allowed: false,
        role: null,
      });
      expect((await listOrganizations(identity, judged, UNBOUNDED)).invitations).toHaveLength(1);
      expect([roleNow(ports), consumers(ports), audited(ports)]).toEqual([null, [null], []]);
      expect(await accept(identity, ACME, judged, UNBOUNDED)).toMatchObject({
        role: "admin",
        email: JANE_EMAIL,
      });
      expect(ports.identities.spoken.size).toBe(0);
      expect((await listOrganizations(identity, judged, UNBOUNDED)).invitations).toEqual([]);
    },
  );

  it("never changes a membership: a member's counts as accepted, once", async () => {
    const ports = world({}, { stored: { role: "member" } });
    const identity = await signedIn(ports, BY_PASSWORD);
    await Promise.all(Array.from({ length: 5 }, () => listOrganizations(identity, ports, UNBOUNDED)));
    expect([roleNow(ports), consumers(ports), openNow(ports)]).toEqual(["member", [JANE], 2]);
    expect(audited(ports)).toEqual(["invitation-accepted null"]);
  });

  it("is not settled by a login whose connection was taken away meanwhile", async () => {
    const ports = world({}, { stored: { role: "member" } });
    const identity = await signedIn(ports, VIA_ACME);
    const stored = acmeAndGlobex();
    stored.connections.delete(ENTRA.name);
    await listOrganizations(identity, { ...ports, stored }, UNBOUNDED);
    expect([invitationNow(ports), audited(ports)]).toEqual([offered(), []]);
  });

  it("T84: is not settled by a user who was blocked or unlinked meanwhile", async () => {
    const ports = world({}, { stored: { role: "member" } });
    const identity = await signedIn(ports, VIA_ACME);
    const unlinked = { ...ports.storedLinks, find: async () => null };
    await listOrganizations(identity, { ...ports, storedLinks: unlinked }, UNBOUNDED);
    ports.identities.blocked.add(JANE);
    await expect(listOrganizations(identity, ports, UNBOUNDED)).rejects.toMatchObject({
      reason: "IDENTITY_BLOCKED",
    });
    expect([invitationNow(ports), audited(ports)]).toEqual([offered(), []]);
  });

  it.each([
    ["from inside", {}, BY_PASSWORD],
    ["from outside", OUTSIDE, AS_GUEST],
  ])("%s of a removed person is void, once", async (_, given, login) => {
    const ports = world(given, { stored: REMOVED });
    const identity = await signedIn(ports, login);
    await Promise.all(Array.from({ length: 5 }, () => listOrganizations(identity, ports, UNBOUNDED)));
    expect([roleNow(ports), invitationNow(ports)?.ended, openNow(ports)]).toEqual(["removed", "void", 2]);
    expect(ports.identities.entries).toMatchObject([
      {
        action: "invitation-voided",
        actor: "system",
        userId: null,
        invitationId: invitationNow(ports)?.invitationId,
      },
    ]);
  });

  it("is settled no more when it was accepted or is not current, and costs no read past the cache", async () => {
    for (const given of [{ consumedBy: JOE }, { expiresAt: NOW }, { ended: "revoked" as const }]) {
      const ports = world(given, { stored: {} });
      const stored = acmeAndGlobex();
      const listByDomain = vi.spyOn(stored, "listByDomain");
      await listOrganizations(await signedIn(ports, BY_PASSWORD), { ...ports, stored }, UNBOUNDED);
      expect(listByDomain).not.toHaveBeenCalled();
      expect([invitationNow(ports), audited(ports)]).toEqual([offered(given), []]);
    }
  });

  it.each([
    ["no read of who invited when it has expired", OUTSIDE, { expiresAt: NOW }, null, 0],
    ["no read of who invited when it is older than one's leaving", OUTSIDE, {}, left(NOW), 0],
    ["no read of the member when it has expired inside", {}, { expiresAt: NOW }, null, 0],
    [
      "no read of the member when it was accepted before one's leaving",
      {},
      { consumedBy: JANE },
      left(NOW),
      0,
    ],
    ["only the read of who invited when it waits", OUTSIDE, {}, null, 1],
  ])("costs %s", async (_, where, given, stored, reads) => {
    const ports = world({ ...where, ...given }, { stored });
    const login = where === OUTSIDE ? AS_GUEST : BY_PASSWORD;
    await listOrganizations(await signedIn(ports, login), ports, UNBOUNDED);
    expect(ports.memberships.asked.filter((each) => each === `find ${ACME}`)).toHaveLength(reads);
  });

  it("is also what a check of the role accepts, of who has left too, and from outside does not", async () => {
    for (const [given, login, role, options] of [
      [{}, BY_PASSWORD, "admin", {}],
      [{}, BY_PASSWORD, "admin", { stored: left("2026-11-24T22:00:00.000Z") }],
      [{}, BY_PASSWORD, null, { stored: left(NOW) }],
      [OUTSIDE, AS_GUEST, null, {}],
    ] as const) {
      const ports = world(given, options);
      const identity = await signedIn(ports, login);
      const asked = { organizationId: ACME, required: "member" } as const;
      expect((await checkRole(identity, asked, ports, UNBOUNDED)).role).toBe(role);
    }
  });
});

describe("a member who has left", () => {
  it("is not revived by SSO, with which JIT is on, nor by joining", async () => {
    const ports = world(null, { stored: left(HOUR_AGO) });
    expect(await reasonOf(me(ports, VIA_ACME))).toBe("MEMBERSHIP_REMOVED");
    const identity = await signedIn(ports, BY_PASSWORD);
    expect((await listOrganizations(identity, ports, UNBOUNDED)).joinable.map(({ id }) => id)).toEqual([
      GLOBEX,
    ]);
    expect(await reasonOf(join(identity, ACME, ports, UNBOUNDED))).toBe("NOT_JOINABLE");
    expect(roleNow(ports)).toBe("removed");
  });

  it("is revived by one of several concurrent calls after a new invitation, and audited once", async () => {
    const ports = world({}, { stored: left("2026-11-24T22:00:00.000Z") });
    const identity = await signedIn(ports, VIA_ACME);
    await Promise.all(Array.from({ length: 5 }, () => listOrganizations(identity, ports, UNBOUNDED)));
    expect([roleNow(ports), openNow(ports)]).toEqual(["admin", 2]);
    expect(audited(ports)).toEqual(["membership-created invitation", "invitation-accepted null"]);
  });

  it("can see the organization of the token once more while an invitation of it asks", async () => {
    const organizations = acmeAndGlobex({ auth0OrgId: "org_acme" });
    const login = { ...AS_GUEST, auth0OrgId: "org_acme" };
    const ports = world(OUTSIDE, { organizations, stored: left("2026-11-24T22:00:00.000Z") });
    expect((await me(ports, login)).invitations).toHaveLength(1);
    const older = world(OUTSIDE, { organizations, stored: left(NOW) });
    expect(await reasonOf(me(older, login))).toBe("MEMBERSHIP_REMOVED");
    const another = world({ ...OUTSIDE, organizationId: GLOBEX }, { organizations, stored: left(HOUR_AGO) });
    another.memberships.put(membership({ organizationId: GLOBEX, userId: JOE, role: "owner" }));
    expect(await reasonOf(me(another, login))).toBe("MEMBERSHIP_REMOVED");
  });
});

describe("org.me", () => {
  it("lists the organizations that removed the user: not their own, nor those that they left, nor closed ones", async () => {
    const organizations = acmeAlone()
      .put(organization(GLOBEX))
      .put(organization(ACME, { name: "Zacme" }));
    const ports = memoryPorts(organizations);
    const gone = { status: "removed" } as const;
    ports.memberships.put(membership(gone), membership({ ...gone, organizationId: GLOBEX }));
    const names = async () => (await me(ports, BY_PASSWORD)).removed.map(({ name }) => name);
    expect(await names()).toEqual([GLOBEX, "Zacme"]);
    organizations.put(organization(ACME, { state: "closed" }));
    expect(await names()).toEqual([GLOBEX]);
    for (const other of [left(HOUR_AGO), { status: "active" } as const]) {
      ports.memberships.put(membership({ ...other, organizationId: GLOBEX }));
      expect(await names()).toEqual([]);
    }
  });

  it("names the inviter by the address of their membership", async () => {
    const [waiting] = (await me(world(OUTSIDE), AS_GUEST)).invitations;
    expect(waiting).toMatchObject({ inviter: JOE_EMAIL, invitation: { invitedBy: JOE } });
  });

  it("lists invitations by the name of their organization, without reading more for those that do not ask", async () => {
    const organizations = acmeAndGlobex({ name: "Zacme" });
    const ports = world(OUTSIDE, { organizations });
    ports.memberships.put(membership({ organizationId: GLOBEX, userId: JOE, role: "owner" }));
    ports.memberships.invite(offered({ ...OUTSIDE, organizationId: GLOBEX, role: "member" }));
    const { invitations } = await me(ports, AS_GUEST);
    expect(invitations.map(({ organization: { name }, invitation: { role } }) => [name, role])).toEqual([
      [GLOBEX, "member"],
      ["Zacme", "admin"],
    ]);
  });
});

describe("the role of those who were not invited", () => {
  it("is admin where owner is stored as the default", async () => {
    const organizations = () => acmeAlone().put(organization(ACME, { defaultRole: "owner" }));
    const byJit = memoryPorts(organizations());
    await me(byJit, VIA_ACME);
    const byJoining = memoryPorts(organizations());
    await join(await signedIn(byJoining, BY_PASSWORD), ACME, byJoining, UNBOUNDED);
    expect([roleNow(byJit), roleNow(byJoining)]).toEqual(["admin", "admin"]);
    for (const { stored } of [byJit, byJoining]) expect(stored.organizations.get(ACME)?.owners).toEqual([]);
  });
});

/** Acme has given its domain up; `holder` has it now. */
function released(holder?: typeof GLOBEX): MemoryOrganizations {
  const organizations = acmeAndGlobex({ jit: false });
  for (const id of [ACME, GLOBEX]) if (id !== holder) organizations.release("acme.example", id);
  return organizations;
}

function withoutAcme(): MemoryOrganizations {
  const organizations = acmeAndGlobex();
  organizations.organizations.delete(ACME);
  return organizations;
}

function withDomain(domain: string): MemoryOrganizations {
  const organizations = acmeAndGlobex({ jit: false });
  organizations.verify(domain, ACME);
  return organizations;
}
