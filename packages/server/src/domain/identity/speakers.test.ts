import { describe, expect, it } from "vitest";
import { domainOf, parseDomain } from "../email.ts";
import type { AddressTrust } from "../login/address-trust.ts";
import type { Login } from "../login/login.ts";
import type { OrganizationId } from "../organization.ts";
import { acmeAndGlobex, NOW } from "../testing/memory-ports.ts";
import {
  ACME,
  ENTRA,
  GLOBEX,
  INITECH,
  inside,
  JANE,
  JANE_EMAIL,
  organization,
  trusted,
  UNBOUNDED,
} from "../testing/people.ts";
import {
  afterFirstLink,
  afterMembership,
  allowed,
  holdersOf,
  type Inside,
  isUnclaimed,
  MAILBOX,
  merged,
  noSpeakers,
  type Speakers,
  speakersUnchanged,
  speakersWrites,
  verifiersOf,
} from "./speakers.ts";

const LABS = parseDomain("acme-labs.example") ?? expect.fail("it is a domain");

type Known = Partial<Omit<Speakers, "userId">>;
const spoken = (known: Known): Speakers => ({ ...noSpeakers(JANE), ...known });

const SSO: Login = { via: "sso", connection: ENTRA };
const PASSWORD: Login = { via: "other", strategy: "auth0" };
const UNREGISTERED: Login = { via: "unregistered", connectionName: "waad", state: "unknown" };
const EVERYONE = trusted(JANE_EMAIL);
const aloneTo = (organizationId: OrganizationId) =>
  trusted(JANE_EMAIL, { proof: { to: "organization", organizationId } });
const ALONE = aloneTo(ACME);

interface FirstLinkCase {
  readonly trust?: AddressTrust;
  readonly created?: boolean;
  readonly trusting?: readonly OrganizationId[];
  /** The organizations inside that have given their domain up. */
  readonly gone?: readonly OrganizationId[];
}

/** `undefined`: the same as before; null: refused. */
function linked(
  before: Known,
  login: Login,
  { trust = EVERYONE, created = false, trusting = [], gone = [] }: FirstLinkCase,
) {
  const present = spoken(before);
  const holders = present.inside
    .map(({ organizationId }) => organizationId)
    .filter((id) => !gone.includes(id))
    .map((id) => organization(id, { trusts: trusting.includes(id) ? [ACME] : [] }));
  const next = afterFirstLink(present, { login, trust }, { created, holders });
  return next === present ? undefined : next;
}

describe("a first link through Acme's SSO", () => {
  it.each<[string, Known, FirstLinkCase, Known | null | undefined]>([
    ["is the first of a person", {}, {}, { by: MAILBOX, sso: ACME }],
    ["may follow a mailbox", { by: MAILBOX }, {}, { by: MAILBOX, sso: ACME }],
    ["may come again", { by: MAILBOX, sso: ACME }, {}, undefined],
    ["may come without an address", {}, { trust: { state: "absent" } }, { by: null, sso: ACME }],
    ["may come after itself", { by: ACME }, {}, { by: ACME, sso: ACME }],
    ["T7K: is refused if Globex came first", { by: GLOBEX }, {}, null],
    ["T72: is refused for a person of Globex's SSO", { by: MAILBOX, sso: GLOBEX }, {}, null],
    ["is refused for them even if Globex trusts Acme", { sso: GLOBEX }, { trusting: [GLOBEX] }, null],
    ["T7F: is refused for a person inside Globex", { by: MAILBOX, inside: inside(GLOBEX) }, {}, null],
    ["T7F: is refused for them even if they are inside Acme too", { inside: inside(ACME, GLOBEX) }, {}, null],
    [
      "needs the trust of every organization they are inside",
      { inside: inside(GLOBEX, INITECH) },
      { trusting: [GLOBEX] },
      null,
    ],
    [
      "is allowed for a person inside Acme",
      { inside: inside(ACME) },
      {},
      { inside: inside(ACME), sso: ACME },
    ],
    [
      "T8E: is allowed for a person inside a domain that Globex has given up",
      { by: MAILBOX, inside: inside(GLOBEX, ACME) },
      { gone: [GLOBEX] },
      { by: MAILBOX, inside: inside(GLOBEX, ACME), sso: ACME },
    ],
    [
      "T72: is refused for a person of Globex's SSO, whatever Globex has given up",
      { by: MAILBOX, sso: GLOBEX, inside: inside(GLOBEX) },
      { gone: [GLOBEX] },
      null,
    ],
    [
      "T8E: needs the trust of an organization that still has its domain",
      { inside: inside(GLOBEX, INITECH) },
      { gone: [INITECH] },
      null,
    ],
    [
      "is allowed for a person inside an organization that trusts Acme",
      { inside: inside(GLOBEX) },
      { trusting: [GLOBEX] },
      { inside: inside(GLOBEX), sso: ACME },
    ],
  ])("%s", (_, before, given, after) => {
    expect(linked(before, SSO, given)).toEqual(after && spoken(after));
  });
});

