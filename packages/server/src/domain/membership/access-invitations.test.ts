import { describe, expect, it, vi } from "vitest";
import { MAILBOX } from "../identity/speakers.ts";
import {
  HOUR_AGO,
  type Invited,
  invitationNow,
  invited,
  janeNow,
  left,
  OUTSIDE,
  offered,
  openNow,
  REMOVED,
  TWO_HOURS_AGO,
} from "../testing/invited.ts";
import {
  AS_GUEST,
  acmeAndGlobex,
  audited,
  BY_PASSWORD,
  changed,
  consumers,
  type MemoryPorts,
  membership,
  memoryPorts,
  NOW,
  signedIn,
  spoken,
  VIA_ACME,
} from "../testing/memory-ports.ts";
import {
  ACME,
  acmeAlone,
  ENDED,
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
import type { Invitation } from "./memberships.ts";

type Claims = Partial<VerifiedClaims>;
const LEFT_BEFORE = { stored: left(TWO_HOURS_AGO) };
const LEFT_SINCE = { stored: left(NOW) };
const WERE_REMOVED = { stored: REMOVED };
const DEMOTED: Invited = { inviter: { role: "member" } };

const me = async (ports: MemoryPorts, login: Claims) =>
  listOrganizations(await signedIn(ports, login), ports, UNBOUNDED);
const roleNow = (ports: MemoryPorts) => {
  const { role, status } = janeNow(ports) ?? { role: null, status: "active" };
  return status === "active" ? role : status;
};

describe("an invitation", () => {
  const UNPROVEN = { ...AS_GUEST, emailVerified: false };
  const [A, Q, N] = ["accepted", "asked", "nothing"] as const;
  it.each<[string, Partial<Invitation>, Claims, "accepted" | "asked" | "nothing", Invited?]>([
    ["from inside is accepted by signing in", {}, BY_PASSWORD, A],
    ["from inside is accepted by SSO", {}, VIA_ACME, A],
    ["from outside asks the person", OUTSIDE, AS_GUEST, Q],
    ["T8D: from inside a domain that was given up asks", {}, BY_PASSWORD, Q, givenUp()],
    ["of an operator from outside is, too", { ...OUTSIDE, invitedBy: null }, AS_GUEST, A],
    ["that has expired is nothing", { expiresAt: NOW }, BY_PASSWORD, N],
    ["from outside that has expired is nothing", { ...OUTSIDE, expiresAt: NOW }, AS_GUEST, N],
    ["whose inviter was demoted is nothing", {}, BY_PASSWORD, N, DEMOTED],
    ["from outside whose inviter was demoted is nothing", OUTSIDE, AS_GUEST, N, DEMOTED],
    ["at an unverified address is nothing", OUTSIDE, UNPROVEN, N],
    ["in a closed organization is nothing", OUTSIDE, AS_GUEST, N, closed()],
    ["in a deleted organization is nothing", OUTSIDE, AS_GUEST, N, deleted()],
    ["that is newer than one's leaving is accepted", {}, BY_PASSWORD, A, LEFT_BEFORE],
    ["from outside that is newer than one's leaving asks", OUTSIDE, AS_GUEST, Q, LEFT_BEFORE],
    ["that is older than one's leaving is nothing", {}, BY_PASSWORD, N, LEFT_SINCE],
    ["from outside that is older is nothing", OUTSIDE, AS_GUEST, N, LEFT_SINCE],
    ["to a removed person is nothing", {}, BY_PASSWORD, N, WERE_REMOVED],
    ["from outside to a removed person is nothing", OUTSIDE, AS_GUEST, N, WERE_REMOVED],
  ])("%s", async (_, given, login, outcome, options) => {
    const organizations = options?.organizations ?? acmeAndGlobex({ jit: false });
    const ports = invited(given, { ...options, organizations });
    const before = roleNow(ports);
    const { organizations: mine, invitations } = await me(ports, login);
    const roles = [
      roleNow(ports),
      mine.map(({ role }) => role),
      invitations.map((each) => each.invitation.role),
    ];
    const isAccepted = outcome === "accepted";
    const asked = outcome === "asked" ? ["admin"] : [];
    expect(roles).toEqual(isAccepted ? ["admin", ["admin"], []] : [before, [], asked]);
    expect(consumers(ports)).toEqual([isAccepted ? JANE : null]);
    expect(openNow(ports)).toBe(isAccepted || invitationNow(ports)?.ended === "void" ? 2 : 3);
  });

  const ENDED = { endedBy: "others", endedAt: HOUR_AGO } as const;
  const REVOKED = { ...ENDED, ended: "revoked" } as const;
  const OF_OPERATORS = { ...REVOKED, invitedBy: null };
  it.each<
    [
      string,
      Partial<Invitation>,
      [state: string, since: string, inviter: string | null] | null,
      Invited?,
      Claims?,
    ]
  >([
    ["has expired, and who to ask", { expiresAt: NOW }, ["expired", NOW, JOE_EMAIL]],
    ["has expired, not who has gone", { expiresAt: NOW }, ["expired", NOW, null], { inviter: REMOVED }],
    ["is void, not who may not invite any more", {}, ["void", HOUR_AGO, null], DEMOTED],
    ["is void, not who has gone", {}, ["void", HOUR_AGO, null], { inviter: REMOVED }],
    ["was revoked, and who had invited", REVOKED, ["revoked", HOUR_AGO, JOE_EMAIL]],
    ["was revoked, by nobody they know", OF_OPERATORS, ["revoked", HOUR_AGO, null]],
    ["was declined", { ...ENDED, ended: "declined" }, ["declined", HOUR_AGO, JOE_EMAIL]],
    ["is that of a member: nothing", { expiresAt: NOW }, null, { stored: {} }],
    ["was accepted just now: nothing", {}, null],
    ["was taken by another user of the mailbox: nothing", { ...ENDED, consumedBy: JOE }, null],
    ["is that of a removed person: nothing", {}, null, WERE_REMOVED],
    ["has expired since they left", { expiresAt: NOW }, ["expired", NOW, JOE_EMAIL], LEFT_BEFORE],
    ["is older than their leaving: nothing", {}, null, LEFT_SINCE],
    ["waits: nothing", OUTSIDE, null, {}, AS_GUEST],
    ["is of an unverified address: nothing", REVOKED, null, {}, { ...BY_PASSWORD, emailVerified: false }],
    ["is of a closed organization: nothing", { expiresAt: NOW }, null, closed()],
  ])("tells the person that it %s", async (_, given, told, options, login = BY_PASSWORD) => {
    const organizations = options?.organizations ?? acmeAndGlobex({ jit: false });
    const { past } = await me(invited(given, { ...options, organizations }), login);
    expect(past.map(({ state, since, inviter }) => [state, since, inviter])).toEqual(
      told === null ? [] : [told],
    );
  });

  it("tells no more of what had ended before the person joined an organization", async () => {
    const organizations = acmeAndGlobex({ jit: false });
    const past = async (createdAt: string) => {
      const ports = invited(REVOKED, { organizations });
      ports.memberships.put(membership({ organizationId: GLOBEX, createdAt }));
      return (await me(ports, BY_PASSWORD)).past.map(({ state, organization: { id } }) => [id, state]);
    };
    expect([await past(TWO_HOURS_AGO), await past(NOW)]).toEqual([[[ACME, "revoked"]], []]);
  });

  it("T70: asks nothing of a user of another organization's SSO, who could not accept it", async () => {
    const ports = invited({});
    spoken(ports, { by: MAILBOX, sso: GLOBEX });
    expect(await me(ports, BY_PASSWORD)).toMatchObject({ invitations: [], past: [] });
    expect([roleNow(ports), consumers(ports)]).toEqual([null, [null]]);
  });

  it.each([
    ["somebody new", null],
    ["somebody who has left", left(TWO_HOURS_AGO)],
  ])("asks from outside without a read past the cache of whose the domain is: %s", async (_, member) => {
    const ports = invited(OUTSIDE, { stored: member });
    const stored = acmeAndGlobex();
    const identity = await signedIn(ports, AS_GUEST);
    const { invitations } = await listOrganizations(identity, { ...ports, stored }, UNBOUNDED);
    expect([invitations.length, stored.asked]).toEqual([1, []]);
  });

  it.each(["cached as the organization's", "known to be given up"])(
    "T8D: asks, by what is stored, about a domain that was given up and is %s, and adds nobody inside",
    async (known) => {
      const ports = invited({}, known.startsWith("cached") ? {} : givenUp(GLOBEX));
      const judged = { ...ports, stored: givenUp(GLOBEX).organizations };
      const identity = await signedIn(ports, BY_PASSWORD);
      const asked = { organizationId: ACME, required: "member" } as const;
      expect((await checkRole(identity, asked, judged, UNBOUNDED)).role).toBeNull();
      expect((await listOrganizations(identity, judged, UNBOUNDED)).invitations).toHaveLength(1);
      expect([roleNow(ports), consumers(ports), audited(ports)]).toEqual([null, [null], []]);
      const made = { role: "admin", email: JANE_EMAIL };
      expect(await accept(identity, ACME, judged, UNBOUNDED)).toMatchObject(made);
      expect(ports.identities.spoken.size).toBe(0);
      expect((await listOrganizations(identity, judged, UNBOUNDED)).invitations).toEqual([]);
    },
  );

  const ACCEPTED = "invitation-accepted null";
  it.each([
    ["of a member changes no membership", { role: "member" }, "member", [ACCEPTED]],
    ["of who has left revives", left(TWO_HOURS_AGO), "admin", ["membership-created invitation", ACCEPTED]],
  ] as const)("%s, and is accepted once by several calls", async (_, stored, role, entries) => {
    const ports = invited({}, { stored });
    const identity = await signedIn(ports, BY_PASSWORD);
    await Promise.all(Array.from({ length: 5 }, () => listOrganizations(identity, ports, UNBOUNDED)));
    expect([roleNow(ports), consumers(ports), openNow(ports)]).toEqual([role, [JANE], 2]);
    expect(audited(ports)).toEqual(entries);
  });

  it("is not settled by a login whose connection was taken away meanwhile", async () => {
    const ports = invited({}, { stored: { role: "member" } });
    const identity = await signedIn(ports, VIA_ACME);
    const stored = acmeAndGlobex();
    stored.connections.delete(ENTRA.name);
    await listOrganizations(identity, { ...ports, stored }, UNBOUNDED);
    expect([invitationNow(ports), audited(ports)]).toEqual([offered(), []]);
  });

  it.each<[string, string, (identities: MemoryPorts["identities"]) => unknown]>([
    ["blocked", "IDENTITY_BLOCKED", ({ blocked }) => blocked.add(JANE)],
    [
      "signed out",
      "TOKEN_REVOKED",
      ({ signOuts }) => signOuts.set(JANE, { userId: JANE, notBefore: 0, rev: "1" }),
    ],
  ])("T84: is not settled by a user who was %s or unlinked meanwhile", async (_, reason, happens) => {
    const ports = invited({}, { stored: { role: "member" } });
    const identity = await signedIn(ports, VIA_ACME);
    const unlinked = { ...ports.storedLinks, find: async () => null };
    await listOrganizations(identity, { ...ports, storedLinks: unlinked }, UNBOUNDED);
    happens(ports.identities);
    await expect(listOrganizations(identity, ports, UNBOUNDED)).rejects.toMatchObject({ reason });
    expect([invitationNow(ports), audited(ports)]).toEqual([offered(), []]);
  });

  it.each([
    ["from inside", {}, BY_PASSWORD],
    ["from outside", OUTSIDE, AS_GUEST],
  ])("%s of a removed person is void, once", async (_, given, login) => {
    const ports = invited(given, { stored: REMOVED });
    const identity = await signedIn(ports, login);
    await Promise.all(Array.from({ length: 5 }, () => listOrganizations(identity, ports, UNBOUNDED)));
    expect([roleNow(ports), invitationNow(ports)?.ended, openNow(ports)]).toEqual(["removed", "void", 2]);
    const entry = { action: "invitation-voided", actor: "system", userId: null };
    expect(ports.identities.entries).toMatchObject([{ ...entry, invitationId: offered().invitationId }]);
  });

  it("is settled no more when it was accepted or is not current, and costs no read past the cache", async () => {
    for (const given of [{ consumedBy: JOE }, { expiresAt: NOW }, { ended: "revoked" as const }]) {
      const ports = invited(given, { stored: {} });
      const stored = acmeAndGlobex();
      const listByDomain = vi.spyOn(stored, "listByDomain");
      await listOrganizations(await signedIn(ports, BY_PASSWORD), { ...ports, stored }, UNBOUNDED);
      expect(listByDomain).not.toHaveBeenCalled();
      expect([invitationNow(ports), audited(ports)]).toEqual([offered(given), []]);
    }
  });

  it.each([
    ["only the read of whom to ask for another when it has expired", OUTSIDE, { expiresAt: NOW }, null, 1],
    ["no such read when it has expired and the person has joined", OUTSIDE, { expiresAt: NOW }, {}, 0],
    ["no read of who invited when it is older than one's leaving", OUTSIDE, {}, left(NOW), 0],
    ["only the read of who had invited when it was revoked", OUTSIDE, REVOKED, null, 1],
    ["no read of who had invited when an operator's was revoked", OUTSIDE, OF_OPERATORS, null, 0],
    [
      "no read of who invited when another user took it",
      OUTSIDE,
      { consumedBy: JOE, endedAt: HOUR_AGO },
      null,
      0,
    ],
    ["no read of the member when it was accepted before leaving", {}, { consumedBy: JANE }, left(NOW), 0],
    ["only the read of who invited when it waits", OUTSIDE, {}, null, 1],
  ])("costs %s", async (_, where, given, stored, reads) => {
    const ports = invited({ ...where, ...given }, { stored });
    const login = where === OUTSIDE ? AS_GUEST : BY_PASSWORD;
    await listOrganizations(await signedIn(ports, login), ports, UNBOUNDED);
    expect(ports.memberships.asked.filter((each) => each === `find ${ACME}`)).toHaveLength(reads);
  });

  it("is also what a check of the role accepts, of who has left too, and from outside does not", async () => {
    for (const [given, login, role, options] of [
      [{}, BY_PASSWORD, "admin", {}],
      [{}, BY_PASSWORD, "admin", LEFT_BEFORE],
      [{}, BY_PASSWORD, null, { stored: left(NOW) }],
      [OUTSIDE, AS_GUEST, null, {}],
    ] as const) {
      const ports = invited(given, options);
      const identity = await signedIn(ports, login);
      const asked = { organizationId: ACME, required: "member" } as const;
      expect((await checkRole(identity, asked, ports, UNBOUNDED)).role).toBe(role);
    }
  });
});

describe("a member who has left", () => {
  it("is not revived by SSO, with which JIT is on, nor by joining", async () => {
    const ports = invited(null, { stored: left(HOUR_AGO) });
    expect(await reasonOf(me(ports, VIA_ACME))).toBe("MEMBERSHIP_REMOVED");
    const identity = await signedIn(ports, BY_PASSWORD);
    expect((await listOrganizations(identity, ports, UNBOUNDED)).joinable.map(({ id }) => id)).toEqual([
      GLOBEX,
    ]);
    expect(await reasonOf(join(identity, ACME, ports, UNBOUNDED))).toBe("NOT_JOINABLE");
    expect(roleNow(ports)).toBe("removed");
  });

  it("can see the organization of the token once more while an invitation of it asks", async () => {
    const organizations = acmeAndGlobex({ auth0OrgId: "org_acme" });
    const login = { ...AS_GUEST, auth0OrgId: "org_acme" };
    const ports = invited(OUTSIDE, { organizations, stored: left(TWO_HOURS_AGO) });
    expect((await me(ports, login)).invitations).toHaveLength(1);
    const older = invited(OUTSIDE, { organizations, stored: left(NOW) });
    expect(await reasonOf(me(older, login))).toBe("MEMBERSHIP_REMOVED");
    const another = invited(
      { ...OUTSIDE, organizationId: GLOBEX },
      { organizations, stored: left(HOUR_AGO) },
    );
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
    organizations.put(organization(ACME, ENDED));
    expect(await names()).toEqual([GLOBEX]);
    for (const other of [left(HOUR_AGO), { status: "active" } as const]) {
      ports.memberships.put(membership({ ...other, organizationId: GLOBEX }));
      expect(await names()).toEqual([]);
    }
  });

  it("names the inviter by the address of their membership", async () => {
    const [waiting] = (await me(invited(OUTSIDE), AS_GUEST)).invitations;
    expect(waiting).toMatchObject({ inviter: JOE_EMAIL, invitation: { invitedBy: JOE } });
  });

  it("lists invitations by the name of their organization, without reading more for those that do not ask", async () => {
    const organizations = acmeAndGlobex({ name: "Zacme" });
    const ports = invited(OUTSIDE, { organizations });
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

/** Acme, where only those who are invited become members, after such a change. */
function after(change: Parameters<typeof changed>[0]) {
  return { organizations: changed(change, acmeAndGlobex({ jit: false })) };
}

/** Acme has given its domain up; `holder` has it now. */
function givenUp(holder?: typeof GLOBEX) {
  return after((stored) => {
    for (const id of [ACME, GLOBEX]) if (id !== holder) stored.release("acme.example", id);
  });
}

function closed() {
  return after((stored) => stored.put(organization(ACME, ENDED)));
}

function deleted() {
  return after((stored) => stored.organizations.delete(ACME));
}
