import { PutCommand } from "@aws-sdk/lib-dynamodb";
import { afterAll, beforeEach, describe, expect, it } from "vitest";
import {
  type AuditEntry,
  type Invitation,
  listAudit,
  MAX_OWNERS,
  type Membership,
  parseEmail,
  type UserId,
} from "../../domain/index.ts";
import { dynamoAudit, dynamoOrganizationAudit } from "./audit.ts";
import { dynamoMembershipRegistry, dynamoMemberships, dynamoOwners } from "./memberships.ts";
import { organizationsUpgrade } from "./organizations-upgrade.ts";
import { AUDIT_ENTRY, INVITATION, MEMBERSHIP } from "./table/item-types.ts";
import { itemsOf } from "./table/items.ts";
import { keys } from "./table/keys.ts";
import { ORGANIZATION } from "./table/organization-items.ts";
import { type StoredItem, toItem } from "./table/stored-item.ts";
import type { DynamoTable } from "./table/table.ts";
import { ORGANIZATIONS_STEP, upgradeStates } from "./table/upgrade-states.ts";
import { upgradeTable } from "./table/upgrade-table.ts";
import { startEmbeddedStore } from "./testing/embedded-store.ts";
import {
  ACME,
  entry,
  GLOBEX,
  invitation,
  JANE,
  JANE_EMAIL,
  JOE,
  membership,
  organization,
  UNBOUNDED,
  userNumber,
} from "./testing/examples.ts";

const store = await startEmbeddedStore();
afterAll(() => store.close());

let table: DynamoTable;
beforeEach(async () => {
  table = await store.emptyTable();
  const step = { step: ORGANIZATIONS_STEP, complete: false, isLast: false, cursor: null };
  await upgradeStates(table, ORGANIZATIONS_STEP).put(step, UNBOUNDED);
});

const upgrade = ({ last = false } = {}) =>
  upgradeTable(table, [organizationsUpgrade(table)], { last, onProgress: () => {} }, UNBOUNDED);

async function put(Item: StoredItem): Promise<void> {
  await (await table.documents()).send(new PutCommand({ TableName: table.options.table, Item }));
}

/** Stores an entry as an old version did, which had no index keys and not every field. */
async function putOld(old: AuditEntry, pk = keys.auditEntry(old).pk): Promise<void> {
  const { invitationId, before, after, gsi1pk, gsi1sk, ...Item } = { ...toItem(AUDIT_ENTRY, old) };
  await put({ ...Item, pk });
}

async function listed(organizationId = ACME) {
  const ports = { organizationAudit: dynamoOrganizationAudit(table), now: () => new Date("2026-11-30") };
  const { items } = await listAudit({ organizationId, since: new Date("2026-10-01") }, ports, UNBOUNDED);
  return items.map(({ at, userId }) => `${at} ${userId}`);
}

describe("the audit that an old version stored", () => {
  it("appears in the audit of its organization, from every partition, and stays as it was", async () => {
    const old = [entry({ userId: JOE }), entry({ at: "2026-10-05T00:00:00.000Z" })] as const;
    await putOld(old[0]);
    await putOld(old[1], "AUDIT#2026-10");
    await putOld(entry({ organizationId: GLOBEX }));
    await putOld(entry({ organizationId: null }));
    expect(await listed()).toEqual([]);
    expect(await upgrade()).toMatchObject({ changed: 3, complete: false });
    expect(await listed()).toEqual(old.map(({ at, userId }) => `${at} ${userId}`));
    expect(await listed(GLOBEX)).toHaveLength(1);
    const period = { since: new Date("2026-10-01"), until: new Date("2026-11-30") };
    expect(await dynamoAudit(table).list(period, UNBOUNDED)).toHaveLength(4);
    expect(await upgrade({ last: true })).toMatchObject({ changed: 0, complete: true });
  });

  it("is left alone where a new process appended it, and other items always are", async () => {
    await dynamoAudit(table).append(entry(), UNBOUNDED);
    for (const item of [toItem(ORGANIZATION, organization()), toItem(MEMBERSHIP, membership())])
      await put(item);
    expect(await upgrade()).toMatchObject({ changed: 0, seen: 5 });
    expect(await listed()).toHaveLength(1);
  });

  it("is never created again by an upgrade that read it before it was deleted", async () => {
    const { gsi1pk, gsi1sk, ...item } = { ...toItem(AUDIT_ENTRY, entry()) };
    const step = organizationsUpgrade(table);
    expect(await step.upgrade(item, UNBOUNDED)).toMatchObject({ changed: 0 });
    expect(await itemsOf(table, AUDIT_ENTRY).get(keys.auditEntry(entry()), UNBOUNDED)).toBeNull();
  });
});

/** Stores a member as an old version did: under the person's id in the index, without what came later. */
async function putOldMember(member: Membership): Promise<void> {
  const { rev, change, invitedBy, hasLeft, ...Item } = { ...toItem(MEMBERSHIP, member) };
  await put({ ...Item, gsi1sk: `MEMBERSHIP#${member.userId}` });
}

/** What a process of an old version does to a member. */
async function removeAsOld(userId: UserId): Promise<void> {
  await (await table.documents()).update({
    TableName: table.options.table,
    Key: keys.membership(userId, ACME),
    UpdateExpression: "SET #status = :removed",
    ExpressionAttributeNames: { "#status": "status" },
    ExpressionAttributeValues: { ":removed": "removed" },
  });
}

const ownersNow = async () => (await dynamoOwners(table).find(ACME, UNBOUNDED)).userIds;

async function membersNow(status: Membership["status"]): Promise<UserId[]> {
  const page = { emailPrefix: "", role: null, status, after: null, limit: 100 };
  const { members } = await dynamoMembershipRegistry(table).listPage(ACME, page, UNBOUNDED);
  return members.map(({ userId }) => userId);
}

