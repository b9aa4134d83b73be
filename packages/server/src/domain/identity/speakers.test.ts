import { describe, expect, it } from "vitest";
import type { AddressTrust } from "../login/address-trust.ts";
import type { Login } from "../login/login.ts";
import type { OrganizationId } from "../organization.ts";
import { NOW } from "../testing/memory-ports.ts";
import { ACME, ENTRA, GLOBEX, INITECH, JANE, JANE_EMAIL, organization, trusted } from "../testing/people.ts";
import {
  afterFirstLink,
  afterMembership,
  allowed,
  isUnclaimed,
  MAILBOX,
  merged,
  noSpeakers,
  type Speakers,
} from "./speakers.ts";

type Known = Partial<Omit<Speakers, "userId">>;
const spoken = (known: Known): Speakers => ({ ...noSpeakers(JANE), ...known });

const SSO: Login = { via: "sso", connection: ENTRA };
const PASSWORD: Login = { via: "other", strategy: "auth0" };
const UNREGISTERED: Login = { via: "unregistered", connectionName: "waad" };
const EVERYONE = trusted(JANE_EMAIL);
const ALONE = trusted(JANE_EMAIL, { proof: { to: "organization", organizationId: ACME } });

interface FirstLinkCase {
  readonly trust?: AddressTrust;
  readonly created?: boolean;
  readonly trusting?: readonly OrganizationId[];
}

/** `undefined`: the same as before; null: refused. */
function linked(
  before: Known,
  login: Login,
  { trust = EVERYONE, created = false, trusting = [] }: FirstLinkCase,
) {
  const present = spoken(before);
  const next = afterFirstLink(present, { login, trust }, { created, trusting: new Set(trusting) });
  return next === present ? undefined : next;
}

/** Globex trusts Acme. */
const TRUSTED: FirstLinkCase = { trusting: [GLOBEX] };
const NEW_AND_TRUSTED: FirstLinkCase = { ...TRUSTED, created: true };

describe("a first link through Acme's SSO", () => {
  it.each<[string, Known, FirstLinkCase, Known | null | undefined]>([
    ["is the first of a person", {}, {}, { by: MAILBOX, sso: ACME }],
    ["may follow a mailbox", { by: MAILBOX }, {}, { by: MAILBOX, sso: ACME }],
    ["may come again", { by: MAILBOX, sso: ACME }, {}, undefined],
    ["may come without an address", {}, { trust: { state: "absent" } }, { by: null, sso: ACME }],
    ["may come after itself", { by: ACME }, {}, { by: ACME, sso: ACME }],
    ["T7K: is refused if Globex came first", { by: GLOBEX }, {}, null],
    ["T72: is refused for a person of Globex's SSO", { by: MAILBOX, sso: GLOBEX }, {}, null],
    ["is refused for them even if Globex trusts Acme", { sso: GLOBEX }, TRUSTED, null],
    ["T7F: is refused for a person inside Globex", { by: MAILBOX, inside: [GLOBEX] }, {}, null],
    ["T7F: is refused for them even if they are inside Acme too", { inside: [ACME, GLOBEX] }, {}, null],
    ["needs the trust of every organization they are inside", { inside: [GLOBEX, INITECH] }, TRUSTED, null],
    ["is allowed for a person inside Acme", { inside: [ACME] }, {}, { inside: [ACME], sso: ACME }],
    ["is allowed if Globex trusts Acme", { inside: [GLOBEX] }, TRUSTED, { inside: [GLOBEX], sso: ACME }],
  ])("%s", (_, before, given, after) => {
    expect(linked(before, SSO, given)).toEqual(after && spoken(after));
  });
});

describe("T7H: a first link whose address is proven to Acme alone", () => {
  it.each<[string, Known, FirstLinkCase, Known | null | undefined]>([
    ["is allowed for a new person", {}, { created: true }, { by: ACME, sso: ACME }],
    ["is refused for a person whom the directory knew", {}, {}, null],
    ["is refused for a person whose mailbox came first", { by: MAILBOX }, { created: true }, null],
    ["is refused for a person inside Globex that trusts Acme", { inside: [GLOBEX] }, NEW_AND_TRUSTED, null],
    ["may come again if Acme came first", { by: ACME }, {}, { by: ACME, sso: ACME }],
    ["may come again through Acme's SSO", { by: MAILBOX, sso: ACME }, {}, undefined],
    ["is allowed for a member of Acme", { inside: [ACME] }, {}, { inside: [ACME], sso: ACME }],
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
    ["of a mailbox is allowed beside SSO", PASSWORD, { by: MAILBOX, sso: GLOBEX }, undefined],
    ["of a mailbox is allowed beside a membership", PASSWORD, { inside: [GLOBEX] }, undefined],
    ["T7K: of a mailbox is refused if Acme alone came first", PASSWORD, { by: ACME, sso: ACME }, null],
    ["of unregistered SSO may be the first of a person", UNREGISTERED, {}, { by: MAILBOX }],
    ["of unregistered SSO is refused beside SSO", UNREGISTERED, { by: MAILBOX, sso: ACME }, null],
    ["of unregistered SSO is refused beside a membership", UNREGISTERED, { inside: [ACME] }, null],
  ])("%s", (_, login, before, after) => {
    expect(linked(before, login, {})).toEqual(after && spoken(after));
  });
});

