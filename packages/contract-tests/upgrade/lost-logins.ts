import { expect } from "vitest";
import { actionClaims } from "../simulator/issuer.ts";
import { fresh } from "../simulator/people.ts";
import { whose } from "../simulator/stack.ts";
import { atAcme, type Rows, roleIn } from "./restore-world.ts";

/** First logins, which a restored table does not have. */
export const LOST_LOGINS: Rows = {
  "a user signed in for the first time": async ({ login }) => {
    const subject = fresh("waad|new");
    const token = await login.entra(atAcme("first"), { subject });
    let userId = "";
    return {
      change: async (world) => {
        userId = await whose(world.server, token);
      },
      lost: (table) => expect(table.run("identity", "show", subject)).rejects.toThrow("is not linked"),
      settled: async (world) => {
        expect(await whose(world.server, token)).toBe(userId);
        expect(await roleIn(world, token, "acme")).toBe("member");
      },
    };
  },

  "their address has changed after that": async ({ login }) => {
    const subject = fresh("waad|renamed");
    const formerToken = await login.entra(atAcme("unmarried"), { subject });
    const token = await login.entra(atAcme("married"), { subject });
    let userId = "";
    return {
      change: async (world) => {
        userId = await whose(world.server, formerToken);
        expect(await whose(world.server, token)).toBe(userId);
      },
      lost: (table) => expect(table.run("identity", "show", subject)).rejects.toThrow("is not linked"),
      settled: async (world) => {
        expect(await whose(world.server, token)).not.toBe(userId);
        const to = [userId, "--connection", "acme-entra", "--yes"];
        await world.table.run("identity", "relink", subject, ...to);
        expect(await whose(world.server, token)).toBe(userId);
      },
    };
  },

  "their domain belongs to several organizations": async ({ issuer }) => {
    const email = `${fresh("sharing")}@shared.example`;
    const claims = actionClaims({ connection: "shared-one-entra", email });
    const token = await issuer.sign(fresh("waad|sharing"), claims);
    let userId = "";
    return {
      change: async (world) => {
        userId = await whose(world.server, token);
      },
      lost: async (table) => expect(await table.run("member", "list", "shared-one")).not.toContain(userId),
      settled: async (world) => {
        expect(await whose(world.server, token)).toBe(userId);
        expect(await roleIn(world, token, "shared-one")).toBe("member");
      },
    };
  },
};
