import { unmarshall } from "@aws-sdk/util-dynamodb";
import { afterAll, beforeEach, describe, expect, it } from "vitest";
import {
  erasePerson,
  exportPerson,
  loginIdOf,
  noSpeakers,
  type PersonPorts,
  parseEmail,
  parsePersonName,
  personOf,
  planErasure,
  type UserId,
} from "../../domain/index.ts";
import { MemoryAdministration } from "../../domain/testing/memory-administration.ts";
import { recentRefusal } from "../../domain/testing/memory-ports.ts";
import { dynamoAudit } from "./audit.ts";
import { dynamoIdentities, dynamoSpeakers } from "./identities.ts";
import { dynamoMemberships } from "./memberships.ts";
import { dynamoOrganizations } from "./organizations.ts";
import { dynamoPersonalItems } from "./personal-items.ts";
import { dynamoRefusals } from "./refusals.ts";
import { identified, withCopy } from "./table/audit-keys.ts";
import { ITEM_TYPES } from "./table/item-types.ts";
import { itemsOfMember } from "./table/member-items.ts";
import { type StoredItem, toItem } from "./table/stored-item.ts";
import type { DynamoTable } from "./table/table.ts";
import { startEmbeddedStore } from "./testing/embedded-store.ts";
import {
  ACME,
  endedSession,
  entry,
  eventCursor,
  GLOBEX,
  invitation,
  invitationLedger,
  JANE,
  JOE,
  link,
  membership,
  NOON,
  organization,
  reconciliation,
  seat,
  subjectFacts,
  UNBOUNDED,
  userNumber,
  valid,
  verifiedDomain,
  writeItems,
} from "./testing/examples.ts";
import { dynamoTransactions } from "./transactions.ts";
import { verifyTable } from "./verify-table.ts";

const store = await startEmbeddedStore();
afterAll(() => store.close());

const at = (text: string) => valid(parseEmail(text));
/** Every name of Jane's has it, and nothing else. */
const CANARY = /canary-?zq/i;
const EMAIL = at("canary-zq@acme.example");
const NAME = parsePersonName("Jane Canaryzq");
const FORMER_EMAIL = at("canary-zq@former.example");
const TENANT = "default";
const okta = { tenant: TENANT, subject: "okta|acme-okta|CanaryZq" };
const saml = { tenant: TENANT, subject: "samlp|globex-saml|Canary-Zq@Acme.example" };
const former = { tenant: TENANT, subject: "waad|canaryzq" };
const joes = { tenant: TENANT, subject: "okta|acme-okta|joe" };
/** Somebody whose names only look like Jane's. */
const ANN = userNumber(3);
const anns = { tenant: TENANT, subject: `${okta.subject}2`.replace("CanaryZq", "joe-canary") };

const LATER = "2026-12-05T12:00:00.000Z";
const accepted = invitation({
  email: FORMER_EMAIL,
  organizationId: GLOBEX,
  invitationId: "0b9e5a3c-7d7d-4c9f-8b32-3a3b6b1f5f02",
  consumedBy: JANE,
  endedAt: NOON,
});
/** To an address that is nowhere else. */
const declined = invitation({
  email: at("only.canaryzq@elsewhere.example"),
  organizationId: GLOBEX,
  invitationId: "0b9e5a3c-7d7d-4c9f-8b32-3a3b6b1f5f01",
  ended: "declined",
  endedAt: NOON,
});
const NO_MORE = { subjects: [], addresses: [] };
const offered = { counted: true, expiresAt: LATER };
const BY_JANE = identified(
  entry({ actor: `user:${JANE}`, action: "membership-removed", userId: JOE, subject: null }),
);

