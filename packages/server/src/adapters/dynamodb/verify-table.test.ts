import { afterAll, beforeEach, describe, expect, it } from "vitest";
import {
  type Invitation,
  LEAST_AUDIT_DAYS,
  loginIdOf,
  type Membership,
  memberPlaces,
  noSpeakers,
  parseDomain,
  parseEmail,
  parseOrganizationId,
  parsePersonName,
} from "../../domain/index.ts";
import { recentRefusal } from "../../domain/testing/memory-ports.ts";
import { placeMembers } from "./place-members.ts";
import { auditKey, identified, withCopy } from "./table/audit-keys.ts";
import { ITEM_TYPES } from "./table/item-types.ts";
import { type Key, keys } from "./table/keys.ts";
import { itemsOfMember } from "./table/member-items.ts";
import { type ItemType, type StoredItem, toItem } from "./table/stored-item.ts";
import type { DynamoTable } from "./table/table.ts";
import { startEmbeddedStore } from "./testing/embedded-store.ts";
import {
  ACME,
  ACME_EXAMPLE,
  connection,
  connectionSetup,
  deleteItem,
  domainClaim,
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
  relinkWindow,
  seat,
  subjectFacts,
  UNBOUNDED,
  userNumber,
  valid,
  verifiedDomain,
  writeItem,
  writeItems,
} from "./testing/examples.ts";
import { verifyTable } from "./verify-table.ts";

const store = await startEmbeddedStore();
afterAll(() => store.close());

const LAPSED = valid(parseDomain("lapsed.example"));
const CLAIMED = valid(parseDomain("claimed.example"));
const OTHER = valid(parseDomain("other.example"));
const EXPIRES = "2999-12-24T12:00:00.000Z";
const LATER = "2999-12-25T12:00:00.000Z";

const acme = organization({
  auth0OrgId: "org_1",
  owners: [JANE],
  domains: [ACME_EXAMPLE, LAPSED],
  claims: { [CLAIMED]: EXPIRES },
  connections: ["acme-okta"],
});
const jane = membership({ role: "owner" });
const joe = membership({ userId: JOE });
const ANN = userNumber(3);
const ann = membership({
  userId: ANN,
  email: valid(parseEmail("ann@acme.example")),
  name: parsePersonName("Ann B"),
});
const ANNS_WORD = { organizationId: ACME, userId: ANN, word: "ann", words: ["ann", "b"] };
const OTHER_WORD = { ...ANNS_WORD, word: "other", words: ["ann", "other"] };
const ANNS_PLACES = memberPlaces(ann);
const lapsed = domainClaim({ domain: LAPSED, state: "lapsed" });
const claimed = domainClaim({ domain: CLAIMED, expiresAt: EXPIRES });
const accepted = invitation({ consumedBy: JOE });

const { invitationId } = accepted;
const ACCEPTED = identified(entry({ action: "invitation-accepted", invitationId }));
const BY_JOE = identified(entry({ actor: `user:${JOE}` }));
const COPY = { ...BY_JOE, isCopy: true };
const DAY = LATER.slice(0, 10);
const openAs = (email: string, overrides: Partial<Invitation> = {}) =>
  invitation({ email: valid(parseEmail(email)), expiresAt: LATER, counted: true, ...overrides });
const OPEN = openAs("open@acme.example");
const UNCOUNTED = openAs("file@acme.example", { counted: false });
/** One more than there are: what a login ends is counted after it, if it can be. */
const counts = invitationLedger({ open: { [DAY]: 2 } });

const withPlaces = (member: Membership) => [toItem(ITEM_TYPES.membership, member), ...itemsOfMember(member)];

