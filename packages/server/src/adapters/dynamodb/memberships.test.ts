import { afterAll, beforeEach, describe, expect, it, vi } from "vitest";
import {
  type MembershipRegistry,
  type Memberships,
  type OrganizationRegistry,
  parseEmail,
} from "../../domain/index.ts";
import { dynamoMembershipRegistry, dynamoMemberships } from "./memberships.ts";
import { dynamoOrganizationRegistry } from "./organization-registry.ts";
import type { DynamoTable } from "./table/table.ts";
import { startEmbeddedStore } from "./testing/embedded-store.ts";
import {
  ACME,
  GLOBEX,
  invitation,
  JANE,
  JANE_EMAIL,
  JOE,
  membership,
  NOON,
  UNBOUNDED,
  userNumber,
} from "./testing/examples.ts";

const store = await startEmbeddedStore();
afterAll(() => store.close());

let table: DynamoTable;
let memberships: Memberships;
let members: MembershipRegistry;
let registry: OrganizationRegistry;
beforeEach(async () => {
  table = await store.emptyTable();
  memberships = dynamoMemberships(table);
  members = dynamoMembershipRegistry(table);
  registry = dynamoOrganizationRegistry(table);
});

describe("memberships", () => {
  it("finds a membership only for its person and its organization", async () => {
    expect(await memberships.create(membership(), UNBOUNDED)).toEqual(membership());
    expect(await memberships.find(ACME, JANE, UNBOUNDED)).toEqual(membership());
    expect(await memberships.find(ACME, JOE, UNBOUNDED)).toBeNull();
    expect(await memberships.find(GLOBEX, JANE, UNBOUNDED)).toBeNull();
  });

  it("lists all memberships of one person, including removed ones", async () => {
    const removed = membership({ organizationId: GLOBEX, status: "removed" });
    await memberships.create(membership(), UNBOUNDED);
    await memberships.create(removed, UNBOUNDED);
    await memberships.create(membership({ userId: JOE }), UNBOUNDED);
    expect(await memberships.listByUser(JANE, UNBOUNDED)).toEqual([membership(), removed]);
  });

  it("creates one membership for 20 concurrent first calls", async () => {
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, n) =>
        memberships.create(membership({ createdAt: `2026-11-24T12:00:${10 + n}Z` }), UNBOUNDED),
      ),
    );
    expect(new Set(answers.map(({ createdAt }) => createdAt)).size).toBe(1);
    expect(await memberships.listByUser(JANE, UNBOUNDED)).toEqual([answers[0]]);
  });

  it("never revives a removed membership (T48)", async () => {
    await memberships.create(membership({ role: "owner" }), UNBOUNDED);
    await members.remove(membership(), NOON, UNBOUNDED);
    const answer = await memberships.create(membership({ role: "admin", origin: "invitation" }), UNBOUNDED);
    expect(answer).toEqual(membership({ role: "owner", status: "removed" }));
    expect(await memberships.find(ACME, JANE, UNBOUNDED)).toEqual(answer);
  });
});

