import { expect } from "vitest";
import { fresh } from "../simulator/people.ts";
import { whose } from "../simulator/stack.ts";
import { atAcme, type Rows, type Setting, type Table } from "./restore-world.ts";

/** Sign-ins that end, and come back to life in a restored table. */
export const REVIVED_IDENTITIES: Rows = {
  "a user was erased": async ({ login }) => {
    const email = atAcme("erased");
    const token = await login.entra(email);
    let userId = "";
    const members = (table: Table) => table.run("member", "list", "acme", "--query", userId);
    return {
      before: async (world) => {
        userId = await whose(world.server, token);
      },
      change: ({ table }) => table.run("identity", "erase", userId, "--yes"),
      lost: async (table) => expect(await members(table)).toContain(email),
      settled: async ({ server, table }) => {
        expect(await whose(server, token)).toBe("TOKEN_REVOKED");
        expect(await members(table)).toMatch(/\(erased\) +member +removed/);
      },
    };
  },

  "a user was blocked": async ({ login }) => {
    const token = await login.entra(atAcme("blocked"));
    let userId = "";
    return {
      before: async (world) => {
        userId = await whose(world.server, token);
      },
      change: ({ table }) => table.run("identity", "block", userId, "--yes"),
      lost: async (table) => expect(await table.run("identity", "show", userId)).toContain("is not blocked"),
      settled: async (world) => expect(await whose(world.server, token)).toBe("IDENTITY_BLOCKED"),
    };
  },

  "a subject was relinked": async (setting) => {
    const account = await recreated(setting);
    let userId = "";
    return {
      before: async (world) => {
        userId = await whose(world.server, account.formerToken);
      },
      change: ({ table }) => {
        const to = [userId, "--connection", "acme-entra", "--yes"];
        return table.run("identity", "relink", account.subject, ...to);
      },
      lost: async (table) =>
        expect(await table.run("identity", "show", account.formerSubject)).toContain(userId),
      settled: async (world) => {
        expect(await whose(world.server, account.token)).toBe(userId);
        expect(await whose(world.server, account.formerToken)).toBe("IDENTITY_CONFLICT");
      },
    };
  },

  "a subject was unlinked": async ({ login }) => {
    const subject = fresh("waad|unlinked");
    const token = await login.entra(atAcme("unlinked"), { subject });
    return {
      before: (world) => whose(world.server, token),
      change: ({ table }) => table.run("identity", "unlink", subject, "--yes"),
      lost: async (table) => expect(await table.run("identity", "show", subject)).toContain("acme-entra"),
      settled: ({ table }) => expect(table.run("identity", "show", subject)).rejects.toThrow("is not linked"),
    };
  },

  "a subject took over a seat in a relink window": async (setting) => {
    const account = await recreated(setting);
    const window = ["connection", "relink-window", "acme-entra"];
    let userId = "";
    return {
      before: async (world) => {
        userId = await whose(world.server, account.formerToken);
      },
      change: async (world) => {
        const until = new Date(Date.now() + 3_600_000).toISOString();
        await world.table.run(...window, "--until", until);
        expect(await whose(world.server, account.token)).toBe(userId);
        await world.table.run(...window, "--close");
      },
      lost: async (table) =>
        expect(await table.run("identity", "show", account.formerSubject)).toContain(userId),
      settled: async (world) => {
        expect(await whose(world.server, account.token)).toBe(userId);
        expect(await whose(world.server, account.formerToken)).toBe("IDENTITY_CONFLICT");
      },
    };
  },
};

/** An account that the identity provider has created again, for the same address. */
async function recreated({ login }: Setting) {
  const email = atAcme("recreated");
  const [formerSubject, subject] = [fresh("waad|former"), fresh("waad|present")];
  return {
    formerSubject,
    subject,
    formerToken: await login.entra(email, { subject: formerSubject }),
    token: await login.entra(email, { subject }),
  };
}
