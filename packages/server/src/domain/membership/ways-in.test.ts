import { beforeEach, describe, expect, it, vi } from "vitest";
import { removeConnection, updateConnection } from "../connections/connections.ts";
import { recordNameOf, recordValueOf } from "../domain-proof.ts";
import { checkDomain, releaseDomain } from "../domains/domains.ts";
import { leave, removeMember, setRole } from "../members/members.ts";
import { recordEvent } from "../revocation/record.ts";
import { meanwhile } from "../testing/meanwhile.ts";
import type { MemoryAdministration } from "../testing/memory-administration.ts";
import { membership } from "../testing/memory-ports.ts";
import { ACME, GLOBEX, JANE, JOE, UNBOUNDED } from "../testing/people.ts";
import { missingFor, OPERATOR, oneself } from "../testing/standings.ts";
import {
  type Beginning,
  CONNECTIONS,
  DOMAINS,
  linkOf,
  member,
  owner,
  PEOPLE,
  SSO_ENFORCED,
  storesAt,
} from "../testing/ways-in.ts";
import { isOwner } from "./owners.ts";
import type { Owner } from "./standing.ts";
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
const LAST_DOMAIN =
  "SSO is enforced, and this is the last verified domain with its record: verify another one, or switch the SSO requirement off";
const LAST_CONNECTION =
  "SSO is enforced, and this is the last enabled connection: enable another one, or switch the SSO requirement off";
const NOBODY =
  "no owner could sign in afterwards: another one must sign in through the organization's SSO first";
const NO_OWNER = `SSO is enforced, and ${NOBODY}`;
const JANES = owner(ENTRA.name);

/** Every decision, at the same beginning; what is decided on is what is left afterwards. */
const domain = async (name = OWN) => (await stores.domains.find(ACME, name)).domain;
const missing = async (name: typeof OWN) => {
  const proof = { token: "", checkedAt: null, found: null, missingSince: stores.time, reminders: 1 };
  stores.domains.put({ ...((await domain(name)) ?? expect.fail()), proof, rev: "2" });
};
const connection = async () => (await stores.connections.find(ENTRA.name)) ?? expect.fail();
const releasing = () => releaseDomain(OPERATOR, OWN, stores, UNBOUNDED);
const verifying = async () => {
  const { claim } = await stores.domains.find(ACME, OUTSIDE);
  stores.dns.set(recordNameOf(OUTSIDE), recordValueOf(claim?.proof ?? expect.fail("it is claimed")));
  await checkDomain(OPERATOR, OUTSIDE, stores, UNBOUNDED);
};
const switchedOff = (by: Owner = OPERATOR) =>
  updateConnection(by, { name: ENTRA.name, enabled: false }, stores, UNBOUNDED);
const removed = (by: Owner = OPERATOR) => removeConnection(by, ENTRA.name, stores, UNBOUNDED);

describe("a domain that is released", () => {
  it.each<[string, Partial<Beginning>, string]>([
    ["is the last one", {}, LAST_DOMAIN],
    ["is the last one, and SSO is not enforced", { enforced: false }, "done"],
    ["leaves another one", { domains: ["verified", "verified"] }, "done"],
    ["leaves one that has lapsed", { domains: ["verified", "lapsed"] }, LAST_DOMAIN],
    ["leaves one that is claimed", { domains: ["verified", "claimed"] }, LAST_DOMAIN],
  ])("%s, whatever the index shows", async (_, changes, hint) => {
    await given(changes);
    vi.spyOn(stores.domains, "list").mockRejectedValue(new Error("it lags"));
    const before = await domain();
    expect(await missingFor(releasing())).toBe(hint);
    expect(await domain()).toEqual(hint === "done" ? null : before);
  });
});

it("a domain that is released leaves none whose record is missing", async () => {
  await given({ domains: ["verified", "verified"] });
  await missing(OUTSIDE);
  expect(await missingFor(releasing())).toBe(LAST_DOMAIN);
});