/** Everything that can be stored of somebody, beside others: all of it is consistent. */
const STORED: readonly StoredItem[] = [
  toItem(
    ITEM_TYPES.organization,
    organization({ owners: [JANE, JOE], domains: [verifiedDomain().domain], connections: [] }),
  ),
  toItem(ITEM_TYPES.organization, organization({ id: GLOBEX })),
  toItem(ITEM_TYPES.domain, verifiedDomain()),
  ...[
    membership({ role: "owner", email: EMAIL, name: NAME, namedAt: NOON }),
    membership({ organizationId: GLOBEX, status: "removed", email: EMAIL, name: NAME }),
    membership({ userId: JOE, role: "owner", email: at("joe@acme.example"), invitedBy: JANE }),
    membership({ userId: ANN, email: at("joe-canary-z@acme.example") }),
  ].flatMap((each) => [toItem(ITEM_TYPES.membership, each), ...itemsOfMember(each)]),
  ...[
    accepted,
    declined,
    invitation({ email: EMAIL, organizationId: GLOBEX, ...offered }),
    invitation({ email: FORMER_EMAIL, ended: "declined", endedBy: "others", endedAt: NOON }),
    invitation({ email: at("guest@elsewhere.example"), invitedBy: JANE, ...offered }),
  ].map((each) => toItem(ITEM_TYPES.invitation, each)),
  ...[ACME, GLOBEX].map((organizationId) =>
    toItem(ITEM_TYPES.invitationLedger, invitationLedger({ organizationId, open: { "2026-12-05": 1 } })),
  ),
  ...[
    link({ ...okta, email: EMAIL }),
    link({ ...saml, connection: "globex-saml", email: null }),
    link({ ...joes, userId: JOE, email: at("joe@acme.example") }),
    link({ ...anns, userId: ANN, email: null }),
  ].map((each) => toItem(ITEM_TYPES.link, each)),
  ...[
    seat(okta),
    seat({ ...saml, connection: "globex-saml" }),
    seat({ ...joes, userId: JOE }),
    seat({ ...anns, userId: ANN }),
  ].map((each) => toItem(ITEM_TYPES.seat, each)),
  toItem(ITEM_TYPES.speakers, { ...noSpeakers(JANE), sso: ACME, rev: "1" }),
  toItem(ITEM_TYPES.facts, subjectFacts({ ...okta, sidlessNotBefore: 100 })),
  toItem(ITEM_TYPES.facts, subjectFacts({ ...former, sidlessNotBefore: 100 })),
  toItem(ITEM_TYPES.facts, subjectFacts({ ...joes, sidlessNotBefore: 100 })),
  ...[okta, former, joes].map((key) => toItem(ITEM_TYPES.session, endedSession({ ...key, at: 100 }))),
  ...[
    recentRefusal({ slot: 0, email: EMAIL }),
    recentRefusal({ slot: 1, email: EMAIL, userId: JANE, reason: "MEMBERSHIP_REMOVED" }),
    recentRefusal({ slot: 2, email: at("joe@acme.example"), userId: JOE }),
    recentRefusal({ slot: 3, email: null }),
  ].map((each) => toItem(ITEM_TYPES.refusal, each)),
  toItem(ITEM_TYPES.eventCursor, eventCursor({ questions: [question(okta), question(joes)] })),
  toItem(ITEM_TYPES.reconciliation, reconciliation({ left: [left(former), left(joes)] })),
  ...[
    entry({ ...okta, userId: JANE }),
    entry({ ...former, userId: JANE, action: "identity-unlinked" }),
    entry({
      userId: JANE,
      action: "identity-conflict",
      rule: "seat",
      subject: "waad|stranger",
      holder: okta.subject,
    }),
    entry({
      userId: JOE,
      action: "identity-conflict",
      rule: "seat",
      subject: okta.subject,
      holder: joes.subject,
    }),
    entry({ ...okta, userId: null, action: "identity-blocked", actor: "system", source: "event" }),
    entry({ ...joes, userId: JOE }),
    entry({ action: "invitation-accepted", subject: null, invitationId: accepted.invitationId }),
    entry({ action: "invitation-declined", subject: null, invitationId: declined.invitationId }),
  ].map((each) => toItem(ITEM_TYPES.auditEntry, identified(each))),
  ...withCopy(BY_JANE).map((each) => toItem(ITEM_TYPES.auditEntry, each)),
];

function question({ subject }: { readonly subject: string }) {
  return { subject, at: NOON, answers: 1 };
}

function left({ subject }: { readonly subject: string }) {
  return { subject, linkedAt: NOON };
}

let table: DynamoTable;
beforeEach(async () => {
  table = await fullTable();
});

async function fullTable(): Promise<DynamoTable> {
  const full = await store.emptyTable();
  await writeItems(full, STORED);
  return full;
}

/** All items, as the store has them, notices of changes included. */
async function items(): Promise<StoredItem[]> {
  const { Items = [] } = await (await table.client()).scan({ TableName: table.options.table });
  return Items.map((item) => unmarshall(item));
}

const ofType = async (type: string) => (await items()).filter((item) => item.type === type);