describe("dynamoMembershipRegistry", () => {
  it("lists an organization's members and no others", async () => {
    const people = Array.from({ length: 3 }, (_, n) => membership({ userId: userNumber(n + 1) }));
    await Promise.all(people.map((each) => memberships.create(each, UNBOUNDED)));
    await memberships.create(membership({ organizationId: GLOBEX }), UNBOUNDED);
    expect(await members.listByOrganization(ACME, UNBOUNDED)).toEqual(people);
  });

  it("removes and restores a member repeatably and keeps the role", async () => {
    const admin = membership({ role: "admin" });
    const removed = membership({ role: "admin", status: "removed" });
    await memberships.create(admin, UNBOUNDED);
    expect(await members.remove(admin, NOON, UNBOUNDED)).toEqual(removed);
    expect(await members.remove(admin, NOON, UNBOUNDED)).toEqual(removed);
    expect(await members.listByOrganization(ACME, UNBOUNDED)).toEqual([removed]);
    expect(await members.restore(admin, UNBOUNDED)).toEqual(admin);
    expect(await members.restore(admin, UNBOUNDED)).toEqual(admin);
  });

  it("removes a membership that a concurrent login created", async () => {
    const documents = await table.documents();
    const send = documents.send.bind(documents);
    vi.spyOn(documents, "send").mockImplementationOnce(async (update: Parameters<typeof send>[0]) => {
      const refused = await send(update).catch((error: unknown) => error);
      await memberships.create(membership(), UNBOUNDED);
      throw refused;
    });
    const removed = membership({ status: "removed" });
    expect(await members.remove(membership(), NOON, UNBOUNDED)).toEqual(removed);
    expect(await memberships.find(ACME, JANE, UNBOUNDED)).toEqual(removed);
  });

  it("creates no membership by removing or restoring one that does not exist", async () => {
    expect(await members.remove(membership(), NOON, UNBOUNDED)).toBeNull();
    expect(await members.restore(membership(), UNBOUNDED)).toBeNull();
    expect(await memberships.listByUser(JANE, UNBOUNDED)).toEqual([]);
  });
});

describe("invitations", () => {
  const offered = invitation();

  it("lets exactly one of 20 concurrent people consume an invitation, repeatably", async () => {
    await registry.putInvitation(offered, UNBOUNDED);
    const people = Array.from({ length: 20 }, (_, n) => userNumber(n + 1));
    const consume = () =>
      Promise.all(people.map((person) => memberships.consumeInvitation(offered, person, UNBOUNDED)));
    const first = await consume();
    expect(first.filter(Boolean)).toHaveLength(1);
    expect(await consume()).toEqual(first);
    expect(await memberships.findInvitation(ACME, JANE_EMAIL, UNBOUNDED)).toEqual({
      ...offered,
      consumedBy: people[first.indexOf(true)],
    });
  });

  it("lists only the invitations of one address", async () => {
    const ofGlobex = invitation({ organizationId: GLOBEX, role: "member" });
    const joes = invitation({ email: parseEmail("joe@acme.example") ?? JANE_EMAIL });
    for (const each of [offered, ofGlobex, joes]) await registry.putInvitation(each, UNBOUNDED);
    expect(await memberships.listInvitations(JANE_EMAIL, UNBOUNDED)).toEqual([offered, ofGlobex]);
    expect(await memberships.findInvitation(GLOBEX, JANE_EMAIL, UNBOUNDED)).toEqual(ofGlobex);
  });

  it("does not consume an invitation that does not exist or has been withdrawn", async () => {
    expect(await memberships.consumeInvitation(offered, JANE, UNBOUNDED)).toBe(false);
    await registry.putInvitation(offered, UNBOUNDED);
    expect(await registry.withdrawInvitation(ACME, JANE_EMAIL, UNBOUNDED)).toBe(true);
    expect(await memberships.consumeInvitation(offered, JANE, UNBOUNDED)).toBe(false);
    expect(await memberships.findInvitation(ACME, JANE_EMAIL, UNBOUNDED)).toBeNull();
  });

  it("does not consume an invitation whose role has changed since it was read", async () => {
    await registry.putInvitation(offered, UNBOUNDED);
    await registry.putInvitation({ ...offered, role: "member" }, UNBOUNDED);
    expect(await memberships.consumeInvitation(offered, JANE, UNBOUNDED)).toBe(false);
  });

  it("refuses to offer a consumed invitation again or to withdraw it", async () => {
    await registry.putInvitation(offered, UNBOUNDED);
    await memberships.consumeInvitation(offered, JANE, UNBOUNDED);
    expect(await registry.putInvitation({ ...offered, role: "owner" }, UNBOUNDED)).toBe(false);
    expect(await registry.withdrawInvitation(ACME, JANE_EMAIL, UNBOUNDED)).toBe(false);
    expect(await memberships.findInvitation(ACME, JANE_EMAIL, UNBOUNDED)).toEqual({
      ...offered,
      consumedBy: JANE,
    });
  });
});