/** What the table holds, of every type: all of it is consistent. */
const CONSISTENT: readonly StoredItem[] = [
  toItem(ITEM_TYPES.organization, acme),
  toItem(ITEM_TYPES.pointer, { auth0OrgId: "org_1", organizationId: ACME, rev: "1" }),
  toItem(ITEM_TYPES.domain, verifiedDomain()),
  ...[lapsed, claimed].map((claim) => toItem(ITEM_TYPES.claim, claim)),
  ...[connection(), connection({ name: "gone", state: "removed" })].map((each) =>
    toItem(ITEM_TYPES.connection, each),
  ),
  toItem(ITEM_TYPES.setup, connectionSetup()),
  toItem(ITEM_TYPES.refusal, recentRefusal()),
  toItem(ITEM_TYPES.heartbeat, { of: "domain-recheck", endedAt: NOON }),
  toItem(ITEM_TYPES.eventCursor, eventCursor()),
  toItem(ITEM_TYPES.reconciliation, reconciliation()),
  ...[jane, joe, ann].flatMap(withPlaces),
  toItem(ITEM_TYPES.invitation, accepted),
  ...[OPEN, UNCOUNTED].map((each) => toItem(ITEM_TYPES.invitation, each)),
  toItem(ITEM_TYPES.invitationLedger, counts),
  toItem(ITEM_TYPES.link, link()),
  toItem(ITEM_TYPES.seat, seat()),
  toItem(ITEM_TYPES.speakers, { ...noSpeakers(JANE), rev: "1" }),
  toItem(ITEM_TYPES.block, { userId: JOE, blockedAt: NOON, rev: "1" }),
  toItem(ITEM_TYPES.signOut, { userId: JOE, notBefore: 100, rev: "1" }),
  toItem(ITEM_TYPES.facts, subjectFacts({ sidlessNotBefore: 100 })),
  toItem(ITEM_TYPES.session, endedSession({ at: 100 })),
  toItem(ITEM_TYPES.window, relinkWindow()),
  ...[ACCEPTED, ...withCopy(BY_JOE)].map((each) => toItem(ITEM_TYPES.auditEntry, each)),
];

let table: DynamoTable;
beforeEach(async () => {
  table = await store.emptyTable();
  await writeItems(table, CONSISTENT);
});

const write = (item: StoredItem) => writeItem(table, item);
const put = <T extends object>(itemType: ItemType<T>, value: T) => write(toItem(itemType, value));
const remove = (key: Key) => deleteItem(table, key);
const removeMember = async (member: Membership) => {
  for (const { pk, sk } of withPlaces(member)) await remove({ pk: String(pk), sk: String(sk) });
};
const changeMember = async (member: Membership, changed: Partial<Membership>) => {
  await removeMember(member);
  for (const item of withPlaces({ ...member, ...changed })) await write(item);
};

async function verify(of = table): Promise<{ items: number; findings: string[] }> {
  const pages = [];
  for await (const page of verifyTable(of, UNBOUNDED)) pages.push(page);
  return {
    items: pages.reduce((sum, { items }) => sum + items, 0),
    findings: pages
      .flatMap(({ findings }) => findings)
      .map(({ pk, sk, problem }) => `${pk} ${sk} ${problem}`),
  };
}

it("asks nothing of a claim that has ended", async () => {
  await put(ITEM_TYPES.claim, domainClaim({ domain: OTHER, expiresAt: "2020-01-01T00:00:00.000Z" }));
  expect((await verify()).findings).toEqual([]);
});

it("asks of a seat only that its subject is linked to its user, also through another connection", async () => {
  await put(ITEM_TYPES.seat, seat({ connection: "unregistered" }));
  expect((await verify()).findings).toEqual([]);
});

it("finds nothing in what is left of somebody who was erased", async () => {
  await changeMember(joe, { status: "removed", email: null });
  await put(ITEM_TYPES.speakers, { ...noSpeakers(JOE), erasedAt: joe.createdAt, rev: "1" });
  expect((await verify()).findings).toEqual([]);
});

it("asks nothing more of an entry whose time is over, nor an entry of what was accepted long ago", async () => {
  const past = { ...BY_JOE, keptUntil: Math.floor(Date.now() / 1_000) };
  await put(ITEM_TYPES.auditEntry, past);
  await remove(auditKey(COPY));
  const endedAt = new Date(Date.now() - LEAST_AUDIT_DAYS * 86_400_000).toISOString();
  await put(ITEM_TYPES.invitation, { ...accepted, endedAt });
  await remove(auditKey(ACCEPTED));
  expect((await verify()).findings).toEqual([]);
});

