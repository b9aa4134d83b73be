import { beforeEach, expect, it, vi } from "vitest";
import type { IdentityLink } from "../identity/identity-link.ts";
import { loginIdOf } from "../subject-key.ts";
import { MemoryAdministration } from "../testing/memory-administration.ts";
import { acmeAndGlobex, invitation, membership } from "../testing/memory-ports.ts";
import {
  GLOBEX,
  held,
  INITECH,
  JANE,
  JANE_EMAIL,
  JOE,
  JOE_EMAIL,
  link,
  SEAT,
  subjectFacts,
  UNBOUNDED,
} from "../testing/people.ts";
import { describeAddress, describeSubject, describeUser, SubjectNotLinked } from "./user-overview.ts";

const KEY = { tenant: "default", subject: "waad|old" };

/** A link without its revision, and without facts of its subject. */
const shown = ({ rev: _, ...known }: IdentityLink) => ({ ...known, facts: null });

let stores: MemoryAdministration;
beforeEach(async () => {
  stores = new MemoryAdministration();
  await stores.identities.takeSeat(SEAT, KEY.subject);
});

it("describes the links, seats, memberships, block and speakers of a user", async () => {
  const seatless = link({ subject: "okta|old", connection: "acme-okta" });
  const replaced = link({ subject: "waad|replaced" });
  for (const each of [link(), seatless, replaced, link({ subject: "waad|joe", userId: JOE })])
    await stores.identities.create(each);
  stores.memberships.put(membership(), membership({ userId: JOE }));
  stores.identities.blocked.add(JANE);
  expect(await describeUser(JANE, stores, UNBOUNDED)).toEqual({
    userId: JANE,
    blocked: true,
    signedOutUntil: null,
    links: [
      { ...shown(link()), holdsSeat: true },
      { ...shown(seatless), holdsSeat: false },
      { ...shown(replaced), holdsSeat: false },
    ],
    memberships: [membership()],
    speakers: { by: null, sso: null, inside: [], settledAt: null, erasedAt: null },
  });
});

it("describes what ends the tokens of a user and of their subjects", async () => {
  await stores.identities.create(link());
  const { tenant: _, subject: __, rev: ___, ...facts } = subjectFacts({ notBefore: 100 });
  stores.identities.facts.set(loginIdOf(KEY), subjectFacts({ notBefore: 100 }));
  stores.identities.signOuts.set(JANE, { userId: JANE, notBefore: 200, rev: "1" });
  expect(await describeUser(JANE, stores, UNBOUNDED)).toMatchObject({
    signedOutUntil: 200,
    links: [{ facts }],
  });
});

it("tells links of one subject in two tenants apart", async () => {
  const other = link({ tenant: "another" });
  await stores.identities.create(other);
  const { links } = await describeUser(JANE, stores, UNBOUNDED, link());
  expect(links.map(({ tenant }) => tenant)).toEqual(["another", "default"]);
});

it("leaves no failure behind where several reads fail, since one that nobody awaits ends the process", async () => {
  await stores.identities.create(link());
  const failure = new Error("the store does not answer");
  vi.spyOn(stores.speakers, "find").mockRejectedValue(failure);
  vi.spyOn(stores.identities, "findSeat").mockRejectedValue(failure);
  await expect(describeUser(JANE, stores, UNBOUNDED)).rejects.toThrow("does not answer");
});

it.each([true, false])(
  "describes the user of a subject once, with an index that lags: %s",
  async (lagging) => {
    await stores.identities.create(link());
    stores.identities.lagging = lagging;
    const { userId, links } = await describeSubject(KEY, stores, UNBOUNDED);
    expect([userId, links]).toEqual([JANE, [{ ...shown(link()), holdsSeat: true }]]);
  },
);

it("refuses a subject that is not linked, with the seats it holds all the same", async () => {
  const described = describeSubject(KEY, stores, UNBOUNDED);
  await expect(described).rejects.toThrow(SubjectNotLinked);
  await expect(described).rejects.toMatchObject({
    reason: "NOT_FOUND",
    key: KEY,
    seats: [held(KEY.subject)],
    facts: null,
  });
});

it("describes the directory's user of an address, and what was granted by it to whom", async () => {
  stores = new MemoryAdministration(acmeAndGlobex());
  await stores.identities.create(link());
  const former = membership({ organizationId: GLOBEX, userId: JOE, status: "removed" });
  const byAnother = membership({ organizationId: INITECH, email: JOE_EMAIL });
  const invited = membership({ organizationId: INITECH, userId: JOE });
  const unrelated = membership({ userId: JOE, email: JOE_EMAIL });
  stores.memberships.put(membership(), former, byAnother, invited, unrelated);
  const byJoe = { organizationId: GLOBEX, invitedBy: JOE, role: "member", invitationId: "1" } as const;
  stores.memberships.invite(invitation({ organizationId: INITECH }), invitation(byJoe));
  const registeredUsers = { find: vi.fn(async () => JANE) };
  const found = await describeAddress(JANE_EMAIL, { ...stores, registeredUsers }, UNBOUNDED);
  expect(found).toMatchObject({
    email: JANE_EMAIL,
    user: { userId: JANE, links: [shown(link())], memberships: [membership(), byAnother] },
    invitations: [
      { organizationId: INITECH, email: JANE_EMAIL, role: "owner", state: "open" },
      { organizationId: GLOBEX, state: "void", invitationId: "1" },
    ],
  });
  expect(found.memberships).toHaveLength(3);
  expect(found.memberships).toEqual(expect.arrayContaining([membership(), former, invited]));
  expect(registeredUsers.find.mock.calls).toEqual([[JANE_EMAIL, UNBOUNDED]]);
});

it("describes an address that the directory does not know by what is stored", async () => {
  stores.memberships.put(membership());
  const registeredUsers = { find: async () => null };
  expect(await describeAddress(JANE_EMAIL, { ...stores, registeredUsers }, UNBOUNDED)).toEqual({
    email: JANE_EMAIL,
    user: null,
    memberships: [membership()],
    invitations: [],
  });
});
