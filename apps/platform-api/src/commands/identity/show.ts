import {
  BLOCKERS,
  blockerOf,
  describeSubject,
  describeUser,
  SubjectNotLinked,
  type UserOverview,
} from "@platform-api/server/domain";
import type { Command } from "commander";
import { type Options, TENANT_OPTION } from "../../terminal/arguments.ts";
import { describeSpeakers } from "../../terminal/describe-speakers.ts";
import { describeDomainError } from "../../terminal/domain-errors.ts";
import { orErased } from "../../terminal/erased.ts";
import { CommandFailure, formatTable, print, type Terminal } from "../../terminal/terminal.ts";
import { withStores } from "../store-command.ts";
import { findWhoIs, noSubject, WHO } from "./who.ts";

/** Prints everything that is stored about a UUID, or about the UUID that a subject is linked to. */
export function addShowCommand(identity: Command, terminal: Terminal): void {
  identity
    .command("show")
    .argument(...WHO)
    .description(
      "show whether a user is blocked or signed out, who speaks for them, their links and their memberships",
    )
    .option(...TENANT_OPTION)
    .option("--json", "print JSON")
    .action(async (who: string, { tenant, json }: Options) => {
      const shown = await withStores(terminal, async (stores, signal, config) => {
        const found = await findWhoIs(who, tenant, { stores, config, terminal }, signal);
        return "userId" in found
          ? describeUser(found.userId, stores, signal)
          : describeSubject(found, stores, signal).catch(notLinked);
      });
      print(shown, formatUser(shown), json, terminal);
    });
}

/**
 * Says what ends the tokens of a subject that is not linked. A subject may contain an address, so that only one that is not
 * known can be a mistake.
 */
function notLinked(error: unknown): never {
  if (!(error instanceof SubjectNotLinked)) throw error;
  const { subject } = error.key;
  const endings = describeEnding({ subject, facts: error.facts });
  if (endings.length > 0) throw new CommandFailure([describeDomainError(error), ...endings].join("\n"));
  if (error.seats.length > 0 || subject.includes("|")) throw error;
  throw new CommandFailure(noSubject(subject));
}

export function formatUser({ links, memberships, speakers, ...user }: UserOverview): string {
  const linkRows = links.map(
    ({ tenant, subject, connection, organizationId, rule, linkedAt, email, holdsSeat }) => {
      const seat = holdsSeat ? "held" : "not held";
      return [tenant, subject, connection, organizationId, rule, linkedAt, seat, email];
    },
  );
  const memberRows = memberships.map((membership) => {
    const { organizationId, role, status, email, origin, createdAt } = membership;
    return [
      organizationId,
      role,
      email === null ? `${status} ${orErased(email)}` : status,
      origin,
      createdAt,
    ];
  });
  return [
    [
      describeUserState({ ...user, links }),
      ...(speakers.erasedAt === null
        ? []
        : [`Erased since ${speakers.erasedAt}: only \`identity relink\` brings them back.`]),
      ...links.flatMap(describeEnding),
    ]
      .map((line) => `${line}\n`)
      .join(""),
    `Who may speak for this user: ${describeSpeakers(speakers)}.\n`,
    links.length === 0 ? "No links.\n" : formatTable(LINK_HEADINGS, linkRows),
    memberships.length === 0 ? "No memberships.\n" : formatTable(MEMBERSHIP_HEADINGS, memberRows),
  ].join("\n");
}

function describeUserState({
  userId,
  blocked,
  signedOutUntil,
  links,
}: Omit<UserOverview, "memberships" | "speakers">) {
  const ofLinks = links.filter(({ facts }) => blockerOf(facts) !== null).length;
  const which = ofLinks === links.length ? "every link" : `${ofLinks} of ${links.length} links`;
  const state = blocked
    ? `${userId} is blocked.`
    : ofLinks > 0
      ? `${userId}: ${which} is blocked.`
      : `${userId} is not blocked.`;
  return signedOutUntil === null ? state : `${state} Signed out everywhere: ${refusedUntil(signedOutUntil)}.`;
}

/** What ends the tokens of a subject, one line for each. */
function describeEnding({
  subject,
  facts,
}: Pick<UserOverview["links"][number], "subject" | "facts">): string[] {
  if (facts === null) return [];
  const { notBefore, logoutBefore, sidlessNotBefore, sources } = facts;
  const blocks = BLOCKERS.flatMap((by) => {
    const said = sources[by];
    const who =
      by === "event" ? "the identity provider, which has blocked or deleted the user" : "an operator";
    return said?.isBlocked ? [`blocked since ${said.at} by ${who}`] : [];
  });
  const until = Math.max(notBefore ?? 0, logoutBefore ?? 0);
  const times = [
    ...(until === 0 ? [] : [refusedUntil(until)]),
    ...(sidlessNotBefore === null ? [] : [`its last session ended ${instantOf(sidlessNotBefore)}`]),
  ];
  return [...blocks, ...times].map((what) => `${subject}: ${what}.`);
}

function refusedUntil(seconds: number): string {
  return `tokens that were issued until ${instantOf(seconds)} are refused`;
}

function instantOf(seconds: number): string {
  return new Date(seconds * 1_000).toISOString();
}

const LINK_HEADINGS = "TENANT  SUBJECT  CONNECTION  ORGANIZATION  BY  LINKED  SEAT  EMAIL THEN".split("  ");
const MEMBERSHIP_HEADINGS = ["MEMBER OF", "ROLE", "STATUS", "BY", "SINCE"];
