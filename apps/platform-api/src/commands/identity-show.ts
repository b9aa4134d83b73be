import {
  type DynamoTable,
  dynamoIdentityRegistry,
  dynamoMemberships,
  dynamoSpeakers,
} from "@platform-api/server/adapters";
import {
  type IdentityLink,
  type Membership,
  parseUserId,
  type Speakers,
  type UserId,
} from "@platform-api/server/domain";
import { describeSpeakers } from "./identity-allow.ts";
import { toSubject } from "./identity-arguments.ts";
import { withTable } from "./store-command.ts";
import { CommandFailure, formatTable, type Terminal } from "./terminal.ts";

interface Shown {
  readonly userId: UserId;
  readonly blocked: boolean;
  readonly links: readonly (IdentityLink & { readonly holdsSeat: boolean })[];
  readonly memberships: readonly Membership[];
  /** Who may speak for the person. */
  readonly speakers: Omit<Speakers, "userId">;
}

/** Prints what is known of a UUID, or of the UUID that a subject is linked to. */
export async function showIdentity(
  who: string,
  { tenant, json }: { tenant?: string; json?: true },
  { env, out }: Terminal,
): Promise<void> {
  const subject = parseUserId(who) ?? toSubject(who);
  const shown = await withTable(env, async (table, signal, config) => {
    const key = { tenant: tenant ?? config.AUTH0_TENANT, subject };
    return read(who, key, table, signal);
  });
  out(json ? `${JSON.stringify(shown)}\n` : format(shown));
}

async function read(
  who: string,
  key: { tenant: string; subject: string },
  table: DynamoTable,
  signal: AbortSignal,
): Promise<Shown> {
  const registry = dynamoIdentityRegistry(table);
  const asked = parseUserId(who);
  const own = asked === null ? await registry.find(key, signal) : null;
  const userId = asked ?? own?.userId;
  if (userId === undefined) {
    const seats = await registry.listSeats(key, signal);
    const held = seats.map((seat) => `; it holds the seat of ${seat.userId} on ${seat.connection}`);
    throw new CommandFailure(`${who} of tenant ${key.tenant} is not linked${held.join("")}`);
  }
  const links = [...(await registry.listByUser(userId, signal))];
  // The index may be a second late: the link that was asked for is never missed.
  if (own !== null && !links.some(({ subject }) => subject === own.subject)) links.push(own);
  const seated = links.map(async (link) => {
    const seat = await registry.findSeat(link, signal);
    return { ...link, holdsSeat: seat?.subject === link.subject };
  });
  return {
    userId,
    blocked: await registry.isBlocked(userId, signal),
    links: await Promise.all(seated),
    memberships: await dynamoMemberships(table).listByUser(userId, signal),
    speakers: withoutUserId(await dynamoSpeakers(table).find(userId, signal)),
  };
}

function withoutUserId({ userId: _, ...speakers }: Speakers): Omit<Speakers, "userId"> {
  return speakers;
}

function format({ userId, blocked, links, memberships, speakers }: Shown): string {
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
    `Who speaks for this person: ${describeSpeakers({ userId, ...speakers })}.\n`,
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