describe("a connection that an owner switches off while SSO is optional", () => {
  const OWNER = { ...OPERATOR, userId: JANE, actor: `user:${JANE}` } as const;
  it.each<[string, Beginning["people"][number], string]>([
    ["leaves one who has signed in with a password", owner(ENTRA.name, "auth0"), "done"],
    ["leaves one who has signed in through another connection", owner(ENTRA.name, OKTA.name), "done"],
    [
      "leaves nobody",
      owner(ENTRA.name),
      "no owner could sign in afterwards: an owner must sign in another way first, for example with a password",
    ],
  ])("%s", async (_, jane, hint) => {
    await given({ enforced: false, people: [jane, member("auth0"), member(OKTA.name)] });
    stores.connections.put({ ...(await connection()), origin: "self-service" });
    expect(await missingFor(switchedOff(OWNER))).toBe(hint);
    expect((await connection()).state).toBe(hint === "done" ? "disabled" : "enabled");
  });
});

describe.each([
  ["switched off", switchedOff, "disabled"],
  ["removed", removed, "removed"],
] as const)("a connection that is %s", (_, leaving, state) => {
  const ONLY_ENTRA: Partial<Beginning> = { people: [JANES, owner(), member()] };
  const GUEST_TOO: Partial<Beginning> = { people: [JANES, owner(), owner()] };
  const OKTA_OFF: Partial<Beginning> = { connections: ["enabled", "disabled"] };
  it.each<[string, Partial<Beginning>, string]>([
    ["leaves another one that an owner is linked by", {}, "done"],
    ["is the last one", OKTA_OFF, LAST_CONNECTION],
    ["is the last one, and SSO is optional", { ...OKTA_OFF, enforced: false }, "done"],
    ["leaves one that no owner is linked by, or an exempt member", ONLY_ENTRA, NO_OWNER],
    ["leaves one like that, and SSO is optional", { ...ONLY_ENTRA, enforced: false }, "done"],
    ["leaves one that a member is linked by", { people: [JANES, member(OKTA.name), member()] }, NO_OWNER],
    ["leaves an exempt owner", GUEST_TOO, "done"],
    ["leaves a guest of a verified domain", { ...GUEST_TOO, domains: ["verified", "verified"] }, NO_OWNER],
    ["leaves a guest of one that has lapsed", { ...GUEST_TOO, domains: ["verified", "lapsed"] }, NO_OWNER],
    ["leaves a guest of one that is claimed", { ...GUEST_TOO, domains: ["verified", "claimed"] }, "done"],
  ])("%s", async (__, changes, hint) => {
    await given(changes);
    expect(await missingFor(leaving())).toBe(hint);
    expect((await connection()).state).toBe(hint === "done" ? state : "enabled");
  });

  it.each<[string, () => unknown]>([
    ["blocked", () => stores.identities.blocked.add(JANE)],
    ["blocked at the identity provider in the account that is left", () => blockAccount(JANE, OKTA.name)],
    ["linked for another organization", () => relink({ organizationId: GLOBEX })],
    ["linked before the connection was registered", () => relink({ organizationId: null })],
    ["linked by a connection that has moved", () => moveOkta()],
    ["listed, and no owner", () => stores.memberships.put(membership({ userId: JANE, role: "admin" }))],
  ])("leaves an owner who is %s", async (__, change) => {
    await change();
    expect(await missingFor(leaving())).toBe(NO_OWNER);
  });

  it.each<[string, () => unknown, string]>([
    ["exempt, and blocked in the only account", () => {}, NO_OWNER],
    ["exempt, and blocked in one of two accounts", () => linkGuest("samlp"), "done"],
  ])("leaves an owner who is %s", async (__, change, hint) => {
    await given({ people: [JANES, owner(), owner("auth0")] });
    await blockAccount(GUEST, "auth0");
    await change();
    expect(await missingFor(leaving())).toBe(hint);
  });

  it("asks nothing of the ways in while it is disabled", async () => {
    await given({
      connections: ["disabled", "enabled"],
      people: [owner(), owner(), member()],
      enforced: false,
    });
    stores.organizations.put({ ...stored(), enforceSso: true });
    expect(await missingFor(leaving())).toBe("done");
    expect((await connection()).state).toBe(state);
  });

  const linkGuest = (connection: string) => stores.identities.create(linkOf(GUEST, connection));

  function blockAccount(userId: typeof JANE, connection: string): Promise<boolean> {
    const event = { change: "blocked", at: new Date(stores.time) } as const;
    return recordEvent(linkOf(userId, connection), event, stores, UNBOUNDED);
  }

  function relink(change: { organizationId: typeof GLOBEX | null }): void {
    stores.identities.links.clear();
    stores.identities.put({ ...linkOf(JANE, OKTA.name), ...change });
  }

  async function moveOkta(): Promise<void> {
    const present = (await stores.connections.find(OKTA.name)) ?? expect.fail();
    stores.connections.put({ ...present, organizationId: GLOBEX });
    // Another one stays, so that it is not the last.
    stores.connections.begin({ ...present, name: "third" });
  }
});

