import { beforeEach, describe, expect, it, vi } from "vitest";
import type { Membership } from "../membership.ts";
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
  consumers,
  createdMembership,
  GUEST_EMAIL,
  type MemoryPorts,
  membership,
  NOW,
  signedIn,
  VIA_ACME,
  VIA_GLOBEX,
} from "../testing/memory-ports.ts";
import {
  ACME,
  ENDED,
  ENTRA,
  GLOBEX,
  INITECH,
  JANE,
  JANE_EMAIL,
  JOE,
  organization,
  UNBOUNDED,
  userNumber,
} from "../testing/people.ts";
import { reasonOf } from "../testing/standings.ts";
import type { VerifiedClaims } from "../token/claims.ts";
import { accept, decline } from "./consent.ts";
import type { Invitation } from "./memberships.ts";

const { invitationId } = offered();
/** From outside: Acme does not have the domain of the address. */
const outside = (overrides: Partial<Invitation> = {}) => ({ ...OUTSIDE, ...overrides });
const atGuest = (overrides: Partial<Membership>) =>
  membership({ email: GUEST_EMAIL, rev: "1", ...overrides });
const GONE = atGuest(REMOVED);
const gone = (leftAt: string) => atGuest(left(leftAt));
const MEMBER = atGuest({});

const world = ({ invitation = {}, ...given }: World = {}) =>
  invited(invitation === null ? null : outside(invitation), given);
interface World extends Invited {
  readonly invitation?: Partial<Invitation> | null;
}

const accepted = async (ports: MemoryPorts, login = AS_GUEST, id: typeof ACME | null = ACME) =>
  accept(await signedIn(ports, login), id, ports, UNBOUNDED);
const declined = async (ports: MemoryPorts, login = AS_GUEST, id: typeof ACME | null = ACME) =>
  decline(await signedIn(ports, login), id, ports, UNBOUNDED);
/** Everything that is stored. */
const everything = ({ memberships, identities, stored }: MemoryPorts) =>
  structuredClone([
    memberships.memberships,
    memberships.invitations,
    memberships.ledgers,
    identities.entries,
    identities.spoken,
    stored.organizations,
  ]);

it("somebody who was removed from the organization of their token accepts and declines nothing elsewhere", async () => {
  const ports = world({ invitation: { organizationId: INITECH } });
  ports.organizations.put(organization(INITECH));
  ports.memberships.put({ ...GONE, organizationId: GLOBEX });
  const before = everything(ports);
  for (const verb of [accepted, declined]) {
    expect(await reasonOf(verb(ports, VIA_GLOBEX, INITECH))).toBe("MEMBERSHIP_REMOVED");
  }
  expect(everything(ports)).toEqual(before);
});

