import { DeleteCommand } from "@aws-sdk/lib-dynamodb";
import { afterAll, beforeEach, describe, expect, it } from "vitest";
import { MAILBOX, type UserId } from "../../../domain/index.ts";
import { dynamoIdentityRegistry } from "../identity-links.ts";
import { dynamoOrganizationRegistry } from "../organization-registry.ts";
import { dynamoSpeakers } from "../speakers.ts";
import { speakersUpgrade } from "../speakers-upgrade.ts";
import { startEmbeddedStore } from "../testing/embedded-store.ts";
import {
  ACME,
  GLOBEX,
  JANE,
  link,
  membership,
  organization,
  seat,
  UNBOUNDED,
  userNumber,
  verifiedDomain,
} from "../testing/examples.ts";
import { LINK, MEMBERSHIP, SEAT } from "./item-types.ts";
import { itemsOf } from "./items.ts";
import { keys } from "./keys.ts";
import type { DynamoTable } from "./table.ts";
import { SPEAKERS_STEP, UPGRADE_STEPS, upgradeStates } from "./upgrade-states.ts";
import { type UpgradeProgress, upgradeTable } from "./upgrade-table.ts";

const store = await startEmbeddedStore();
afterAll(() => store.close());

let table: DynamoTable;
beforeEach(async () => {
  table = await store.emptyTable();
  for (const step of UPGRADE_STEPS) {
    const Key = keys.upgrade(step);
    await (await table.documents()).send(new DeleteCommand({ TableName: table.options.table, Key }));
  }
});

const upgrade = (
  onProgress: (progress: UpgradeProgress) => void = () => {},
  signal = UNBOUNDED,
  { last = false } = {},
) =>
  upgradeTable(table, [speakersUpgrade(table, new Set(["auth0"]))], { last, onProgress, page: 20 }, signal);
const finish = () => upgrade(() => {}, UNBOUNDED, { last: true });
const speakersOf = (userId: UserId) => dynamoSpeakers(table).find(userId, UNBOUNDED);
const PASSWORD = { subject: "auth0|jane", connection: "Database", organizationId: null } as const;

/** Stores what the old version did, without the item that says who may speak for the person. */
const old = {
  link: (overrides: Parameters<typeof link>[0] = {}) =>
    itemsOf(table, LINK).put(link(overrides), null, UNBOUNDED),
  seat: (overrides: Parameters<typeof seat>[0] = {}) =>
    itemsOf(table, SEAT).put(seat(overrides), null, UNBOUNDED),
  membership: (overrides: Parameters<typeof membership>[0] = {}) =>
    itemsOf(table, MEMBERSHIP).put(membership(overrides), null, UNBOUNDED),
};

/** Acme and another organization that has verified the same domain. */
async function shareDomain(trusts: (typeof GLOBEX)[] = []): Promise<void> {
  const registry = dynamoOrganizationRegistry(table);
  await registry.putOrganization(organization(), null, UNBOUNDED);
  await registry.putOrganization(organization({ id: GLOBEX, trusts }), null, UNBOUNDED);
  for (const organizationId of [ACME, GLOBEX])
    await registry.putDomain(verifiedDomain({ organizationId }), UNBOUNDED);
}

describe("who may speak for a person, from what an old version stored", () => {
  it.each<[string, () => Promise<unknown>, object]>([
    ["SSO on a domain of its own", () => old.link(), { by: MAILBOX, sso: ACME, inside: [] }],
    [
      "SSO on a domain that another organization has verified too",
      () => shareDomain().then(() => old.link()),
      { by: ACME, sso: ACME, inside: [] },
    ],
    [
      "SSO on a shared domain whose other organization trusts it",
      () => shareDomain([ACME]).then(() => old.link()),
      { by: MAILBOX, sso: ACME, inside: [] },
    ],
    ["a password login", () => old.link(PASSWORD), { by: MAILBOX, sso: null, inside: [] }],
    [
      "SSO of two organizations, the first of which counts",
      async () => {
        await old.link({ subject: "late", organizationId: GLOBEX, linkedAt: "2026-11-25T00:00:00.000Z" });
        await old.link();
      },
      { by: MAILBOX, sso: ACME, inside: [] },
    ],
    [
      "a membership on the organization's own domain",
      () => old.membership(),
      { by: null, sso: null, inside: [ACME] },
    ],
    [
      "a removed membership",
      () => old.membership({ status: "removed" }),
      { by: null, sso: null, inside: [ACME] },
    ],
    [
      "an invitation from outside",
      () => old.membership({ invitedFromOutside: true }),
      { by: null, sso: null, inside: [] },
    ],
  ])("derives the same speakers before the upgrade and in it: %s", async (_, prepare, expected) => {
    await prepare();
    expect(await speakersOf(JANE)).toMatchObject(expected);
    await upgrade();
    await finish();
    expect(await upgradeStates(table, SPEAKERS_STEP).isComplete(UNBOUNDED)).toBe(true);
    expect(await speakersOf(JANE)).toMatchObject(expected);
  });

  it("keeps what an operator has decided since", async () => {
    await old.link();
    await old.membership();
    const settledAt = "2026-11-25T00:00:00.000Z";
    const decided = { userId: JANE, by: MAILBOX, sso: GLOBEX, inside: [], settledAt, version: 1 } as const;
    await dynamoSpeakers(table).replace(decided, UNBOUNDED);
    await finish();
    expect(await speakersOf(JANE)).toEqual(decided);
  });
});

