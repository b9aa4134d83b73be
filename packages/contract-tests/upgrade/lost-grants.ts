import { expect } from "vitest";
import { fresh } from "../simulator/people.ts";
import { whose } from "../simulator/stack.ts";
import { atAcme, claim, invitedTo, type Rows, roleIn, roleOf, stateOf } from "./restore-world.ts";

/** What was granted, which a restored table does not have. */
export const LOST_GRANTS: Rows = {
  "a user joined an organization": async ({ login }) => {
    const token = await login.password(`${fresh("joiner")}@hooli.example`);
    return {
      change: ({ server }) => server.client(token).org.join.mutate({ organizationId: "hooli" }),
      lost: async (table) => expect(await table.run("member", "list", "hooli")).not.toContain("joiner"),
      settled: async (world) => expect(await roleIn(world, token, "hooli")).toBe("member"),
    };
  },

  "an invitation was accepted": async ({ login }) => {
    const addresses = [atAcme("insider"), `${fresh("outsider")}@freelance.example`] as const;
    const tokens = [await login.entra(addresses[0]), await login.password(addresses[1])] as const;
    const inside = { organizationId: "acme" };
    return {
      before: ({ table }) => table.run("invitation", "create", "acme", ...addresses, "--role", "admin"),
      change: async (world) => {
        await whose(world.server, tokens[0]);
        await world.server.client(tokens[1]).org.invitations.accept.mutate(inside);
      },
      lost: async (table) =>
        expect(await invitedTo(table, "acme")).toEqual(expect.arrayContaining([...addresses])),
      settled: async (world) => {
        for (const token of tokens) expect(await roleIn(world, token, "acme")).toBe("admin");
      },
    };
  },

  "a removed member was restored": async ({ login }) => {
    const token = await login.entra(atAcme("returned"));
    let userId = "";
    return {
      before: async (world) => {
        userId = await whose(world.server, token);
        await world.table.run("member", "remove", "acme", userId);
      },
      change: ({ table }) => table.run("member", "restore", "acme", userId),
      lost: async (table) => expect(await roleOf(table, "acme", userId)).toBeNull(),
      settled: async (world) => {
        expect(await whose(world.server, token)).toBe("MEMBERSHIP_REMOVED");
        await world.table.run("member", "restore", "acme", userId);
        expect(await whose(world.server, token)).toBe(userId);
      },
    };
  },

  "an invitation was sent": async () => {
    const email = `${fresh("late")}@freelance.example`;
    const invite = ["invitation", "create", "acme", email, "--role", "member"];
    return {
      change: ({ table }) => table.run(...invite),
      lost: async (table) => expect(await invitedTo(table, "acme")).not.toContain(email),
      settled: async ({ table }) => {
        await table.run(...invite);
        expect(await invitedTo(table, "acme")).toContain(email);
      },
    };
  },

  "a domain was verified": async (setting) => {
    const domain = `${fresh("proved")}.example`;
    return {
      before: (world) => claim(world, domain, setting),
      change: ({ table }) => table.run("domain", "check", "acme", domain),
      lost: async (table) => expect(await stateOf(table, "acme", domain)).toBe("pending"),
      settled: async ({ table }) =>
        expect(await table.run("domain", "check", "acme", domain)).toContain("is verified"),
    };
  },

  "an organizations file was applied": async ({ organizationsFile }) => {
    const apply = ["org", "apply", organizationsFile, "--yes"];
    return {
      change: ({ table }) => table.run(...apply),
      lost: async (table) => expect(await table.run("org", "list")).not.toContain("newco"),
      settled: async ({ table }) => {
        await table.run(...apply);
        expect(await table.run("org", "show", "newco")).toContain("Newco");
      },
    };
  },
};
