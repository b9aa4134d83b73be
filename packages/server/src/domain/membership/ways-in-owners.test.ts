import { beforeEach, describe, expect, it, vi } from "vitest";
import { recordNameOf, recordValueOf } from "../domain-proof.ts";
import { checkDomain } from "../domains/domains.ts";
import { leave, removeMember, setRole } from "../members/members.ts";
import type { MemoryAdministration } from "../testing/memory-administration.ts";
import { ACME, JANE, UNBOUNDED } from "../testing/people.ts";
import { missingFor, OPERATOR, oneself } from "../testing/standings.ts";
import {
  type Beginning,
  CONNECTIONS,
  DOMAINS,
  member,
  owner,
  PEOPLE,
  SSO_ENFORCED,
  storesAt,
} from "../testing/ways-in.ts";
import { isOwner } from "./owners.ts";
import { missingWayIn } from "./ways-in.ts";

const [ENTRA, OKTA] = CONNECTIONS;
const [OWN, OUTSIDE] = DOMAINS;
const GUEST = PEOPLE[2].userId;

let stores: MemoryAdministration;
async function given(changes: Partial<Beginning> = {}): Promise<void> {
  stores = (await storesAt({ ...SSO_ENFORCED, ...changes })) ?? expect.fail("somebody is locked out already");
}
beforeEach(() => given());

const stored = () => stores.organizations.organizations.get(ACME) ?? expect.fail();
const listed = () => stored().owners;

const NOBODY =
  "no owner could sign in afterwards: another one must sign in through the organization's SSO first";
const NO_OWNER = `SSO is enforced, and ${NOBODY}`;

describe("an owner", () => {
  const JANES = owner(ENTRA.name);
  const VERBS = {
    remove: (userId: typeof JANE) => removeMember(OPERATOR, userId, stores, UNBOUNDED),
    demote: (userId: typeof JANE) =>
      setRole(OPERATOR, { userId, role: "admin", expectedRole: null }, stores, UNBOUNDED),
    leave: (userId: typeof JANE) => leave(OPERATOR, oneself(userId), stores, UNBOUNDED),
  };
  describe.each(Object.entries(VERBS))("%s", (_, verb) => {
    it.each<[string, Partial<Beginning>, string]>([
      ["is refused where no other owner could sign in", {}, NO_OWNER],
      ["where another one is linked, done", { people: [JANES, owner(OKTA.name), member()] }, "done"],
      ["where another one is exempt, done", { people: [JANES, member(), owner()] }, "done"],
      ["where SSO is optional, done", { enforced: false }, "done"],
    ])("%s", async (__, changes, hint) => {
      await given(changes);
      expect(await missingFor(verb(JANE))).toBe(hint);
      const isStill = isOwner((await stores.memberships.find(ACME, JANE)) ?? expect.fail());
      expect([isStill, listed().includes(JANE)]).toEqual([hint !== "done", hint !== "done"]);
    });

    it("asks nothing of the ways in of somebody else", async () => {
      const find = vi.spyOn(stores.organizations, "find");
      await verb(GUEST);
      expect([find.mock.calls, stored().rev]).toEqual([[], "1"]);
    });
  });

  it("is LAST_OWNER first when they are the last one", async () => {
    await given({ people: [owner(ENTRA.name), member(), member()] });
    await expect(VERBS.remove(JANE)).rejects.toMatchObject({ reason: "LAST_OWNER" });
  });
});

describe("a domain that is verified", () => {
  const UNLINKED: Partial<Beginning> = { people: [owner(), owner(), owner()] };
  it.each<[string, Partial<Beginning>, string]>([
    ["ends the exemption of the only owner who could sign in", UNLINKED, NO_OWNER],
    ["ends it, and another owner is linked", { people: [owner(), owner(OKTA.name), owner()] }, "done"],
    ["ends it, and SSO is optional", { ...UNLINKED, enforced: false }, "done"],
  ])("%s", async (_, changes, hint) => {
    await given({ ...changes, domains: ["verified", "claimed"] });
    const { claim } = await stores.domains.find(ACME, OUTSIDE);
    stores.dns.set(recordNameOf(OUTSIDE), recordValueOf(claim?.proof ?? expect.fail("it is claimed")));
    expect(await missingFor(checkDomain(OPERATOR, OUTSIDE, stores, UNBOUNDED))).toBe(hint);
    expect((await stores.domains.find(ACME, OUTSIDE)).domain === null).toBe(hint !== "done");
  });
});

describe("enforcing SSO", () => {
  const DAY_MS = 86_400_000;
  const ENTRA_OFF: Partial<Beginning> = { connections: ["disabled", "enabled"] };
  const BY_ANY =
    "sign in through one of the organization's connections first: enforcing SSO would lock you out";
  const AGAIN = `test the connection ${ENTRA.name} again: its last test is older than 7 days`;
  const BY_OKTA = `sign in through the connection ${OKTA.name} first: enforcing SSO would lock you out`;
  it.each<[string, Partial<Beginning>, { login?: string | null; days?: number | null }, string]>([
    ["a way in", {}, {}, "done"],
    ["no domain", { domains: ["claimed", "lapsed"] }, {}, "verify a domain"],
    ["a lapsed and a verified domain", { domains: ["lapsed", "verified"] }, {}, "done"],
    ["no connection", { connections: ["disabled", "disabled"] }, {}, "set up and enable an SSO connection"],
    ["another login", {}, { login: null }, BY_ANY],
    ["another login, one connection", ENTRA_OFF, { login: null }, BY_OKTA],
    ["a login of a disabled connection", ENTRA_OFF, {}, BY_OKTA],
    ["no test", {}, { days: null }, `test the connection ${ENTRA.name} first`],
    ["a test of today", {}, { days: 7 }, "done"],
    ["an old test", {}, { days: 7.001 }, AGAIN],
    ["an old test of another one", {}, { login: OKTA.name, days: 8 }, "done"],
    ["somebody demoted", { people: [member(ENTRA.name), owner(), member()] }, {}, NOBODY],
  ])("is judged with %s", async (_, changes, { login = ENTRA.name, days = 0 }, hint) => {
    await given({ ...changes, enforced: false });
    const present = (await stores.connections.find(ENTRA.name)) ?? expect.fail();
    const testedAt = days === null ? null : new Date(Date.parse(stores.time) - days * DAY_MS).toISOString();
    stores.connections.put({ ...present, testedAt, rev: "2" });
    const enforcer = { userId: JANE, login };
    expect((await missingWayIn(stored(), enforcer, stores, UNBOUNDED)) ?? "done").toBe(hint);
  });

  it("is refused with a domain whose record is missing", async () => {
    await given({ enforced: false });
    const { domain } = await stores.domains.find(ACME, OWN);
    const proof = { token: "", checkedAt: null, found: null, missingSince: stores.time, reminders: 1 };
    stores.domains.put({ ...(domain ?? expect.fail()), proof, rev: "2" });
    const enforcer = { userId: JANE, login: ENTRA.name };
    expect(await missingWayIn(stored(), enforcer, stores, UNBOUNDED)).toBe(
      `the record of ${OWN} is missing: set it, and check the domain again`,
    );
  });
});
