import { describe, expect, it } from "vitest";
import { domainNamed } from "../../memory/organizations.ts";
import { domainOf } from "../email.ts";
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
  erased,
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

const LABS = domainNamed("acme-labs.example");
const atLabs = (organizationId: OrganizationId) => ({ organizationId, domain: LABS });

/** Those that are named alone are inside by Jane's domain. */
interface Known extends Partial<Omit<Speakers, "userId" | "inside">> {
  readonly inside?: readonly (OrganizationId | Inside)[];
}
const spoken = ({ inside: known = [], ...rest }: Known): Speakers => {
  const all = known.flatMap((each) => (typeof each === "string" ? inside(each) : [each]));
  return { ...noSpeakers(JANE), ...rest, inside: all };
};
const IN_ACME: Known = { inside: [ACME] };
const IN_GLOBEX: Known = { inside: [GLOBEX] };
const IN_TWO: Known = { inside: [GLOBEX, INITECH] };
const IN_BOTH: Known = { by: MAILBOX, inside: [GLOBEX, ACME] };
const OF_GLOBEX: Known = { by: MAILBOX, sso: GLOBEX };

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
    ["T72: is refused for a person of Globex's SSO", OF_GLOBEX, {}, null],
    ["is refused for them even if Globex trusts Acme", { sso: GLOBEX }, { trusting: [GLOBEX] }, null],
    ["T7F: is refused for a person inside Globex", { by: MAILBOX, inside: [GLOBEX] }, {}, null],
    ["T7F: is refused for them even if they are inside Acme too", { inside: [ACME, GLOBEX] }, {}, null],
    ["needs the trust of every organization they are inside", IN_TWO, { trusting: [GLOBEX] }, null],
    ["is allowed for a person inside Acme", IN_ACME, {}, { ...IN_ACME, sso: ACME }],
    ["T8E: is allowed where Globex gave it up", IN_BOTH, { gone: [GLOBEX] }, { ...IN_BOTH, sso: ACME }],
    ["T72: is refused for Globex's SSO even there", { ...IN_GLOBEX, ...OF_GLOBEX }, { gone: [GLOBEX] }, null],
    ["T8E: needs the trust of who still has its domain", IN_TWO, { gone: [INITECH] }, null],
    ["is allowed where Globex trusts Acme", IN_GLOBEX, { trusting: [GLOBEX] }, { ...IN_GLOBEX, sso: ACME }],
  ])("%s", (_, before, given, after) => {
    expect(linked(before, SSO, given)).toEqual(after && spoken(after));
  });
});

describe("T7H: a first link whose address is proven to Acme alone", () => {
  const NEW = { created: true };
  it.each<[string, Known, FirstLinkCase, Known | null | undefined]>([
    ["is allowed for a new person", {}, NEW, { by: ACME, sso: ACME }],
    ["is refused for a person whom the directory knew", {}, {}, null],
    ["is refused for a person whose mailbox came first", { by: MAILBOX }, NEW, null],
    ["is refused for one inside Globex, which trusts Acme", IN_GLOBEX, { ...NEW, trusting: [GLOBEX] }, null],
    ["may come again if Acme came first", { by: ACME }, {}, { by: ACME, sso: ACME }],
    ["may come again through Acme's SSO", { by: MAILBOX, sso: ACME }, {}, undefined],
    ["is allowed for a member of Acme", IN_ACME, {}, { ...IN_ACME, sso: ACME }],
    ["T8E: is refused for a member of a domain that Acme gave up", IN_ACME, { ...NEW, gone: [ACME] }, null],
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
    ["is refused by a password for a person inside Acme", PASSWORD, { by: MAILBOX, inside: [ACME] }, null],
    ["is allowed by a password for a mailbox", PASSWORD, { by: MAILBOX }, undefined],
  ])("%s", (_, login, before, after) => {
    expect(linked(before, login, { trust: letThrough })).toEqual(after && spoken(after));
  });
});

describe("a first link by another login", () => {
  it.each<[string, Login, Known, Known | null | undefined]>([
    ["of a mailbox is the first of a person", PASSWORD, {}, { by: MAILBOX }],
    ["of a mailbox is allowed beside SSO", PASSWORD, OF_GLOBEX, undefined],
    ["of a mailbox is allowed beside a membership", PASSWORD, IN_GLOBEX, undefined],
    ["T7K: of a mailbox is refused if Acme alone came first", PASSWORD, { by: ACME, sso: ACME }, null],
    ["of unregistered SSO may be the first of a person", UNREGISTERED, {}, { by: MAILBOX }],
    ["of unregistered SSO is refused beside SSO", UNREGISTERED, { by: MAILBOX, sso: ACME }, null],
    ["of unregistered SSO is refused beside a membership", UNREGISTERED, IN_ACME, null],
  ])("%s", (_, login, before, after) => {
    expect(linked(before, login, {})).toEqual(after && spoken(after));
  });
});