describe("what cannot be accepted", () => {
  const closed = () => acmeAndGlobex(ENDED);
  const UNPROVEN = { ...AS_GUEST, emailVerified: false };
  it.each<[string, World, Partial<VerifiedClaims>?, (typeof ACME | null)?]>([
    ["where nobody was invited", { invitation: null }],
    ["in an organization that does not exist", {}, AS_GUEST, INITECH],
    ["in an organization of a malformed id", {}, AS_GUEST, null],
    ["in another organization", {}, AS_GUEST, GLOBEX],
    ["at another address", {}, BY_PASSWORD],
    ["at an address that is not verified", {}, UNPROVEN],
    ["at an address proven to another organization only", { invitation: { email: JANE_EMAIL } }, VIA_GLOBEX],
    ["that has expired", { invitation: { expiresAt: NOW } }],
    ["whose inviter may not grant its role any more", { inviter: { role: "member" } }],
    ["that another person has consumed", { invitation: { consumedBy: JOE } }],
    ["in a closed organization", { organizations: closed() }],
    ["in a closed organization, of a member", { organizations: closed(), stored: MEMBER }],
    ["of a person who was removed", { stored: GONE }],
    ["of a person who has left since", { stored: gone(NOW) }],
    ["of a person who left at that moment", { stored: gone(HOUR_AGO) }],
    ["that is not stored, of a member who was never invited", { invitation: null, stored: MEMBER }],
    ["that is deleted, of a member who has left", { invitation: null, stored: gone(NOW) }],
    ["of a member, that has expired", { invitation: { expiresAt: NOW }, stored: MEMBER }],
    ["of a member, that another one has consumed", { invitation: { consumedBy: JOE }, stored: MEMBER }],
  ])(
    "is NOT_FOUND, as if nothing existed, and writes nothing: %s",
    async (_, given, login = AS_GUEST, id = ACME) => {
      const ports = world(given);
      const before = everything(ports);
      expect(await reasonOf(accepted(ports, login, id))).toBe("NOT_FOUND");
      expect(await reasonOf(declined(ports, login, id))).toBe("NOT_FOUND");
      expect(everything(ports)).toEqual(before);
    },
  );

  it.each([
    ["of a member", MEMBER],
    ["of somebody else", null],
  ])("is NOT_FOUND to a login whose connection was taken away meanwhile, %s", async (_, stored) => {
    const ports = world({ invitation: { email: JANE_EMAIL }, stored });
    const identity = await signedIn(ports, VIA_ACME);
    const withoutConnection = acmeAndGlobex();
    withoutConnection.connections.delete(ENTRA.name);
    const before = everything(ports);
    for (const verb of [accept, decline]) {
      const answer = verb(identity, ACME, { ...ports, stored: withoutConnection }, UNBOUNDED);
      expect(await reasonOf(answer)).toBe("NOT_FOUND");
    }
    expect(everything(ports)).toEqual(before);
  });

  it("includes one that was declined, which may be declined again; and a member's, which cannot be declined", async () => {
    const ports = world({ invitation: { ended: "declined" } });
    const before = everything(ports);
    expect(await reasonOf(accepted(ports))).toBe("NOT_FOUND");
    expect(await reasonOf(declined(world({ stored: MEMBER })))).toBe("NOT_FOUND");
    expect(everything(ports)).toEqual(before);
  });
});