describe("a membership inside Acme", () => {
  it.each<[string, Known, readonly OrganizationId[], Known | null | undefined]>([
    ["of a person without SSO", { by: MAILBOX }, [], { by: MAILBOX, inside: [ACME] }],
    ["of a person of its own SSO", { sso: ACME }, [], { sso: ACME, inside: [ACME] }],
    ["of a person of an SSO that it trusts", { sso: GLOBEX }, [GLOBEX], { sso: GLOBEX, inside: [ACME] }],
    ["of a person who is inside another", { inside: [GLOBEX] }, [], { inside: [GLOBEX, ACME] }],
    ["of a person who is one already", { inside: [ACME] }, [], undefined],
    ["T7G: is refused for a person of Globex's SSO", { sso: GLOBEX }, [], null],
    [
      "T7G: is refused for them even if they are inside already",
      { sso: GLOBEX, inside: [ACME] },
      [INITECH],
      null,
    ],
  ])("%s", (_, before, trusts, after) => {
    const present = spoken(before);
    const next = afterMembership(present, organization(ACME, { trusts }));
    expect(next === present ? undefined : next).toEqual(after && spoken(after));
  });
});

describe("a merger of Globex into Acme", () => {
  it.each<[string, Known, Known | undefined]>([
    ["leaves other people alone", { by: MAILBOX, sso: INITECH, inside: [INITECH] }, undefined],
    ["replaces Globex as the first", { by: GLOBEX }, { by: ACME }],
    ["replaces Globex's SSO", { by: MAILBOX, sso: GLOBEX }, { by: MAILBOX, sso: ACME }],
    [
      "replaces Globex's members",
      { by: INITECH, inside: [INITECH, GLOBEX] },
      { by: INITECH, inside: [INITECH, ACME] },
    ],
    ["names Acme once", { inside: [ACME, GLOBEX] }, { inside: [ACME] }],
  ])("%s", (_, before, after) => {
    const present = spoken(before);
    const next = merged(present, { from: GLOBEX, into: ACME, at: NOW });
    expect(next === present ? undefined : next).toEqual(after && { ...spoken(after), settledAt: NOW });
  });
});

describe("an operator's decision", () => {
  const DONE = { by: MAILBOX, sso: ACME, inside: [ACME] } as const;
  const SETTLED = { ...DONE, settledAt: NOW };
  it.each<[string, OrganizationId | null, Known, Known | undefined]>([
    ["allows a mailbox beside Globex", null, { by: GLOBEX, sso: GLOBEX }, { by: MAILBOX, sso: GLOBEX }],
    ["changes nothing if a mailbox came first", null, { by: MAILBOX, sso: GLOBEX }, undefined],
    ["changes nothing if `by` is empty", null, { inside: [GLOBEX] }, undefined],
    ["gives a person to Acme", ACME, { by: GLOBEX, sso: GLOBEX }, { ...SETTLED, inside: [] }],
    ["gives them to Acme even if the mailbox came first", ACME, { by: MAILBOX }, { ...SETTLED, inside: [] }],
    ["gives them to Acme even if Acme came first", ACME, { ...DONE, by: ACME }, SETTLED],
    ["drops organizations that do not trust Acme", ACME, { ...DONE, inside: [ACME, GLOBEX] }, SETTLED],
    ["keeps organizations that trust Acme", ACME, { inside: [INITECH] }, { ...SETTLED, inside: [INITECH] }],
    ["changes nothing the second time", ACME, { ...DONE, inside: [ACME, INITECH] }, undefined],
  ])("%s", (_, organizationId, before, after) => {
    const present = spoken(before);
    const next = allowed(present, { organizationId, trusting: new Set([INITECH]), at: NOW });
    expect(next === present ? undefined : next).toEqual(after && spoken(after));
  });
});

it.each<[Known, boolean]>([
  [{}, true],
  [{ settledAt: NOW, version: 1 }, true],
  [{ by: MAILBOX }, false],
  [{ sso: ACME }, false],
  [{ inside: [ACME] }, false],
])("a user with %j is unclaimed: %s", (known, isSo) => {
  expect(isUnclaimed(spoken(known))).toBe(isSo);
});