describe("the members that an old version stored", () => {
  const at = (address: string) => parseEmail(`${address}@acme.example`) ?? JANE_EMAIL;

  it("are listed by status and address, and are what they were", async () => {
    const jane = membership({ email: at("zoe"), role: "admin" });
    const joe = membership({ userId: JOE, email: at("abe") });
    const gone = membership({ userId: userNumber(3), status: "removed" });
    for (const each of [jane, joe, gone]) await putOldMember(each);
    expect(await membersNow("active")).toEqual([]);
    expect(await upgrade()).toMatchObject({ changed: 3, notes: [] });
    expect([await membersNow("active"), await membersNow("removed")]).toEqual([[JOE, JANE], [gone.userId]]);
    expect(await dynamoMemberships(table).find(ACME, JANE, UNBOUNDED)).toEqual(jane);
    expect(await ownersNow()).toEqual([]);
    expect(await upgrade({ last: true })).toMatchObject({ changed: 0, complete: true });
  });

  it("are listed as owners if they are active ones, once", async () => {
    const gone = membership({ userId: userNumber(3), role: "owner", status: "removed" });
    for (const userId of [JANE, JOE]) await putOldMember(membership({ userId, role: "owner" }));
    await putOldMember(gone);
    await upgrade();
    const owners = await ownersNow();
    expect([...owners].sort()).toEqual([JANE, JOE]);
    expect(await upgrade()).toMatchObject({ changed: 0 });
    expect(await ownersNow()).toEqual(owners);
  });

  it("stay out of a full list of owners, which an operator is told", async () => {
    const userIds = Array.from({ length: MAX_OWNERS }, (_, n) => userNumber(n + 10));
    const owners = [JANE, ...userIds].map((userId) => membership({ userId, role: "owner" }));
    await Promise.all(owners.map(putOldMember));
    await dynamoOwners(table).replace({ organizationId: ACME, userIds, rev: "1" }, null, UNBOUNDED);
    const { notes } = await upgrade();
    expect(notes).toEqual([`acme has more than 20 owners: make ${JANE} an admin`]);
    expect(await ownersNow()).toEqual(userIds);
  });

  it("are repaired by the last run where an old process has changed them after the first", async () => {
    for (const userId of [JANE, JOE]) await putOldMember(membership({ userId, role: "owner" }));
    await upgrade();
    await removeAsOld(JOE);
    await putOldMember(membership({ userId: userNumber(3), role: "owner" }));
    expect([...(await ownersNow())].sort()).toEqual([JANE, JOE]);
    expect(await upgrade({ last: true })).toMatchObject({ complete: true, notes: [] });
    expect([...(await ownersNow())].sort()).toEqual([JANE, userNumber(3)]);
    expect([await membersNow("active"), await membersNow("removed")]).toEqual([[JANE, userNumber(3)], [JOE]]);
  });

  it("are no owners any more where an old process has removed the last one, which an operator is told", async () => {
    await putOldMember(membership({ role: "owner" }));
    await upgrade();
    await removeAsOld(JANE);
    const { notes } = await upgrade({ last: true });
    expect(notes).toEqual(["acme has no owner: `member set-role --force` makes one"]);
    expect(await ownersNow()).toEqual([]);
  });

  it("keep the change that is made between reading and sorting them", async () => {
    const member = membership();
    await putOldMember(member);
    const item = { ...toItem(MEMBERSHIP, member), gsi1sk: `MEMBERSHIP#${JANE}` };
    await removeAsOld(JANE);
    expect(await organizationsUpgrade(table).upgrade(item, UNBOUNDED)).toMatchObject({ changed: 0 });
    expect(await upgrade()).toMatchObject({ changed: 1 });
    expect([await membersNow("active"), await membersNow("removed")]).toEqual([[], [JANE]]);
  });
});

describe("the invitations that an old version stored", () => {
  const get = () => dynamoMemberships(table).findInvitation(ACME, JANE_EMAIL, UNBOUNDED);

  async function putOldInvitation(overrides: Partial<Invitation> = {}): Promise<void> {
    const item = { ...toItem(INVITATION, invitation(overrides)) };
    const { invitationId, ended, invitedBy, createdAt, expiresAt, mail, mailedAt, ...rest } = item;
    const { rev, change, ...Item } = rest;
    await put(Item);
  }

  it("get an id, once, and stay as they are", async () => {
    await putOldInvitation();
    expect(await upgrade()).toMatchObject({ changed: 1 });
    const numbered = await get();
    expect(numbered).toEqual(invitation({ invitationId: expect.any(String) }));
    expect(await upgrade({ last: true })).toMatchObject({ changed: 0 });
    expect(await get()).toEqual(numbered);
  });

  it("get one by the last run where an old process has stored them after the first", async () => {
    await upgrade();
    await putOldInvitation({ consumedBy: JANE });
    expect(await upgrade({ last: true })).toMatchObject({ changed: 1, complete: true });
    expect(await get()).toMatchObject({ consumedBy: JANE, invitationId: expect.any(String) });
  });

  it("are not created again by an upgrade that read them before they were deleted", async () => {
    const { invitationId, ...item } = { ...toItem(INVITATION, invitation()) };
    expect(await organizationsUpgrade(table).upgrade(item, UNBOUNDED)).toMatchObject({ changed: 0 });
    expect(await get()).toBeNull();
  });
});

it("leaves nothing to do in a new table", async () => {
  const fresh = await store.emptyTable();
  expect(await upgradeStates(fresh, ORGANIZATIONS_STEP).isComplete(UNBOUNDED)).toBe(true);
});