describe("T7H: a first link whose address is proven to Acme alone", () => {
  it.each<[string, Known, FirstLinkCase, Known | null | undefined]>([
    ["is allowed for a new person", {}, { created: true }, { by: ACME, sso: ACME }],
    ["is refused for a person whom the directory knew", {}, {}, null],
    ["is refused for a person whose mailbox came first", { by: MAILBOX }, { created: true }, null],
    [
      "is refused for a person inside another organization, even if that trusts Acme",
      { inside: inside(GLOBEX) },
      { created: true, trusting: [GLOBEX] },
      null,
    ],
    ["may come again if Acme came first", { by: ACME }, {}, { by: ACME, sso: ACME }],
    ["may come again through Acme's SSO", { by: MAILBOX, sso: ACME }, {}, undefined],
    ["is allowed for a member of Acme", { inside: inside(ACME) }, {}, { inside: inside(ACME), sso: ACME }],
    [
      "T8E: is refused for a member of a domain that Acme has given up",
      { inside: inside(ACME) },
      { created: true, gone: [ACME] },
      null,
    ],
  ])("%s", (_, before, given, after) => {
    expect(linked(before, SSO, { trust: ALONE, ...given })).toEqual(after && spoken(after));
  });
});

describe("a first link that report mode lets through with an unproven address", () => {
  const letThrough = trusted(JANE_EMAIL, { rule: "report-mode" });
  it.each<[string, Login, Known, Known | null | undefined]>([
    ["changes nothing by a password", PASSWORD, {}, undefined],
    ["changes nothing through an unregistered connection", UNREGISTERED, {}, undefined],
    ["is Acme's people through Acme's SSO", SSO, {}, { sso: ACME }],
    ["is refused by a password for a person of Acme's SSO", PASSWORD, { by: MAILBOX, sso: ACME }, null],
    [
      "is refused by a password for a person inside Acme",
      PASSWORD,
      { by: MAILBOX, inside: inside(ACME) },
      null,
    ],
    ["is allowed by a password for a mailbox", PASSWORD, { by: MAILBOX }, undefined],
  ])("%s", (_, login, before, after) => {
    expect(linked(before, login, { trust: letThrough })).toEqual(after && spoken(after));
  });
});

describe("a first link by another login", () => {
  it.each<[string, Login, Known, Known | null | undefined]>([
    ["of a mailbox is the first of a person", PASSWORD, {}, { by: MAILBOX }],
    ["of a mailbox is allowed beside SSO", PASSWORD, { by: MAILBOX, sso: GLOBEX }, undefined],
    ["of a mailbox is allowed beside a membership", PASSWORD, { inside: inside(GLOBEX) }, undefined],
    ["T7K: of a mailbox is refused if Acme alone came first", PASSWORD, { by: ACME, sso: ACME }, null],
    ["of unregistered SSO may be the first of a person", UNREGISTERED, {}, { by: MAILBOX }],
    ["of unregistered SSO is refused beside SSO", UNREGISTERED, { by: MAILBOX, sso: ACME }, null],
    ["of unregistered SSO is refused beside a membership", UNREGISTERED, { inside: inside(ACME) }, null],
  ])("%s", (_, login, before, after) => {
    expect(linked(before, login, {})).toEqual(after && spoken(after));
  });
});

