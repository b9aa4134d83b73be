import { describe, expect, it } from "vitest";
import { ROLES, type Role } from "../../wire/index.ts";
import { domainOf } from "../email.ts";
import type { Membership } from "../membership.ts";
import {
  acmeAndGlobex,
  BY_PASSWORD,
  type MemoryPorts,
  membership,
  memoryPorts,
  signedIn,
} from "../testing/memory-ports.ts";
import { ACME, ENTRA, JANE, JANE_EMAIL, JOE, organization, UNBOUNDED } from "../testing/people.ts";
import { janeAs, operator, reasonOf } from "../testing/standings.ts";
import { mayActOn, mayGrant, requireRole } from "./standing.ts";

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
        role: held,
        userId: JANE,
        actor: `user:${JANE}`,
        via: "console",
        batchId: null,
        membership: expect.objectContaining({ userId: JANE, role: held }),
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
  const grants = actors.map((by) => ROLES.filter((role) => mayGrant(by, role)).join(" "));
  expect(grants).toEqual(["member", "member admin", all, all]);
});
