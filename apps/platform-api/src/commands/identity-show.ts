import { describeSubject, describeUser, parseUserId, type UserOverview } from "@platform-api/server/domain";
import type { Command } from "commander";
import { describeSpeakers } from "../describe-speakers.ts";
import { type Options, TENANT_OPTION, toSubject } from "./arguments.ts";
import { withStores } from "./store-command.ts";
import { formatTable, print, type Terminal } from "./terminal.ts";

/** Prints everything that is stored about a UUID, or about the UUID that a subject is linked to. */
export function addShowCommand(identity: Command, terminal: Terminal): void {
  identity
    .command("show")
    .argument("<who>", "a UUID, or a subject such as waad|abc")
    .description("show whether a user is blocked, who speaks for them, their links and their memberships")
    .option(...TENANT_OPTION)
    .option("--json", "print JSON")
    .action(async (who: string, { tenant, json }: Options) => {
      const userId = parseUserId(who);
      const subject = userId ?? toSubject(who);
      const shown = await withStores(terminal, (stores, signal, config) =>
        userId === null
          ? describeSubject({ tenant: tenant ?? config.AUTH0_TENANT, subject }, stores, signal)
          : describeUser(userId, stores, signal),
      );
      print(shown, format(shown), json, terminal);
    });
}

function format({ userId, blocked, links, memberships, speakers }: UserOverview): string {
  const linkRows = links.map(
    ({ tenant, subject, connection, organizationId, rule, linkedAt, email, holdsSeat }) => {
      const seat = holdsSeat ? "held" : "not held";
      return [tenant, subject, connection, organizationId, rule, linkedAt, seat, email];
    },
  );
  const memberRows = memberships.map((membership) => {
    const { organizationId, role, status, origin, createdAt } = membership;
    return [organizationId, role, status, origin, createdAt];
  });
  return [
    `${userId} is ${blocked ? "blocked" : "not blocked"}.\n`,
    `Who may speak for this user: ${describeSpeakers(speakers)}.\n`,
    links.length === 0 ? "No links.\n" : formatTable(LINK_HEADINGS, linkRows),
    memberships.length === 0 ? "No memberships.\n" : formatTable(MEMBERSHIP_HEADINGS, memberRows),
  ].join("\n");
}

const LINK_HEADINGS = "TENANT  SUBJECT  CONNECTION  ORGANIZATION  BY  LINKED  SEAT  EMAIL THEN".split("  ");
const MEMBERSHIP_HEADINGS = ["MEMBER OF", "ROLE", "STATUS", "BY", "SINCE"];