describe("an owner", () => {
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
      expect([isStill, stored().owners.includes(JANE)]).toEqual([hint !== "done", hint !== "done"]);
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
    expect(await missingFor(verifying())).toBe(hint);
    expect((await domain(OUTSIDE)) === null).toBe(hint !== "done");
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
    const present = await connection();
    const testedAt = days === null ? null : new Date(Date.parse(stores.time) - days * DAY_MS).toISOString();
    stores.connections.put({ ...present, testedAt, rev: "2" });
    const enforcer = { userId: JANE, login };
    expect((await missingWayIn(stored(), enforcer, stores, UNBOUNDED)) ?? "done").toBe(hint);
  });

  it("is refused with a domain whose record is missing", async () => {
    await given({ enforced: false });
    await missing(OWN);
    const enforcer = { userId: JANE, login: ENTRA.name };
    expect(await missingWayIn(stored(), enforcer, stores, UNBOUNDED)).toBe(
      `the record of ${OWN} is missing: set it, and check the domain again`,
    );
  });
});

const BOTH: Partial<Beginning> = { domains: ["verified", "verified"] };
const DECISIONS: Record<string, [() => Promise<unknown>, Partial<Beginning>]> = {
  "a domain that is released": [releasing, BOTH],
  "a connection that is switched off": [switchedOff, BOTH],
  "an owner who is removed": [() => removeMember(OPERATOR, JOE, stores, UNBOUNDED), BOTH],
  "a domain that is verified": [verifying, { domains: ["verified", "claimed"] }],
};

describe.each(Object.entries(DECISIONS))("the decision on %s", (name, [decide, beginning]) => {
  it.each([true, false])(
    "changes the revision of the organization and no setting, enforced: %s",
    async (enforced) => {
      await given({ ...beginning, enforced });
      const before = stored();
      await decide();
      const { domains, claims, owners, rev } = stored();
      expect(stored()).toEqual({ ...before, domains, claims, owners, rev });
      expect(rev).not.toBe(before.rev);
    },
  );

  it("is made again when the organization has changed", async () => {
    await given({ ...beginning, enforced: false });
    meanwhile(stores, () => {
      stores.organizations.put({ ...stored(), enforceSso: true, rev: "2" });
      stores.organizations.release(OUTSIDE, ACME);
      stores.identities.links.clear();
    });
    expect(await missingFor(decide())).toBe(name === "a domain that is released" ? LAST_DOMAIN : NO_OWNER);
    expect(stored().rev).toBe("2");
  });

  it("is NOT_A_MEMBER in an organization that is gone", async () => {
    await given(beginning);
    stores.organizations.organizations.clear();
    await expect(decide()).rejects.toMatchObject({ reason: "NOT_A_MEMBER" });
  });
});