function portsOn(on: DynamoTable): PersonPorts {
  return {
    ...new MemoryAdministration(),
    organizations: dynamoOrganizations(on),
    memberships: dynamoMemberships(on),
    refusals: dynamoRefusals(on),
    identities: dynamoIdentities(on),
    speakers: dynamoSpeakers(on),
    transactions: dynamoTransactions(on),
    audit: dynamoAudit(on),
    personalItems: dynamoPersonalItems(on),
  };
}

const plan = async (ports: PersonPorts) =>
  planErasure(await personOf(JANE, NO_MORE, ports, UNBOUNDED), ports, () => {}, UNBOUNDED);
const erase = async (ports = portsOn(table)) => erasePerson(await plan(ports), ports, () => {}, UNBOUNDED);

/** What must hold once she is erased. */
async function expectErased(): Promise<void> {
  const all = await items();
  expect(all.filter((item) => CANARY.test(JSON.stringify(item)))).toEqual([]);
  const names = [okta, saml, former].map(loginIdOf);
  const named = all.filter((item) => names.some((name) => JSON.stringify(item).includes(name)));
  expect(named.filter(({ type }) => type !== "notice")).toEqual([]);
  const actions = all.filter(({ type }) => type === "audit-entry").map(({ action }) => action);
  expect(actions.filter((action) => action === "identity-erased")).toHaveLength(1);
  const findings = [];
  for await (const page of verifyTable(table, UNBOUNDED)) findings.push(...page.findings);
  expect(findings).toEqual([]);
}

describe("an export", () => {
  it("has everything of somebody, each field with its meaning, and nothing that names another person", async () => {
    const ports = portsOn(table);
    const person = await personOf(JANE, NO_MORE, ports, UNBOUNDED);
    const exported = (await exportPerson(person, ports, () => {}, UNBOUNDED)) ?? expect.fail();
    const counted = Object.entries(exported.items).map(([type, { length }]) => [type, length]);
    expect(Object.fromEntries(counted)).toEqual({
      organization: 1,
      membership: 3,
      "member-word": 8,
      "member-place": 4,
      invitation: 5,
      link: 2,
      refusal: 2,
      seat: 2,
      speakers: 1,
      "subject-facts": 2,
      "ended-session": 2,
      "event-cursor": 1,
      reconciliation: 1,
      "audit-entry": 8,
    });
    expect(exported.subjects).toEqual(expect.arrayContaining([okta, saml, former]));
    expect([exported.subjects.length, exported.addresses]).toEqual([
      3,
      [EMAIL, FORMER_EMAIL, declined.email],
    ]);
    for (const [type, some] of Object.entries(exported.items))
      for (const field of some.flatMap(Object.keys))
        expect([field, exported.meanings[type]?.[field]]).toEqual([
          field,
          expect.stringMatching(/^[a-zA-Z]/),
        ]);
    expect(JSON.stringify(exported)).not.toMatch(/acme-okta\|joe|joe@|guest@|stranger|joe-canary/);
  });

  it("is null of somebody of whom nothing is stored", async () => {
    const ports = portsOn(table);
    const nobody = await personOf(userNumber(9), NO_MORE, ports, UNBOUNDED);
    expect(await exportPerson(nobody, ports, () => {}, UNBOUNDED)).toBeNull();
  });
});

