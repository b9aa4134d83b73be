import {
  type AddressOverview,
  type DomainOverview,
  describeAddress,
  describeDomain,
} from "@platform-api/server/domain";
import type { Command } from "commander";
import { composeRegisteredUsers } from "../../compose/upstreams.ts";
import { readDirectoryConfig } from "../../config/config.ts";
import { toDomain, toEmail } from "../../terminal/arguments.ts";
import { orErased } from "../../terminal/erased.ts";
import { formatTable, print, progressOn, type Row, type Terminal } from "../../terminal/terminal.ts";
import { WHOLE_TABLE_MS, withStores } from "../store-command.ts";
import { formatUser } from "./show.ts";

/** Prints everything that is known of an address, or of all at a domain. The user directory is only read. */
export function addFindCommand(identity: Command, terminal: Terminal): void {
  identity
    .command("find")
    .argument("<who>", "an e-mail address, or a domain such as acme.example")
    .description(
      "show the user that the directory has at an address, their links, and what was granted by it; of a domain, what the table has of all addresses there: it reads the whole table",
    )
    .option("--json", "print JSON")
    .action((text: string, { json }: { json?: true }) =>
      text.includes("@") ? findAddress(text, json, terminal) : findDomain(text, json, terminal),
    );
}

async function findAddress(text: string, json: true | undefined, terminal: Terminal): Promise<void> {
  const email = toEmail(text);
  const registeredUsers = composeRegisteredUsers(readDirectoryConfig(terminal.env));
  const found = await withStores(terminal, (stores, signal) =>
    describeAddress(email, { ...stores, registeredUsers }, signal),
  );
  print(found, format(found), json, terminal);
}

async function findDomain(text: string, json: true | undefined, terminal: Terminal): Promise<void> {
  const domain = toDomain(text);
  const progress = progressOn(terminal);
  const found = await withStores(
    terminal,
    (stores, signal) => describeDomain(domain, stores, (items) => progress(`${items} items read`), signal),
    WHOLE_TABLE_MS,
  );
  print(found, formatDomain(found), json, terminal);
}

function formatDomain({ domain, links, memberships, invitations }: DomainOverview): string {
  const linkRows = links.map(
    ({ email, userId, tenant, subject, connection, organizationId, linkedAt, holdsSeat }) => {
      const seat = holdsSeat ? "held" : "not held";
      return [email, userId, tenant, subject, connection, organizationId, linkedAt, seat];
    },
  );
  const memberRows = memberships.map(({ email, userId, organizationId, role, status, createdAt }) => {
    return [orErased(email), userId, organizationId, role, status, createdAt];
  });
  const invitationRows = invitations.map((invitation) => [invitation.email, ...cellsOf(invitation)]);
  return [
    listed(`No links at ${domain}.\n`, LINK_HEADINGS, linkRows),
    listed("No memberships.\n", MEMBER_HEADINGS, memberRows),
    listed("No invitations.\n", ["EMAIL", ...INVITATION_HEADINGS], invitationRows),
  ].join("\n");
}

function listed(nothing: string, headings: Row, rows: readonly Row[]): string {
  return rows.length === 0 ? nothing : formatTable(headings, rows);
}

function cellsOf(invitation: AddressOverview["invitations"][number]): Row {
  const { organizationId, role, state, mail, createdAt, expiresAt } = invitation;
  return [organizationId, role, state, mail, createdAt, expiresAt];
}

function format({ email, user, memberships, invitations }: AddressOverview): string {
  const others = memberships.filter(({ userId }) => userId !== user?.userId);
  const otherRows = others.map(({ organizationId, userId, role, status, createdAt }) => {
    return [organizationId, userId, role, status, createdAt];
  });
  return [
    user === null
      ? `The user directory has no user at ${email}.\n`
      : `The user directory has ${user.userId} at ${email}.\n\n${formatUser(user)}`,
    ...(others.length === 0
      ? []
      : [`Other users became members by this address:\n${formatTable(OTHER_HEADINGS, otherRows)}`]),
    listed("No invitations.\n", INVITATION_HEADINGS, invitations.map(cellsOf)),
  ].join("\n");
}

const OTHER_HEADINGS = ["MEMBER OF", "USER ID", "ROLE", "STATUS", "SINCE"];
const INVITATION_HEADINGS = ["INVITED TO", "ROLE", "STATE", "MAIL", "INVITED", "EXPIRES"];
const LINK_HEADINGS = "EMAIL THEN  USER ID  TENANT  SUBJECT  CONNECTION  ORGANIZATION  LINKED  SEAT".split(
  "  ",
);
const MEMBER_HEADINGS = ["EMAIL", "USER ID", "MEMBER OF", "ROLE", "STATUS", "SINCE"];