describe("a membership inside Acme", () => {
  it.each<[string, Known, readonly OrganizationId[], Known | null | undefined]>([
    ["of a person without SSO", { by: MAILBOX }, [], { by: MAILBOX, inside: inside(ACME) }],
    ["of a person of its own SSO", { sso: ACME }, [], { sso: ACME, inside: inside(ACME) }],
    [
      "of a person of an SSO that it trusts",
      { sso: GLOBEX },
      [GLOBEX],
      { sso: GLOBEX, inside: inside(ACME) },
    ],
    ["of a person who is inside another", { inside: inside(GLOBEX) }, [], { inside: inside(GLOBEX, ACME) }],
    ["of a person who is one already", { inside: inside(ACME) }, [], undefined],
    [
      "of a person who is one by another domain",
      { inside: [{ organizationId: ACME, domain: LABS }] },
      [],
      { inside: [{ organizationId: ACME, domain: LABS }, ...inside(ACME)] },
    ],
    ["T7G: is refused for a person of Globex's SSO", { sso: GLOBEX }, [], null],
    [
      "T7G: is refused for them even if they are inside already",
      { sso: GLOBEX, inside: inside(ACME) },
      [INITECH],
      null,
    ],
  ])("%s", (_, before, trusts, after) => {
    const present = spoken(before);
    const place = { organization: organization(ACME, { trusts }), domain: domainOf(JANE_EMAIL) };
    const next = afterMembership(present, place);
    expect(next === present ? undefined : next).toEqual(after && spoken(after));
  });
});

describe("T8E: the organizations inside that count", () => {
  const stored = () => acmeAndGlobex().put(organization(INITECH), { domains: [LABS] });
  const atLabs = (organizationId: OrganizationId) => ({ organizationId, domain: LABS });
  const read = { domain: domainOf(JANE_EMAIL), verifiers: [organization(ACME)] };

  it.each<[string, readonly Inside[], typeof read | null, readonly OrganizationId[], readonly string[]]>([
    ["are those that have the domain, as it was read", inside(ACME, GLOBEX), read, [ACME], []],
    [
      "are those that have each domain, as the store says",
      [atLabs(GLOBEX), atLabs(INITECH), ...inside(ACME)],
      null,
      [INITECH, ACME],
      ["listByDomain acme-labs.example", "listByDomain acme.example"],
    ],
    [
      "do not include one by another organization's domain",
      [atLabs(ACME)],
      read,
      [],
      ["listByDomain acme-labs.example"],
    ],
    [
      "include one once that is inside by two domains and has one",
      [atLabs(INITECH), ...inside(INITECH)],
      null,
      [INITECH],
      ["listByDomain acme-labs.example", "listByDomain acme.example"],
    ],
    [
      "do not include one by a domain that it is not inside of",
      [atLabs(ACME), ...inside(GLOBEX)],
      null,
      [GLOBEX],
      ["listByDomain acme-labs.example", "listByDomain acme.example"],
    ],
    ["are not there for a person who is not inside", [], null, [], []],
  ])("%s", async (_, entries, known, expected, asked) => {
    const organizations = stored();
    const read = known ?? { domain: null, verifiers: [] };
    const holders = holdersOf(entries, await verifiersOf(entries, read, organizations, UNBOUNDED));
    expect([holders.map(({ id }) => id), organizations.asked]).toEqual([expected, asked]);
  });
});