describe("an erasure", () => {
  it("leaves no byte of an address or a subject, and all that is others' as it was", async () => {
    await writeItems(
      table,
      Array.from({ length: 60 }, (_, n) =>
        toItem(ITEM_TYPES.session, endedSession({ ...okta, sid: `s${n}`, at: 100 })),
      ),
    );
    expect(await erase()).toMatchObject({
      changed: true,
      sessions: "remaining",
      left: { goes: [], unsolved: [] },
    });
    await expectErased();
    const seats = (await ofType("seat")).map(({ userId, subject }) => [userId, subject]);
    expect(seats.map(([, subject]) => subject).sort()).toEqual([joes.subject, anns.subject].sort());
    expect(await ofType("speakers")).toMatchObject([
      { userId: JANE, sso: ACME, erasedAt: expect.any(String) },
    ]);
    expect((await ofType("membership")).filter(({ userId }) => userId === JANE)).toMatchObject([
      { status: "removed", email: null, name: null, namedAt: null },
      { status: "removed", email: null, name: null, namedAt: null },
    ]);
    expect(await ofType("organization")).toContainEqual(expect.objectContaining({ id: ACME, owners: [JOE] }));
    expect(await ofType("invitation-ledger")).toEqual([
      expect.objectContaining({ organizationId: ACME, open: { "2026-12-05": 1 } }),
      expect.objectContaining({ organizationId: GLOBEX, open: {} }),
    ]);
    expect(await ofType("sign-out")).toMatchObject([{ userId: JANE }]);
    expect(await ofType("event-cursor")).toMatchObject([{ questions: [question(joes)] }]);
    expect(await ofType("reconciliation")).toMatchObject([{ left: [left(joes)] }]);
    const entries = await ofType("audit-entry");
    const said = entries.flatMap(({ subject, holder }) =>
      (subject ?? holder) === null ? [] : [[subject, holder]],
    );
    expect(said.sort()).toEqual(
      [
        [joes.subject, null],
        [null, joes.subject],
      ].sort(),
    );
    const told = (await ofType("notice")).flatMap(({ keys }) => keys);
    for (const key of [okta, saml]) expect(told).toContain(`links ${loginIdOf(key)}`);
    const others = STORED.filter(
      (item) => /joe|ann|guest/.test(JSON.stringify(item)) && item.type !== "audit-entry",
    );
    const unchanged = others.filter(({ type }) => !["event-cursor", "reconciliation"].includes(String(type)));
    for (const item of unchanged) expect(await items()).toContainEqual(item);
  });

  it("changes nothing when it is run again", async () => {
    await erase();
    const before = await items();
    expect(await erase()).toMatchObject({ changed: false, sessions: null });
    expect(await items()).toEqual(before);
  });

  it("is whole in the end, wherever it is killed, and nobody inherits anything meanwhile", async () => {
    let deaths = 0;
    // The first of two writes may sign out again, in another second.
    const isKilled = () =>
      erase(portsOn(dying(table, 2))).then(
        () => false,
        () => true,
      );
    while (await isKilled()) {
      deaths += 1;
      const seats = (await ofType("seat")).filter(({ userId }) => userId === JANE);
      const [speakers] = await ofType("speakers");
      expect(speakers?.erasedAt !== null || seats.length === 2).toBe(true);
    }
    expect(deaths).toBeGreaterThan(6);
    await expectErased();
  });

  it("stores nothing where an organization would lose its last owner, and says which", async () => {
    await writeItems(table, [
      toItem(ITEM_TYPES.organization, organization({ id: GLOBEX, owners: [JANE] })),
      toItem(ITEM_TYPES.membership, membership({ organizationId: GLOBEX, role: "owner", email: EMAIL })),
    ]);
    const before = await items();
    const { refused } = await plan(portsOn(table));
    expect(refused).toMatchObject([{ organizationId: GLOBEX, refusal: { reason: "LAST_OWNER" } }]);
    expect(await items()).toEqual(before);
  });

  it("leaves the last of two owners who are erased at once a member, signed in and unmarked", async () => {
    const ports = portsOn(table);
    const planOf = async (userId: UserId) =>
      planErasure(await personOf(userId, NO_MORE, ports, UNBOUNDED), ports, () => {}, UNBOUNDED);
    const guest = membership({ organizationId: GLOBEX, email: EMAIL });
    await writeItems(table, [toItem(ITEM_TYPES.membership, guest)]);
    const plans = { jane: await planOf(JANE), joe: await planOf(JOE) };
    expect([...plans.jane.refused, ...plans.joe.refused]).toEqual([]);
    const joe = await erasePerson(plans.joe, ports, () => {}, UNBOUNDED);
    expect(joe).toMatchObject({ changed: true, refused: null, removedFrom: [ACME], left: { goes: [] } });
    const before = await items();
    expect(await erasePerson(plans.jane, ports, () => {}, UNBOUNDED)).toMatchObject({
      changed: false,
      sessions: null,
      removedFrom: [],
      refused: { organizationId: ACME, refusal: { reason: "LAST_OWNER" } },
    });
    expect(await items()).toEqual(before);
  });

  it("takes away what a sign-in of the person stores meanwhile, too", async () => {
    const ports = portsOn(table);
    const again = { tenant: TENANT, subject: "auth0|canaryzq-again" };
    let scans = 0;
    const personalItems: PersonPorts["personalItems"] = {
      ...ports.personalItems,
      async *scan(names, signal) {
        scans += 1;
        if (scans === 3) await writeItems(table, signInBy(again));
        yield* ports.personalItems.scan(names, signal);
      },
    };
    expect(await erase({ ...ports, personalItems })).toMatchObject({ left: { goes: [] } });
    await expectErased();
  });

  it("says so, and records nothing, where the person signs in again and again", async () => {
    const ports = portsOn(table);
    const personalItems: PersonPorts["personalItems"] = {
      ...ports.personalItems,
      async *scan(names, signal) {
        await writeItems(table, signInBy(okta));
        yield* ports.personalItems.scan(names, signal);
      },
    };
    const { left } = await erase({ ...ports, personalItems });
    expect(left.goes).toContainEqual({ type: "link", count: 1, what: "is deleted" });
    const actions = (await ofType("audit-entry")).map(({ action }) => action);
    expect(actions).not.toContain("identity-erased");
  });

  it("reaches a former subject that nothing links to the user, and none of another user", async () => {
    const ports = portsOn(table);
    await erase(ports);
    const facts = toItem(ITEM_TYPES.facts, subjectFacts({ ...former, notBefore: 100 }));
    await writeItems(table, [facts]);
    const person = await personOf(JANE, { subjects: [former], addresses: [] }, ports, UNBOUNDED);
    const { goes } = await planErasure(person, ports, () => {}, UNBOUNDED);
    expect(goes).toEqual([{ type: "subject-facts", count: 1, what: "is deleted" }]);
    await expect(personOf(JANE, { subjects: [joes], addresses: [] }, ports, UNBOUNDED)).rejects.toMatchObject(
      { reason: "CONFLICT" },
    );
  });

  it("keeps the block of a former subject, which may be a stranger's, unless it is said to be theirs", async () => {
    const sources = { event: null, operator: { isBlocked: true, at: NOON } };
    const block = toItem(ITEM_TYPES.facts, subjectFacts({ ...former, sidlessNotBefore: 100, sources }));
    await writeItems(table, [block]);
    const ports = portsOn(table);
    const { stays } = await plan(ports);
    expect(stays).toContainEqual(
      expect.objectContaining({ what: expect.stringContaining("--subject 'waad|canaryzq'") }),
    );
    expect(await erase(ports)).toMatchObject({ left: { goes: [] } });
    const names = (await items()).filter((item) => CANARY.test(JSON.stringify(item)));
    expect(names.map(({ type }) => type).sort()).toEqual(["ended-session", "subject-facts"]);
    const named = await planErasure(
      await personOf(JANE, { subjects: [former], addresses: [] }, ports, UNBOUNDED),
      ports,
      () => {},
      UNBOUNDED,
    );
    await erasePerson(named, ports, () => {}, UNBOUNDED);
    await expect(ofType("subject-facts")).resolves.toHaveLength(1);
  });

  it("names an item whose text says who the person is, which somebody has to change", async () => {
    await writeItems(table, [
      toItem(ITEM_TYPES.organization, organization({ id: GLOBEX, name: `Team of ${EMAIL}.` })),
    ]);
    expect((await plan(portsOn(table))).unsolved).toEqual([
      { type: "organization", count: 1, what: "has a text that names them: change it by hand" },
    ]);
  });
});

/** What a first login by password stores. */
function signInBy(key: { readonly tenant: string; readonly subject: string }): readonly StoredItem[] {
  return [
    toItem(ITEM_TYPES.link, link({ ...key, connection: "auth0", email: EMAIL })),
    toItem(ITEM_TYPES.seat, seat({ ...key, connection: "auth0" })),
    toItem(ITEM_TYPES.auditEntry, identified(entry({ ...key, userId: JANE }))),
  ];
}

const WRITES: ReadonlySet<PropertyKey> = new Set(["putItem", "updateItem", "transactWriteItems"]);

/** A table whose process dies behind so many writes. */
function dying(table: DynamoTable, writes: number): DynamoTable {
  let left = writes;
  const isDead = () => left === 0;
  return {
    ...table,
    async client() {
      const client = await table.client();
      return new Proxy(client, {
        get(target, name) {
          const method: unknown = Reflect.get(target, name);
          if (typeof method !== "function") return method;
          return async (input: unknown) => {
            if (isDead()) throw new Error("killed");
            const answer: unknown = await Reflect.apply(method, target, [input]);
            if (WRITES.has(name)) left -= 1;
            if (isDead()) throw new Error("killed");
            return answer;
          };
        },
      });
    },
  };
}
