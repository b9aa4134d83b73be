import { describe, expect, it, vi } from "vitest";
import { ROLES, type Role } from "../../wire/index.ts";
import { domainOf } from "../email.ts";
import type { Membership } from "../membership/membership.ts";
import { MAX_OWNERS } from "../membership/owners.ts";
import {
  acmeAndGlobex,
  BY_PASSWORD,
  type MemoryPorts,
  membership,
  memoryPorts,
  signedIn,
} from "../testing/memory-ports.ts";
import {
  ACME,
  ENTRA,
  JANE,
  JANE_EMAIL,
  JOE,
  organization,
  UNBOUNDED,
  userNumber,
} from "../testing/people.ts";
import { janeAs, operator, reasonOf } from "../testing/standings.ts";
import { listOwner, mayActOn, mayGrant, requireRole } from "./standing.ts";

function member(overrides: Partial<Membership>): MemoryPorts {
  const ports = memoryPorts(acmeAndGlobex());
  ports.memberships.put(membership(overrides));
  return ports;
}

const requiring = async (ports: MemoryPorts, required: Role) =>
  requireRole(await signedIn(ports, BY_PASSWORD), { organizationId: ACME, required }, ports, UNBOUNDED);

describe("a required role", () => {
  it.each(ROLES.flatMap((held, at) => ROLES.map((role, needed) => [held, role, needed <= at] as const)))(
    "an %s has the role %s: %s",
    async (held, role, isEnough) => {
      const standing = requiring(member({ role: held }), role);
      if (!isEnough) return expect(await reasonOf(standing)).toBe("ROLE_REQUIRED");
      expect(await standing).toEqual({
        organization: organization(ACME, { domains: [domainOf(JANE_EMAIL)], connections: [ENTRA.name] }),
        ...{ role: held, userId: JANE, actor: `user:${JANE}`, via: "console" },
      });
    },
  );

  it("is refused without a membership that counts, before the role is looked at", async () => {
    const removed = member({ status: "removed", role: "owner" });
    expect(await reasonOf(requiring(removed, "owner"))).toBe("NOT_A_MEMBER");
    expect(removed.identities.entries).toEqual([]);
  });
});

it("ranks: who acts on whom, and who grants what", async () => {
  const actors = [await janeAs("member"), await janeAs("admin"), await janeAs("owner"), await operator()];
  const acts = (userId: Membership["userId"]) =>
    actors.map((by) => ROLES.filter((role) => mayActOn(by, { role, userId })).join(" "));
  const all = "member admin owner";
  expect(acts(JOE)).toEqual(["", "member", all, all]);
  expect(acts(JANE)).toEqual(["", "", all, all]);
  expect(actors.map((by) => ROLES.filter((role) => mayGrant(by, role)).join(" "))).toEqual([
    ...["member", "member admin", all, all],
  ]);
});

describe("an owner who changes something", () => {
  const given = (present: Partial<Membership>, ...userIds: Membership["userId"][]) => {
    const ports = member({ role: "owner", rev: "1", ...present });
    ports.memberships.listed.set(ACME, { organizationId: ACME, userIds, rev: "1" });
    return ports;
  };
  const owners = ({ memberships }: MemoryPorts) => memberships.listed.get(ACME)?.userIds;
  const listing = async (ports: MemoryPorts, role: Role) => listOwner(await janeAs(role), ports, UNBOUNDED);

  it("is added to the list that a crash has left them out of, once, and nothing is recorded", async () => {
    const ports = given({}, JOE);
    await listing(ports, "owner");
    const listed = ports.memberships.listed.get(ACME);
    expect(listed?.userIds).toEqual([JOE, JANE]);
    const writes = [vi.spyOn(ports.memberships, "replace"), vi.spyOn(ports.owners, "replace")];
    await listing(ports, "owner");
    expect([writes.map(({ mock }) => mock.calls), ports.memberships.listed.get(ACME)]).toEqual([
      [[], []],
      listed,
    ]);
    expect(ports.identities.entries).toEqual([]);
  });

  it("begins the list where none is stored", async () => {
    const ports = member({ role: "owner" });
    await listing(ports, "owner");
    expect(owners(ports)).toEqual([JANE]);
  });

  it("acts without being listed where the list is full", async () => {
    const others = Array.from({ length: MAX_OWNERS }, (_, n) => userNumber(n + 10));
    const ports = given({}, ...others);
    await listing(ports, "owner");
    expect(owners(ports)).toEqual(others);
  });

  it.each<[string, Partial<Membership>]>([
    ["is not an owner any more", { role: "admin" }],
    ["was removed", { status: "removed" }],
  ])("is refused who %s meanwhile", async (_, present) => {
    const ports = given(present, JOE);
    expect(await reasonOf(listing(ports, "owner"))).toBe("ROLE_REQUIRED");
    expect(owners(ports)).toEqual([JOE]);
  });

  it.each(["member", "admin"] as const)("need not be one: an %s reads no list", async (role) => {
    const ports = given({ role }, JOE);
    const find = vi.spyOn(ports.owners, "find");
    await listing(ports, role);
    expect([find.mock.calls, owners(ports)]).toEqual([[], [JOE]]);
  });

  it("need not be one: an operator reads no list", async () => {
    const ports = given({}, JOE);
    await listOwner(await operator(), ports, UNBOUNDED);
    expect(owners(ports)).toEqual([JOE]);
  });

  it("hears that the store is unavailable", async () => {
    const ports = given({}, JOE);
    vi.spyOn(ports.owners, "replace").mockRejectedValue(new Error("no answer"));
    await expect(listing(ports, "owner")).rejects.toThrow("no answer");
  });
});