describe("a merger of Globex into Acme", () => {
  it.each<[string, Known, Known | undefined]>([
    ["leaves other people alone", { by: MAILBOX, sso: INITECH, inside: inside(INITECH) }, undefined],
    ["replaces Globex as the first", { by: GLOBEX }, { by: ACME }],
    ["replaces Globex's SSO", { by: MAILBOX, sso: GLOBEX }, { by: MAILBOX, sso: ACME }],
    [
      "replaces Globex's members",
      { by: INITECH, inside: inside(INITECH, GLOBEX) },
      { by: INITECH, inside: inside(INITECH, ACME) },
    ],
    ["names Acme once", { inside: inside(ACME, GLOBEX) }, { inside: inside(ACME) }],
    [
      "names Acme once for each domain",
      { inside: [...inside(ACME), { organizationId: GLOBEX, domain: LABS }] },
      { inside: [...inside(ACME), { organizationId: ACME, domain: LABS }] },
    ],
  ])("%s", (_, before, after) => {
    const present = spoken(before);
    const next = merged(present, { from: GLOBEX, into: ACME, at: NOW });
    expect(next === present ? undefined : next).toEqual(after && { ...spoken(after), settledAt: NOW });
  });
});

describe("an operator's decision", () => {
  const DONE = { by: MAILBOX, sso: ACME, inside: inside(ACME) } as const;
  it.each<[string, OrganizationId | null, Known, Known | undefined]>([
    ["allows a mailbox beside Globex", null, { by: GLOBEX, sso: GLOBEX }, { by: MAILBOX, sso: GLOBEX }],
    ["changes nothing if a mailbox came first", null, { by: MAILBOX, sso: GLOBEX }, undefined],
    ["changes nothing if `by` is empty", null, { inside: inside(GLOBEX) }, undefined],
    ["gives a person to Acme", ACME, { by: GLOBEX, sso: GLOBEX }, { ...DONE, inside: [], settledAt: NOW }],
    [
      "gives them to Acme even if the mailbox came first",
      ACME,
      { by: MAILBOX },
      { ...DONE, inside: [], settledAt: NOW },
    ],
    ["gives them to Acme even if Acme came first", ACME, { ...DONE, by: ACME }, { ...DONE, settledAt: NOW }],
    [
      "drops organizations that do not trust Acme",
      ACME,
      { ...DONE, inside: inside(ACME, GLOBEX) },
      { ...DONE, settledAt: NOW },
    ],
    [
      "keeps organizations that trust Acme",
      ACME,
      { inside: inside(INITECH) },
      { ...DONE, inside: inside(INITECH), settledAt: NOW },
    ],
    ["changes nothing the second time", ACME, { ...DONE, inside: inside(ACME, INITECH) }, undefined],
  ])("%s", (_, organizationId, before, after) => {
    const present = spoken(before);
    const next = allowed(present, { organizationId, trusting: new Set([INITECH]), at: NOW });
    expect(next === present ? undefined : next).toEqual(after && spoken(after));
  });
});

describe("who speaks for a user", () => {
  const STORED = { ...spoken({ by: MAILBOX }), rev: "1" };
  it.each([
    ["as it was read", STORED],
    ["as absent, without a revision, where nothing is stored", spoken({})],
  ])("is written and relied on %s", (_, read) => {
    const next = { ...read, sso: ACME };
    const written = { ...next, rev: expect.any(String) };
    expect(speakersWrites(next, read)).toEqual([{ item: "speakers", next: written, present: read }]);
    expect(speakersUnchanged(read, read)).toEqual([{ item: "speakers", present: read }]);
    expect([speakersWrites(read, read), speakersUnchanged(next, read)]).toEqual([[], []]);
  });
});

it.each<[Known, boolean]>([
  [{}, true],
  [{ settledAt: NOW, rev: "1" }, true],
  [{ by: MAILBOX }, false],
  [{ sso: ACME }, false],
  [{ inside: inside(ACME) }, false],
])("a user with %j is unclaimed: %s", (known, isSo) => {
  expect(isUnclaimed(spoken(known))).toBe(isSo);
});