it("treats a new table as complete", async () => {
  const fresh = await store.emptyTable();
  expect(await upgradeStates(fresh, SPEAKERS_STEP).isComplete(UNBOUNDED)).toBe(true);
});

it("completes only in the last run, which upgrades what an old process has written since", async () => {
  await old.link();
  for (const changed of [1, 0, 0]) expect(await upgrade()).toMatchObject({ changed, complete: false });
  await old.link({ subject: "another", userId: userNumber(7) });
  expect(await finish()).toMatchObject({ changed: 1, complete: true });
  expect(await speakersOf(userNumber(7))).toMatchObject({ sso: ACME, version: 1 });
  expect(await upgrade()).toMatchObject({ changed: 0, complete: true, notes: [] });
});

it("reports people who came through the SSO of several organizations", async () => {
  await old.link();
  await old.link({ subject: "late", organizationId: GLOBEX, linkedAt: "2026-11-25T00:00:00.000Z" });
  expect(await upgrade()).toMatchObject({ notes: [`${JANE} came through the SSO of acme and globex`] });
});

it("continues an interrupted run and reports its progress", async () => {
  const people = Array.from({ length: 25 }, (_, n) => userNumber(n + 1));
  await Promise.all(people.map((userId, n) => old.link({ userId, subject: `okta|acme-okta|${n}` })));
  const stop = new AbortController();
  const reported: UpgradeProgress[] = [];
  const stopped = upgrade((progress) => {
    reported.push(progress);
    stop.abort();
  }, stop.signal);
  await expect(stopped).rejects.toMatchObject({ reason: "STORE_UNAVAILABLE" });
  expect(reported).toEqual([{ step: SPEAKERS_STEP, seen: 20, changed: 20 }]);
  const outcome = await upgrade((progress) => reported.push(progress));
  expect(outcome).toMatchObject({ resumed: true, complete: false });
  expect(reported.at(-1)).toMatchObject({ changed: 5 });
  expect(await upgrade()).toMatchObject({ resumed: false, changed: 0, complete: false });
});

it("starts the last run at the first item, unless it continues an interrupted last run", async () => {
  const people = Array.from({ length: 25 }, (_, n) => userNumber(n + 1));
  await Promise.all(people.map((userId, n) => old.link({ userId, subject: `okta|acme-okta|${n}` })));
  const stopped = async (last: boolean) => {
    const stop = new AbortController();
    const run = upgrade(() => stop.abort(), stop.signal, { last });
    await expect(run).rejects.toMatchObject({ reason: "STORE_UNAVAILABLE" });
  };
  await stopped(false);
  await stopped(true);
  expect(await finish()).toMatchObject({ resumed: true, complete: true });
  await stopped(false);
  expect(await finish()).toMatchObject({ resumed: false, complete: true });
});

describe("T79: the seat of a password login", () => {
  const strategySeat = { tenant: "default", connection: "auth0", userId: JANE };
  beforeEach(async () => {
    await old.link(PASSWORD);
    await old.seat({ subject: PASSWORD.subject, connection: PASSWORD.connection });
  });

  it("gives the strategy's seat to the linked subject before the upgrade too", async () => {
    const links = dynamoIdentityRegistry(table);
    expect(await links.takeSeat(strategySeat, "auth0|thief", UNBOUNDED)).toMatchObject({
      subject: "auth0|jane",
    });
  });

  it("moves the seat and its link to the strategy, and keeps the old seat for old processes", async () => {
    await upgrade();
    const links = dynamoIdentityRegistry(table);
    expect(await links.findSeat(strategySeat, UNBOUNDED)).toMatchObject({ subject: "auth0|jane" });
    const former = { ...strategySeat, connection: "Database" };
    expect(await links.findSeat(former, UNBOUNDED)).toMatchObject({ subject: "auth0|jane" });
    expect(await links.find(link(PASSWORD), UNBOUNDED)).toMatchObject({ connection: "auth0" });
  });

  it("leaves the strategy's seat with a subject that already holds it", async () => {
    await old.seat({ ...strategySeat, subject: "auth0|first" });
    const note = `${JANE} has several accounts of auth0: auth0|first and auth0|jane`;
    expect(await upgrade()).toMatchObject({ notes: [note] });
    const links = dynamoIdentityRegistry(table);
    expect(await links.findSeat(strategySeat, UNBOUNDED)).toMatchObject({ subject: "auth0|first" });
    expect(await links.find(link(PASSWORD), UNBOUNDED)).toMatchObject({ connection: "Database" });
  });
});

describe("replacing the speakers of a person", () => {
  it("lets exactly one of several concurrent decisions replace the stored item", async () => {
    const nobody = await speakersOf(JANE);
    const rivals = Array.from({ length: 10 }, (_, n) => ({
      ...nobody,
      sso: n % 2 ? ACME : GLOBEX,
      version: 1,
    }));
    const outcomes = await Promise.all(rivals.map((next) => dynamoSpeakers(table).replace(next, UNBOUNDED)));
    expect(outcomes.filter(Boolean)).toHaveLength(1);
    const stored = await speakersOf(JANE);
    expect(await dynamoSpeakers(table).replace({ ...stored, inside: [ACME], version: 2 }, UNBOUNDED)).toBe(
      true,
    );
    expect(await dynamoSpeakers(table).replace({ ...stored, inside: [GLOBEX], version: 2 }, UNBOUNDED)).toBe(
      false,
    );
    expect(await speakersOf(JANE)).toMatchObject({ inside: [ACME], version: 2 });
  });
});
