import { describe, expect, it } from "vitest";
import type { MemoryOrganizations } from "../../memory/organizations.ts";
import type { Organization } from "../organization.ts";
import {
  AS_GUEST,
  acmeAndGlobex,
  audited,
  BY_PASSWORD,
  createdMembership,
  type MemoryPorts,
  membership,
  memoryPorts,
  noJit,
  signedIn,
  spoken,
  UNVERIFIED,
  VIA_GLOBEX,
} from "../testing/memory-ports.ts";
import {
  ACME,
  acmeAlone,
  ENDED,
  GLOBEX,
  inside,
  JANE,
  organization,
  SETTINGS,
  UNBOUNDED,
} from "../testing/people.ts";
import type { VerifiedClaims } from "../token/claims.ts";
import { join, listOrganizations } from "./belonging.ts";

type Claims = Partial<VerifiedClaims>;
const BY_CODE: Claims = { ...BY_PASSWORD, subject: "email|jane" };
const SOCIAL: Claims = { ...BY_PASSWORD, subject: "google-oauth2|jane" };

/** Acme with such settings, and Globex. */
const of = (settings: Partial<Organization>) => memoryPorts(acmeAndGlobex(settings));
const acme = (overrides: Partial<Organization> = {}) => acmeAlone().put(organization(ACME, overrides));
const member = (organizations: MemoryOrganizations, status: "active" | "removed") => {
  const ports = memoryPorts(organizations);
  ports.memberships.put(membership({ status }));
  return ports;
};
/** Globex's SSO speaks for Jane. */
const globexs = () => spoken(memoryPorts(acmeAndGlobex()), { sso: GLOBEX });
const social = (organizations: MemoryOrganizations) =>
  memoryPorts(organizations, { otherStrategies: new Set([...SETTINGS.otherStrategies, "google-oauth2"]) });

/** The ids that Jane is offered. */
async function joinable(ports: MemoryPorts, login: Claims): Promise<string[]> {
  const identity = await signedIn(ports, login);
  return (await listOrganizations(identity, ports, UNBOUNDED)).joinable.map(({ id }) => id);
}

describe("a user may join", () => {
  it.each<[string, MemoryPorts, Claims, string[]]>([
    ["the organization of their domain by a password", memoryPorts(acme()), BY_PASSWORD, ["acme"]],
    ["the organization of their domain by an e-mail code", memoryPorts(acme()), BY_CODE, ["acme"]],
    ["each of several, by name", of({ name: "Zebra" }), BY_PASSWORD, ["globex", "acme"]],
    ["each of several, by id", of({ name: "globex" }), BY_PASSWORD, ["acme", "globex"]],
    ["another by SSO that it trusts", of({ trusts: [GLOBEX] }), VIA_GLOBEX, ["acme"]],
    ["the other where JIT is off at one", of({ jit: false }), BY_PASSWORD, ["globex"]],
    ["T7J: the other where one enforces SSO", of({ enforceSso: true }), BY_PASSWORD, ["globex"]],
    ["T7G: only what the SSO that speaks for them allows", globexs(), BY_PASSWORD, ["globex"]],
  ])("%s", async (_, ports, login, expected) => {
    expect(await joinable(ports, login)).toEqual(expected);
    for (const id of [ACME, GLOBEX].filter((each) => expected.includes(each))) {
      const identity = await signedIn(ports, login);
      const joined = await join(identity, id, ports, UNBOUNDED);
      expect(joined).toEqual(createdMembership({ origin: "join", organizationId: id }));
    }
    expect(await joinable(ports, login)).toEqual([]);
    expect(new Set(audited(ports))).toContain("membership-created join");
  });

  it("a user who joins gets the default role of the organization", async () => {
    const ports = memoryPorts(acme({ defaultRole: "admin" }));
    const identity = await signedIn(ports, BY_PASSWORD);
    expect(await join(identity, ACME, ports, UNBOUNDED)).toMatchObject({
      role: "admin",
      invitedFromOutside: false,
    });
    expect(ports.identities.spoken.get(JANE)).toMatchObject({ inside: inside(ACME) });
  });
});

describe("a user may not join", () => {
  it.each<[string, MemoryPorts, Claims]>([
    ["where JIT is off", memoryPorts(noJit()), BY_PASSWORD],
    ["where they are a member", member(acmeAndGlobex(), "active"), BY_PASSWORD],
    ["T48: where they were removed", member(acmeAndGlobex(), "removed"), BY_PASSWORD],
    ["where it is closed", memoryPorts(acme(ENDED)), BY_PASSWORD],
    ["by an unverified address", memoryPorts(acme()), UNVERIFIED],
    ["by an address of another domain", memoryPorts(acme()), AS_GUEST],
    ["by a social account", social(acme()), SOCIAL],
    ["where the SSO of another organization is not trusted", of({}), VIA_GLOBEX],
    ["where SSO is enforced, by a trusted one", of({ enforceSso: true, trusts: [GLOBEX] }), VIA_GLOBEX],
    ["where SSO is enforced, by a password", of({ enforceSso: true }), BY_PASSWORD],
    ["T7G: where another organization's SSO speaks for them", globexs(), BY_PASSWORD],
  ])("%s", async (_, ports, login) => {
    const before = [...ports.memberships.memberships];
    expect(await joinable(ports, login)).not.toContain(ACME);
    const identity = await signedIn(ports, login);
    await expect(join(identity, ACME, ports, UNBOUNDED)).rejects.toMatchObject({ reason: "NOT_JOINABLE" });
    expect([...ports.memberships.memberships].filter(([key]) => key.startsWith(ACME))).toEqual(before);
  });

  it("T73: an organization that the cache offers, if the store says that JIT was turned off", async () => {
    const stored = acmeAndGlobex({ jit: false });
    const ports = memoryPorts(acmeAndGlobex(), { stored });
    expect(await joinable(ports, BY_PASSWORD)).toContain(ACME); // an offer may be as old as the cache
    const identity = await signedIn(ports, BY_PASSWORD);
    await expect(join(identity, ACME, ports, UNBOUNDED)).rejects.toMatchObject({ reason: "NOT_JOINABLE" });
    expect(ports.memberships.memberships.size).toBe(0);
  });

  it("T48: an organization that removes the user during the request", async () => {
    const ports = member(acme(), "removed");
    ports.memberships.listByUser = async () => [];
    const identity = await signedIn(ports, BY_PASSWORD);
    await expect(join(identity, ACME, ports, UNBOUNDED)).rejects.toMatchObject({ reason: "NOT_JOINABLE" });
  });
});

it("does not read who may speak for a user if nothing is joinable", async () => {
  const ports = memoryPorts(noJit());
  const identity = await signedIn(ports, BY_PASSWORD);
  const unasked = { ...ports.speakers, find: () => Promise.reject(new Error("asked")) };
  expect(await listOrganizations(identity, { ...ports, speakers: unasked }, UNBOUNDED)).toMatchObject({
    joinable: [],
  });
});