describe("an invitation that is accepted", () => {
  let ports: MemoryPorts;
  beforeEach(() => {
    ports = world();
  });
  const made = createdMembership({
    email: GUEST_EMAIL,
    role: "admin",
    origin: "invitation",
    invitedFromOutside: true,
    invitedBy: JOE,
  });

  it("makes a member, is consumed, counted as closed and recorded without an address", async () => {
    expect(await accepted(ports)).toEqual(made);
    expect([janeNow(ports), consumers(ports), openNow(ports)]).toEqual([made, [JANE], 2]);
    expect(invitationNow(ports)?.endedAt).toBe(NOW);
    expect(audited(ports)).toEqual(["membership-created invitation", "invitation-accepted null"]);
    const about = { userId: JANE, organizationId: ACME, invitationId };
    expect(ports.identities.entries).toMatchObject([about, about]);
    expect(JSON.stringify(ports.identities.entries)).not.toContain("@");
  });

  it("answers the membership when it is accepted again, and writes nothing then", async () => {
    await accepted(ports);
    const before = everything(ports);
    expect(await accepted(ports)).toEqual(made);
    expect(everything(ports)).toEqual(before);
    ports.memberships.invitations.clear(); // as 90 days later
    expect(await accepted(ports)).toEqual(made);
    ports.memberships.put({ ...made, email: JANE_EMAIL });
    expect(await reasonOf(accepted(ports))).toBe("NOT_FOUND");
  });

  it.each<[string, Partial<Invitation>, Partial<VerifiedClaims>?]>([
    ["from inside the domains", { fromOutside: false, email: JANE_EMAIL }, BY_PASSWORD],
    ["by an operator", { invitedBy: null }],
    ["by an operator's file, which counts none", { invitedBy: null, counted: false }],
  ])("may be one %s, and only an inviter is asked for", async (_, overrides, login = AS_GUEST) => {
    ports = world({ invitation: overrides });
    const find = vi.spyOn(ports.memberships, "find");
    expect(await accepted(ports, login)).toMatchObject({ role: "admin", status: "active" });
    expect([consumers(ports), openNow(ports)]).toEqual([[JANE], "counted" in overrides ? 3 : 2]);
    const asked = find.mock.calls.map(([, userId]) => userId);
    expect(asked).toEqual("invitedBy" in overrides ? [JANE] : [JANE, JOE]);
  });

  it("makes who left by themselves a member again, as it was invited, also by a token for it", async () => {
    for (const login of [AS_GUEST, { ...AS_GUEST, auth0OrgId: "org_acme" }]) {
      ports = world({
        organizations: acmeAndGlobex({ auth0OrgId: "org_acme" }),
        stored: gone(TWO_HOURS_AGO),
      });
      expect(await accepted(ports, login)).toEqual(made);
      expect([janeNow(ports), openNow(ports)]).toEqual([made, 2]);
    }
  });

  it("never changes a membership: a member's counts as accepted, once", async () => {
    ports = world({ stored: MEMBER });
    const identity = await signedIn(ports, AS_GUEST);
    const calls = Array.from({ length: 5 }, () => accept(identity, ACME, ports, UNBOUNDED));
    expect(await Promise.all(calls)).toEqual(Array(5).fill(MEMBER));
    expect([janeNow(ports), consumers(ports), openNow(ports)]).toEqual([MEMBER, [JANE], 2]);
    expect(audited(ports)).toEqual(["invitation-accepted null"]);
  });

  it("gives admin in place of owner where there are 20 owners, and never stores one more", async () => {
    for (const [listed, role] of [
      [19, "owner"],
      [20, "admin"],
    ] as const) {
      ports = world({ invitation: { role: "owner" } });
      const userIds = Array.from({ length: listed }, (_, n) => userNumber(n + 10));
      ports.stored.setOwners(ACME, ...userIds);
      expect(await accepted(ports)).toMatchObject({ role });
      expect(janeNow(ports)?.role).toBe(role);
      expect(ports.stored.organizations.get(ACME)?.owners).toEqual(
        role === "owner" ? [...userIds, JANE] : userIds,
      );
    }
  });
});

describe("an invitation that is declined", () => {
  it("is ended, counted as closed and recorded without an address", async () => {
    const ports = world();
    await declined(ports);
    expect([invitationNow(ports)?.ended, janeNow(ports), openNow(ports)]).toEqual(["declined", undefined, 2]);
    expect(ports.identities.entries).toMatchObject([
      { action: "invitation-declined", actor: `user:${JANE}`, userId: JANE, invitationId },
    ]);
    expect(JSON.stringify(ports.identities.entries)).not.toContain("@");
  });

  it("may be declined again, which writes nothing then", async () => {
    const ports = world();
    await declined(ports);
    const before = everything(ports);
    await declined(ports);
    expect(everything(ports)).toEqual(before);
  });

  it("may be that of somebody who has left, if it is newer", async () => {
    const ports = world({ stored: gone(TWO_HOURS_AGO) });
    await declined(ports);
    expect([invitationNow(ports)?.ended, janeNow(ports)?.status]).toEqual(["declined", "removed"]);
  });

  it("tries again when it has changed since it was read", async () => {
    const ports = world();
    const { findInvitation } = ports.memberships;
    let reads = 0;
    ports.memberships.findInvitation = async (...key) => {
      const found = await findInvitation.apply(ports.memberships, key);
      reads += 1;
      if (reads === 1) ports.memberships.invite(offered(outside({ rev: "2", role: "member" })));
      return found;
    };
    await declined(ports);
    expect([reads, invitationNow(ports)]).toMatchObject([2, { ended: "declined", role: "member" }]);
  });
});
