import { expect } from "vitest";
import { fresh } from "../simulator/people.ts";
import { whose } from "../simulator/stack.ts";
import { atAcme, invitedTo, type Rows, roleIn, roleOf } from "./restore-world.ts";

/** Memberships that end, and come back to life in a restored table. */
export const REVIVED_MEMBERS: Rows = {
  "a member was removed": async ({ login }) => {
    const token = await login.entra(atAcme("removed"));
    let userId = "";
    return {
      before: async (world) => {
        userId = await whose(world.server, token);
      },
      change: ({ table }) => table.run("member", "remove", "acme", userId),
      lost: async (table) => expect(await roleOf(table, "acme", userId)).toBe("member"),
      settled: async (world) => expect(await whose(world.server, token)).toBe("MEMBERSHIP_REMOVED"),
    };
  },

  "a member joined and was removed": async ({ login }) => {
    const token = await login.entra(atAcme("brief"));
    let userId = "";
    return {
      change: async (world) => {
        userId = await whose(world.server, token);
        await world.table.run("member", "remove", "acme", userId);
      },
      lost: async (table) =>
        expect(await table.run("member", "list", "acme", "--query", userId)).toContain("No member"),
      settled: async (world) => expect(await whose(world.server, token)).toBe("MEMBERSHIP_REMOVED"),
    };
  },

  "a member left": async ({ login }) => {
    const token = await login.entra(atAcme("left"));
    let userId = "";
    return {
      before: async (world) => {
        userId = await whose(world.server, token);
      },
      change: ({ server }) => server.client(token).org.members.leave.mutate({ organizationId: "acme" }),
      lost: async (table) => expect(await roleOf(table, "acme", userId)).toBe("member"),
      settled: async (world) => expect(await whose(world.server, token)).toBe("MEMBERSHIP_REMOVED"),
    };
  },

  "a role was changed": async ({ login }) => {
    const token = await login.entra(atAcme("demoted"));
    const otherOwner = await login.entra("boss@acme.example");
    let userId = "";
    return {
      before: async (world) => {
        userId = await whose(world.server, token);
        await world.table.run("member", "set-role", "acme", userId, "owner", "--force");
        await whose(world.server, otherOwner);
      },
      change: ({ table }) => table.run("member", "set-role", "acme", userId, "member"),
      lost: async (table) => expect(await roleOf(table, "acme", userId)).toBe("owner"),
      settled: async (world) => expect(await roleIn(world, token, "acme")).toBe("member"),
    };
  },

  "an invitation was revoked": async () => {
    const email = `${fresh("revoked")}@freelance.example`;
    return {
      before: ({ table }) => table.run("invitation", "create", "acme", email, "--role", "admin"),
      change: ({ table }) => table.run("invitation", "revoke", "acme", email),
      lost: async (table) => expect(await invitedTo(table, "acme")).toContain(email),
      settled: async ({ table }) => expect(await invitedTo(table, "acme")).not.toContain(email),
    };
  },
};