it("finds nothing in a consistent table, across pages", async () => {
  const name = "A".repeat(300_000); // DynamoDB's pages end at 1 MB
  for (let n = 1; n <= 5; n += 1)
    await put(ITEM_TYPES.organization, organization({ id: valid(parseOrganizationId(`o${n}`)), name }));
  expect(await verify()).toEqual({ items: CONSISTENT.length + 5, findings: [] });
});

it("leaves out notices of changes, also malformed ones", async () => {
  await write({ ...keys.notice({ shard: 0, atMs: 1, id: "1" }), type: ITEM_TYPES.notice.type });
  expect(await verify()).toEqual({ items: CONSISTENT.length, findings: [] });
});

it("knows every other type of item", () => {
  const { notice: _, ...others } = ITEM_TYPES;
  const types = Object.values(others).map(({ type }) => type);
  expect([...new Set(CONSISTENT.map(({ type }) => type))].sort()).toEqual(types.sort());
});

const {
  domain: DOMAIN,
  claim: CLAIM,
  connection: CONNECTION,
  setup: SETUP,
  pointer: POINTER,
  link: LINK,
  seat: SEAT,
} = ITEM_TYPES;
const stored =
  <T extends object>(itemType: ItemType<T>, value: T) =>
  () =>
    put(itemType, value);
const gone = (key: Key) => () => remove(key);
/** Joe's membership, with other fields of the item. */
const joes = (overrides: object) => () => write({ ...toItem(ITEM_TYPES.membership, joe), ...overrides });

const at = (key: Key) => `${key.pk} ${key.sk}`;
const OF_ACME = "ORG#acme ORGANIZATION";
const OF_LINK = loginIdOf(link());
const GLOBEXS = { organizationId: GLOBEX };
const OF_JOE = `USER#${JOE} ORG#acme`;
const ITS = "is of the organization acme, which";
const noGlobex = (item: string) => `${item} is of the organization globex, which does not exist`;
const NO_OWNER = `${OF_ACME} lists the owner ${JANE}, who is not an active owner`;
const NO_DOMAIN = (domain: string) =>
  `${OF_ACME} lists the domain ${domain}, which is neither verified nor lapsed`;
const NO_CLAIM = `${OF_ACME} lists a claim of claimed.example until ${EXPIRES}, which is not stored`;
const NO_CONNECTION = `${OF_ACME} lists the connection acme-okta, which it does not have`;
const NO_POINTER = `${OF_ACME} has the Auth0 id org_1, which does not point to it`;
const NO_SEAT = `${keys.link(OF_LINK).pk} LINK is of a subject that does not hold the seat of its user`;
const NO_LINK = `${keys.seat(seat()).pk} SEAT is held by a subject that is not linked so`;
const unlisted = (item: string, what: string) => `${item} ${ITS} does not list this ${what}`;
const unlistedClaim = (domain: string) => unlisted(`CLAIM#${domain} ORG#acme`, "claim");
const miscounted = (counts: string) =>
  `ORG#acme INVITATIONS counts ${counts} open invitations that expire on ${DAY}`;
const NO_ENTRY = `${at(auditKey(COPY))} is a copy of an entry that is not stored so`;
const NO_COPY = `${at(auditKey(BY_JOE))} has no such copy for the user who acted`;
const OF_INVITATION = "INVITATION#jane@acme.example ORG#acme";
const NO_FACTS = `${at(keys.session(OF_LINK, endedSession().sid))} has ended later than any session that the facts of its subject know of`;
const NO_WORD = `${at(keys.membership(ANN, ACME))} is not found by each word of the address and the name`;
const unfounded = (key: Key) => `${at(key)} does not follow from the membership`;
const mistimed = (item: string) => `${item} is deleted at a time that is not its own`;
const misindexed = (item: string) => `${item} is in an index under a key that is not its own`;

