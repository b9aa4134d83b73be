import { describeSubject, describeUser, parseUserId, type UserOverview } from "@platform-api/server/domain";
import { describeSpeakers } from "../describe-speakers.ts";
import { toSubject } from "./arguments.ts";
import { withStores } from "./store-command.ts";
import { formatTable, type Terminal } from "./terminal.ts";

/** Prints everything that is stored about a UUID, or about the UUID that a subject is linked to. */
export async function showIdentity(
  who: string,
  { tenant, json }: { tenant?: string; json?: true },
  terminal: Terminal,
): Promise<void> {
  const userId = parseUserId(who);
  const subject = userId ?? toSubject(who);
  const shown = await withStores(terminal, (stores, signal, config) =>
    userId === null
      ? describeSubject({ tenant: tenant ?? config.AUTH0_TENANT, subject }, stores, signal)
      : describeUser(userId, stores, signal),
  );
  terminal.out(json ? `${JSON.stringify(shown)}\n` : format(shown));
}

function format({ userId, blocked, links, memberships, speakers }: UserOverview): string {
  const linkRows = links.map(
    ({ tenant, subject, connection, organizationId, rule, linkedAt, email, holdsSeat }) => {
      const seat = holdsSeat ? "held" : "not held";
      return [tenant, subject, connection, organizationId ?? "–", rule, linkedAt, seat, email ?? "–"];
    },
  );
  const memberRows = memberships.map(({ organizationId, role, status, origin, createdAt }) => [
    organizationId,
    role,
    status,
    origin,
    createdAt,
  ]);
  return [
    `${userId} is ${blocked ? "blocked" : "not blocked"}.\n`,
    `Who speaks for this person: ${describeSpeakers(speakers)}.\n`,
    links.length === 0 ? "No links.\n" : formatTable(LINK_HEADINGS, linkRows),
    memberships.length === 0 ? "No memberships.\n" : formatTable(MEMBERSHIP_HEADINGS, memberRows),
  ].join("\n");
}

const LINK_HEADINGS = [
  "TENANT",
  "SUBJECT",
  "CONNECTION",
  "ORGANIZATION",
  "BY",
  "LINKED",
  "SEAT",
  "EMAIL THEN",
];
const MEMBERSHIP_HEADINGS = ["MEMBER OF", "ROLE", "STATUS", "BY", "SINCE"];