describe("a membership inside Acme", () => {
  it.each<[string, Known, readonly OrganizationId[], Known | null | undefined]>([
    ["of a person without SSO", { by: MAILBOX }, [], { by: MAILBOX, inside: [ACME] }],
    ["of a person of its own SSO", { sso: ACME }, [], { sso: ACME, inside: [ACME] }],
    ["of a person of an SSO that it trusts", { sso: GLOBEX }, [GLOBEX], { sso: GLOBEX, inside: [ACME] }],
    ["of a person who is inside another", IN_GLOBEX, [], { inside: [GLOBEX, ACME] }],
    ["of a person who is one already", IN_ACME, [], undefined],
    ["of one who is by another domain", { inside: [atLabs(ACME)] }, [], { inside: [atLabs(ACME), ACME] }],
    ["T7G: is refused for a person of Globex's SSO", { sso: GLOBEX }, [], null],
    ["T7G: is refused for them even if inside already", { ...IN_ACME, sso: GLOBEX }, [INITECH], null],
  ])("%s", (_, before, trusts, after) => {
    const present = spoken(before);
    const place = { organization: organization(ACME, { trusts }), domain: domainOf(JANE_EMAIL) };
    const next = afterMembership(present, place);
    expect(next === present ? undefined : next).toEqual(after && spoken(after));
  });
});

describe("T8E: the organizations inside that count", () => {
  const THREE = [atLabs(GLOBEX), atLabs(INITECH), ...inside(ACME)];
  const TWICE = [atLabs(INITECH), ...inside(INITECH)];
  const OTHERS = [atLabs(ACME), ...inside(GLOBEX)];
  const stored = () => acmeAndGlobex().put(organization(INITECH), { domains: [LABS] });
  const read = { domain: domainOf(JANE_EMAIL), verifiers: [organization(ACME)] };
  const LISTED = ["listByDomain acme-labs.example", "listByDomain acme.example"];

  it.each<[string, readonly Inside[], typeof read | null, readonly OrganizationId[], readonly string[]]>([
    ["are those that have the domain, as it was read", inside(ACME, GLOBEX), read, [ACME], []],
    ["are those that have each domain, as stored", THREE, null, [INITECH, ACME], LISTED],
    ["do not include one by another organization's domain", [atLabs(ACME)], read, [], LISTED.slice(0, 1)],
    ["include one once that has one of its two domains", TWICE, null, [INITECH], LISTED],
    ["do not include one by a domain it is not inside of", OTHERS, null, [GLOBEX], LISTED],
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
    ["leaves other people alone", { by: MAILBOX, sso: INITECH, inside: [INITECH] }, undefined],
    ["replaces Globex as the first", { by: GLOBEX }, { by: ACME }],
    ["replaces Globex's SSO", OF_GLOBEX, { by: MAILBOX, sso: ACME }],
    ["replaces Globex's members", { inside: [INITECH, GLOBEX] }, { inside: [INITECH, ACME] }],
    ["names Acme once", { inside: [ACME, GLOBEX] }, IN_ACME],
    ["names Acme once for each domain", { inside: [ACME, atLabs(GLOBEX)] }, { inside: [ACME, atLabs(ACME)] }],
  ])("%s", (_, before, after) => {
    const present = spoken(before);
    const next = merged(present, { from: GLOBEX, into: ACME, at: NOW });
    expect(next === present ? undefined : next).toEqual(after && { ...spoken(after), settledAt: NOW });
  });
});

describe("an operator's decision", () => {
  const DONE = { by: MAILBOX, sso: ACME, inside: [ACME] } as const;
  const SETTLED = { ...DONE, settledAt: NOW };
  const TO_ACME = { ...SETTLED, inside: [] };
  it.each<[string, OrganizationId | null, Known, Known | undefined]>([
    ["allows a mailbox beside Globex", null, { by: GLOBEX, sso: GLOBEX }, { by: MAILBOX, sso: GLOBEX }],
    ["changes nothing if a mailbox came first", null, OF_GLOBEX, undefined],
    ["changes nothing if `by` is empty", null, IN_GLOBEX, undefined],
    ["gives a person to Acme", ACME, { by: GLOBEX, sso: GLOBEX }, TO_ACME],
    ["gives them to Acme even if the mailbox came first", ACME, { by: MAILBOX }, TO_ACME],
    ["gives them to Acme even if Acme came first", ACME, { ...DONE, by: ACME }, SETTLED],
    ["drops organizations that do not trust Acme", ACME, { ...DONE, inside: [ACME, GLOBEX] }, SETTLED],
    ["keeps those that trust Acme", ACME, { inside: [INITECH] }, { ...SETTLED, inside: [INITECH] }],
    ["changes nothing the second time", ACME, { ...DONE, inside: [ACME, INITECH] }, undefined],
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
  [{ erasedAt: NOW }, false],
  [{ by: MAILBOX }, false],
  [{ sso: ACME }, false],
  [IN_ACME, false],
])("a user with %j is unclaimed: %s", (known, isSo) => {
  expect(isUnclaimed(spoken(known))).toBe(isSo);
});

it("an erasure is marked once, with its first time, and what was known stays", () => {
  const present = spoken({ by: MAILBOX, sso: ACME });
  const marked = erased(present, NOW);
  expect(marked).toEqual({ ...present, erasedAt: NOW });
  expect(erased(marked, "2026-12-24T00:00:00.000Z")).toBe(marked);
});
