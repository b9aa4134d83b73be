import { expect } from "vitest";
import { fresh } from "../simulator/people.ts";
import { whose } from "../simulator/stack.ts";
import { claim, type Rows, roleIn, stateOf } from "./restore-world.ts";

/** What an organization has given up or closed, and a restored table has again. */
export const REVIVED_ORGANIZATIONS: Rows = {
  "a domain was released, or has lapsed": async (setting) => {
    const domain = `${fresh("given-up")}.example`;
    return {
      before: async (world) => {
        await claim(world, domain, setting);
        await world.table.run("domain", "check", "acme", domain);
      },
      change: ({ table }) => table.run("domain", "release", "acme", domain, "--yes"),
      lost: async (table) => expect(await stateOf(table, "acme", domain)).toBe("verified"),
      settled: async ({ table }) => expect(await stateOf(table, "acme", domain)).toBeNull(),
    };
  },

  "a connection was switched off": async ({ login }) => {
    const token = await login.saml(`${fresh("globex")}@globex.example`);
    return {
      before: (world) => whose(world.server, token),
      change: ({ table }) => table.run("connection", "set", "globex", "globex-saml", "--enabled", "off"),
      lost: async (table) =>
        expect(await table.run("connection", "show", "globex", "globex-saml")).toContain("is enabled"),
      settled: async (world) => expect(await whose(world.server, token)).toBe("DOMAIN_NOT_ALLOWED"),
    };
  },

  "a connection was removed": async ({ login }) => {
    const token = await login.okta(`${fresh("umbrella")}@umbrella.example`);
    return {
      before: (world) => whose(world.server, token),
      change: ({ table }) => table.run("connection", "remove", "umbrella-labs", "umbrella-okta", "--yes"),
      lost: async (table) =>
        expect(await table.run("connection", "list", "umbrella-labs")).toContain("umbrella-okta"),
      settled: async (world) => expect(await whose(world.server, token)).toBe("DOMAIN_NOT_ALLOWED"),
    };
  },

  "a setting of an organization was changed": async () => {
    const settings = ["org", "show", "shared-two"] as const;
    return {
      change: ({ table }) => table.run("org", "set", "shared-two", "--enforce-sso", "on", "--jit", "off"),
      lost: async (table) =>
        expect(await table.json(...settings)).toMatchObject({ enforceSso: false, jit: true }),
      settled: async ({ table }) =>
        expect(await table.json(...settings)).toMatchObject({ enforceSso: true, jit: false }),
    };
  },

  "an organization was closed": async ({ login }) => {
    const token = await login.adfs(`${fresh("initech")}@initech.example`);
    return {
      before: (world) => whose(world.server, token),
      change: ({ table }) => table.run("org", "close", "initech", "--yes"),
      lost: async (table) => expect(await table.run("org", "show", "initech")).toContain("is open"),
      settled: async (world) => expect(await roleIn(world, token, "initech")).toBeNull(),
    };
  },
};