/** What is wrong with the table, how it comes about, and what is found. */
const PLANTED: readonly [string, () => Promise<unknown>, ...string[]][] = [
  ["an owner who is an admin", () => changeMember(jane, { role: "admin" }), NO_OWNER],
  ["an owner who is removed", () => changeMember(jane, { status: "removed" }), NO_OWNER],
  ["an owner who was never a member", () => removeMember(jane), NO_OWNER],
  ["an owner who is not listed", () => changeMember(joe, { role: "owner" }), unlisted(OF_JOE, "owner")],
  [
    "an owner of nothing",
    async () => {
      for (const item of withPlaces({ ...jane, ...GLOBEXS })) await write(item);
    },
    noGlobex(`USER#${JANE} ORG#globex`),
  ],
  ["a listed domain that is gone", gone(keys.domain(ACME_EXAMPLE, ACME)), NO_DOMAIN("acme.example")],
  ["a lapsed domain that is gone", gone(keys.domainClaim(LAPSED, ACME)), NO_DOMAIN("lapsed.example")],
  [
    "a lapsed domain whose claim waits",
    stored(CLAIM, { ...lapsed, state: "pending", expiresAt: LATER }),
    NO_DOMAIN("lapsed.example"),
    unlistedClaim("lapsed.example"),
  ],
  [
    "a domain that is not listed",
    stored(DOMAIN, verifiedDomain({ domain: OTHER })),
    unlisted("DOMAIN#other.example ORG#acme", "domain"),
  ],
  ["a domain of nobody", stored(DOMAIN, verifiedDomain(GLOBEXS)), noGlobex("DOMAIN#acme.example ORG#globex")],
  ["a listed claim that is gone", gone(keys.domainClaim(CLAIMED, ACME)), NO_CLAIM],
  [
    "a claim that ends at another time",
    stored(CLAIM, { ...claimed, expiresAt: LATER }),
    NO_CLAIM,
    unlistedClaim("claimed.example"),
  ],
  ...(["pending", "lapsed"] as const).map((state): [string, () => Promise<unknown>, string] => [
    `a claim that is not listed, and ${state}`,
    stored(CLAIM, domainClaim({ domain: OTHER, expiresAt: LATER, state })),
    unlistedClaim("other.example"),
  ]),
  ["a listed connection that is gone", gone(keys.connection("acme-okta")), NO_CONNECTION],
  ["a removed connection, listed", stored(CONNECTION, connection({ state: "removed" })), NO_CONNECTION],
  [
    "a listed connection of another organization",
    stored(CONNECTION, connection(GLOBEXS)),
    NO_CONNECTION,
    noGlobex("CONNECTION#acme-okta CONNECTION"),
  ],
  [
    "a connection that is not listed",
    stored(CONNECTION, connection({ name: "acme-saml", state: "disabled" })),
    unlisted("CONNECTION#acme-saml CONNECTION", "connection"),
  ],
  [
    "a set-up beside its connection",
    stored(SETUP, connectionSetup({ name: "acme-okta" })),
    `ORG#acme SETUP ${ITS} lists its connection acme-okta already`,
  ],
  ["a session that has ended later", stored(ITEM_TYPES.session, endedSession({ at: 101 })), NO_FACTS],
  ["a session without facts", gone(keys.facts(OF_LINK)), NO_FACTS],
  ["a session, and facts of none", stored(ITEM_TYPES.facts, subjectFacts()), NO_FACTS],
  ["a set-up of nobody", stored(SETUP, connectionSetup(GLOBEXS)), noGlobex("ORG#globex SETUP")],
  ["an Auth0 id without a pointer", gone(keys.auth0Pointer("org_1")), NO_POINTER],
  [
    "a pointer to another organization",
    stored(POINTER, { auth0OrgId: "org_1", ...GLOBEXS, rev: "1" }),
    NO_POINTER,
    noGlobex("AUTH0ORG#org_1 ORGANIZATION"),
  ],
  [
    "a pointer that is left behind",
    stored(POINTER, { auth0OrgId: "org_2", organizationId: ACME, rev: "1" }),
    `AUTH0ORG#org_2 ORGANIZATION ${ITS} has another Auth0 id, or none`,
  ],
  ["a link without its seat", gone(keys.seat(seat())), NO_SEAT],
  ["a seat without its link", gone(keys.link(OF_LINK)), NO_LINK],
  ["a seat of another subject", stored(SEAT, seat({ subject: "okta|other" })), NO_LINK, NO_SEAT],
  ["a link to another user", stored(LINK, link({ userId: JOE })), NO_LINK, NO_SEAT],
  [
    "an invitation that nobody has accepted",
    () => removeMember(joe),
    `INVITATION#jane@acme.example ORG#acme was accepted by ${JOE}, who was never a member`,
  ],
  ["a member who would be deleted", joes({ deleteAfter: 1_800_000_000 }), mistimed(OF_JOE)],
  [
    "an invitation that would be deleted at another time",
    () => write({ ...toItem(ITEM_TYPES.invitation, accepted), deleteAfter: 1 }),
    mistimed(OF_INVITATION),
  ],
  [
    "an accepted invitation without its entry",
    gone(auditKey(ACCEPTED)),
    "INVITATION#jane@acme.example ORG#acme was accepted, and the audit has no entry of it",
  ],
  ["an entry of two users without its copy", gone(auditKey(COPY)), NO_COPY],
  ["a copy without its entry", gone(auditKey(BY_JOE)), NO_ENTRY],
  ["a copy of another content", stored(ITEM_TYPES.auditEntry, { ...COPY, via: "x" }), NO_COPY, NO_ENTRY],
  [
    "a copy of an entry of one user",
    async () => {
      for (const each of [BY_JOE, COPY]) await put(ITEM_TYPES.auditEntry, { ...each, userId: JOE });
    },
    NO_ENTRY,
  ],
  [
    "more open invitations than are counted",
    async () => {
      for (const name of ["ann", "bob"]) await put(ITEM_TYPES.invitation, openAs(`${name}@acme.example`));
    },
    miscounted("2 of 3"),
  ],
  ["open invitations without a count", gone(keys.invitationLedger(ACME)), miscounted("0 of 1")],
  [
    "a count of invitations of nobody",
    stored(ITEM_TYPES.invitationLedger, { ...counts, ...GLOBEXS, open: {} }),
    noGlobex("ORG#globex INVITATIONS"),
  ],
  ["a member without one of the words", gone(keys.memberWord(ANNS_WORD)), NO_WORD],
  [
    "a word that is not the member's",
    stored(ITEM_TYPES.memberWord, OTHER_WORD),
    unfounded(keys.memberWord(OTHER_WORD)),
  ],
  [
    "a word beside others than the member has",
    stored(ITEM_TYPES.memberWord, { ...ANNS_WORD, words: ["ann"] }),
    NO_WORD,
    unfounded(keys.memberWord(ANNS_WORD)),
  ],
  ...ANNS_PLACES.map((place): [string, () => Promise<unknown>, string] => [
    `a member who is not in the list by ${place.by}`,
    gone(keys.memberPlace(place)),
    `${at(keys.membership(ANN, ACME))} is not in the list by ${place.by}`,
  ]),
  ...ANNS_PLACES.map((place): [string, () => Promise<unknown>, string] => [
    `a member in the list by ${place.by} of another role`,
    stored(ITEM_TYPES.memberPlace, { ...place, role: "admin" }),
    unfounded(keys.memberPlace({ ...place, role: "admin" })),
  ]),
  ["invalid fields", joes({ role: "boss", createdAt: "today" }), `${OF_JOE} is malformed: role, createdAt`],
  [
    "an item under the key of another one",
    joes(keys.membership(JOE, GLOBEX)),
    `USER#${JOE} ORG#globex contradicts its key`,
  ],
  ["an item under another key of the index", joes({ gsi1sk: "MEMBERSHIP#active#other" }), misindexed(OF_JOE)],
  ["an item that the index lacks", joes({ gsi1pk: undefined, gsi1sk: undefined }), misindexed(OF_JOE)],
  [
    "an item that must not be in the index",
    () =>
      write({
        ...toItem(CONNECTION, connection({ name: "gone", state: "removed" })),
        gsi1pk: "ORG#acme",
        gsi1sk: "CONNECTION#gone",
      }),
    misindexed("CONNECTION#gone CONNECTION"),
  ],
  [
    "an item of no known type",
    () => write({ pk: "OWNERS#acme", sk: "OWNERS", type: "owners" }),
    "OWNERS#acme OWNERS is of an unknown type",
  ],
];

