import { beforeEach, expect, it } from "vitest";
import { MAILBOX, noSpeakers } from "../identity/speakers.ts";
import { meanwhile } from "../testing/meanwhile.ts";
import { MemoryAdministration } from "../testing/memory-administration.ts";
import { acmeAndGlobex, membership, spoken } from "../testing/memory-ports.ts";
import {
  ACME,
  acmeAlone,
  GLOBEX,
  INITECH,
  inside,
  JANE,
  link,
  organization,
  UNBOUNDED,
} from "../testing/people.ts";
import { allowOrganization, planAllowance, readAllowance } from "./allow.ts";

const OF_GLOBEX = { ...noSpeakers(JANE), by: GLOBEX, sso: GLOBEX, inside: inside(GLOBEX), rev: "1" };

let stores: MemoryAdministration;
beforeEach(() => {
  stores = new MemoryAdministration(acmeAndGlobex());
});

const allow = (organizationId: typeof ACME | null) =>
  allowOrganization({ userId: JANE, organizationId }, stores, UNBOUNDED);

it.each([
  ["an organization", ACME, {}, { by: MAILBOX, sso: ACME, inside: [] }],
  ["one that the other trusts", ACME, { trusts: [ACME] }, { by: MAILBOX, sso: ACME, inside: inside(GLOBEX) }],
  ["a login that is not SSO", null, {}, { by: MAILBOX, sso: GLOBEX, inside: inside(GLOBEX) }],
] as const)("allows %s, and writes one audit entry", async (_, organizationId, settings, expected) => {
  stores.organizations.put(organization(GLOBEX, settings));
  stores.identities.spoken.set(JANE, OF_GLOBEX);
  expect(await allow(organizationId)).toBe(true);
  expect(await stores.speakers.find(JANE, UNBOUNDED)).toMatchObject(expected);
  expect(stores.identities.entries).toMatchObject([
    { at: stores.time, actor: "operator:jo", action: "identity-allowed", userId: JANE, organizationId },
  ]);
});

it("records nothing when the organization speaks for the user already", async () => {
  await allow(ACME);
  stores.time = "2026-11-26T00:00:00.000Z";
  expect(await allow(ACME)).toBe(false);
  expect(stores.audited).toHaveLength(1);
});

it("brings nobody back who was erased: a relink says by which account", async () => {
  const isErased = { reason: "CONFLICT", hint: expect.stringContaining("identity relink") };
  stores.identities.spoken.set(JANE, { ...OF_GLOBEX, erasedAt: stores.time });
  await expect(allow(ACME)).rejects.toMatchObject(isErased);
  const planned = planAllowance({ userId: JANE, organizationId: ACME }, stores, UNBOUNDED);
  await expect(planned).rejects.toMatchObject(isErased);
});

it("is decided again on what a login has stored meanwhile", async () => {
  meanwhile(stores, () => stores.identities.spoken.set(JANE, { ...OF_GLOBEX, rev: "2" }));
  expect(await allow(ACME)).toBe(true);
  expect(await stores.speakers.find(JANE, UNBOUNDED)).toMatchObject({ by: MAILBOX, sso: ACME, inside: [] });
  expect(stores.audited).toEqual(["operator:jo identity-allowed acme"]);
});

it("plans an allowance for a user who is known by a link, a membership or a speaker", async () => {
  const plan = (organizationId = ACME) => planAllowance({ userId: JANE, organizationId }, stores, UNBOUNDED);
  await expect(plan(INITECH)).rejects.toMatchObject({ reason: "NOT_FOUND", kind: "organization" });
  await expect(plan()).rejects.toMatchObject({ reason: "NOT_FOUND", kind: "user" });
  stores.identities.spoken.set(JANE, OF_GLOBEX);
  expect(await plan()).toEqual(OF_GLOBEX);
  stores.identities.spoken.clear();
  await stores.identities.create(link());
  expect(await plan()).toEqual(noSpeakers(JANE));
  stores.identities.links.clear();
  stores.memberships.put(membership());
  expect(await plan()).toEqual(noSpeakers(JANE));
});

it.each<[string, readonly (typeof ACME)[], typeof ACME | null, readonly (typeof ACME)[]]>([
  ["those that do and still exist", [GLOBEX, INITECH], ACME, [GLOBEX]],
  ["nobody if none of them does", [ACME], GLOBEX, []],
  ["nobody if they trust another one", [GLOBEX], INITECH, []],
  ["nobody for a login without an organization", [GLOBEX], null, []],
])("the allowance names who trusts an organization: %s", async (_, ids, organizationId, expected) => {
  const trusting = acmeAlone()
    .put(organization(ACME))
    .put(organization(GLOBEX, { trusts: [ACME] }));
  stores = new MemoryAdministration(trusting);
  spoken(stores, { inside: inside(...ids) });
  const ground = await readAllowance({ userId: JANE, organizationId }, stores, UNBOUNDED);
  expect([...ground.trusting]).toEqual(expected);
});