describe("in a table that is not consistent", () => {
  it.each(PLANTED)("finds %s", async (_, plant, ...findings) => {
    await plant();
    expect((await verify()).findings.sort()).toEqual([...findings].sort());
  });
});

describe("members who are placed", () => {
  async function place(): Promise<{ placed: number; removed: number }> {
    const done = { placed: 0, removed: 0 };
    for await (const { placed, removed } of placeMembers(table, UNBOUNDED)) {
      done.placed += placed;
      done.removed += removed;
    }
    return done;
  }
  it("lose what is not theirs, and get what they lack, once", async () => {
    await remove(keys.memberWord(ANNS_WORD));
    await put(ITEM_TYPES.memberWord, OTHER_WORD);
    for (const each of ANNS_PLACES) await put(ITEM_TYPES.memberPlace, { ...each, role: "admin" });
    expect(await place()).toEqual({ placed: 1, removed: 3 });
    expect(await place()).toEqual({ placed: 0, removed: 0 });
    await remove(keys.membership(ANN, ACME));
    expect(await place()).toEqual({ placed: 0, removed: 3 });
    expect((await verify()).findings).toEqual([]);
  });
});

describe("what changes while it is read", () => {
  /** The table, where something changes after it was scanned, and before anything else is read. */
  function changing(change: () => Promise<unknown>): DynamoTable {
    let hasChanged = false;
    const client = async () => {
      const direct = await table.client();
      const batchGetItem: typeof direct.batchGetItem = async (...args: never[]) => {
        if (!hasChanged) await change();
        hasChanged = true;
        return Reflect.apply(direct.batchGetItem, direct, args);
      };
      return Object.assign(Object.create(direct), { batchGetItem });
    };
    return { ...table, client };
  }

  it("is compared as it is then", async () => {
    const demote = async () => {
      await changeMember(jane, { role: "admin", rev: "2" });
      await put(ITEM_TYPES.organization, { ...acme, owners: [], rev: "2" });
    };
    expect((await verify(changing(demote))).findings).toEqual([]);
  });

  it("is not a finding where invitations are opened, ended and accepted", async () => {
    const others = ["ann", "bob"].map((name) => openAs(`${name}@acme.example`));
    for (const each of others) await put(ITEM_TYPES.invitation, each);
    const end = async () => {
      for (const each of others) await put(ITEM_TYPES.invitation, { ...each, ended: "revoked", rev: "2" });
    };
    expect((await verify(changing(end))).findings).toEqual([]);
    const at = new Date().toISOString();
    await remove(auditKey(ACCEPTED));
    const accept = () => put(ITEM_TYPES.auditEntry, { ...ACCEPTED, at });
    expect((await verify(changing(accept))).findings).toEqual([]);
  });

  it("is not a finding where an invitation ends before its count is read again", async () => {
    const ann = openAs("ann@acme.example");
    await put(ITEM_TYPES.invitation, ann);
    const direct = await table.client();
    let reads = 0;
    const getItem = (async (...args: never[]) => {
      reads += 1;
      if (reads === 2) await put(ITEM_TYPES.invitation, { ...ann, ended: "revoked", rev: "2" });
      if (reads === 2) await put(ITEM_TYPES.invitationLedger, { ...counts, open: { [DAY]: 1 }, rev: "2" });
      return Reflect.apply(direct.getItem, direct, args);
    }) as typeof direct.getItem;
    const client = async () => Object.assign(Object.create(direct), { getItem });
    expect((await verify({ ...table, client })).findings).toEqual([]);
    expect(reads).toBe(3);
  });

  it("is not a finding where it is deleted", async () => {
    await put(ITEM_TYPES.seat, seat({ userId: JOE }));
    const removed = gone(keys.seat(seat({ userId: JOE })));
    expect((await verify(changing(removed))).findings).toEqual([]);
  });
});
