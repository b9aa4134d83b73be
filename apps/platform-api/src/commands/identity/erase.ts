import {
  type Erased,
  type ErasurePlan,
  erasePerson,
  type Outcome,
  personOf,
  planErasure,
  type UserId,
} from "@platform-api/server/domain";
import type { Command } from "commander";
import type { Environment } from "../../config/config.ts";
import { confirmation, type Options } from "../../terminal/arguments.ts";
import { describeDomainError } from "../../terminal/domain-errors.ts";
import { CommandFailure, formatTable, print, progressOn, type Terminal } from "../../terminal/terminal.ts";
import { type NamedUser, requireLook, toNamedUser, USER, userNamed } from "../named-user.ts";
import { WHEN_NOTICED, WHOLE_TABLE_MS, withStores } from "../store-command.ts";
import { stillElsewhere } from "./elsewhere.ts";
import { nothingOf } from "./export.ts";
import { ADDRESSES_OPTION, type MoreNames, namesOf, SUBJECTS_OPTION } from "./more-names.ts";
import { SESSIONS } from "./sign-out.ts";

/** Takes away what says who a user is. The UUID stays. It reads the whole table, to plan and again at the end. */
export function addEraseCommand(identity: Command, terminal: Terminal): void {
  identity
    .command("erase")
    .argument("<user>", USER, toNamedUser)
    .description(
      "take every address and subject of a user away; the UUID stays, removed from every organization, so that nobody inherits what was theirs",
    )
    .option(...SUBJECTS_OPTION)
    .option(...ADDRESSES_OPTION)
    .option("--plan", "print what would go and what would stay, and change nothing")
    .option("--yes", "do not ask for confirmation")
    .option("--json", "print JSON")
    .action((named: NamedUser, options: EraseOptions) => erase(named, options, terminal));
}

type EraseOptions = Options & MoreNames & { readonly plan?: true };

async function erase(
  named: NamedUser,
  { plan: isPlan, subject, address, yes, json }: EraseOptions,
  terminal: Terminal,
): Promise<void> {
  const confirm = confirmation(isPlan || yes, terminal);
  if (!isPlan) requireLook(named, yes);
  const progress = progressOn(terminal);
  const onProgress = (items: number) => progress(`${items} items read`);
  const plan = await withStores(
    terminal,
    async (stores, signal, { AUTH0_TENANT: tenant }) => {
      const userId = await userNamed(named, stores, terminal, signal);
      const person = await personOf(userId, namesOf({ subject, address }, tenant), stores, signal);
      return planErasure(person, stores, onProgress, signal);
    },
    WHOLE_TABLE_MS,
  );
  const { userId } = plan.person;
  if (plan.goes.length + plan.stays.length + plan.unsolved.length === 0)
    throw new CommandFailure(nothingOf(userId));
  const planned = describePlan(plan, terminal.env);
  if (isPlan) return print({ ...jsonOf(plan, terminal.env), changed: false }, planned, json, terminal);
  if (!json) terminal.out(planned);
  else if (!yes) terminal.err(planned);
  requireAgreement(plan);
  await confirm(`All of this goes, and cannot be brought back: ${userId} is erased.`);
  const erased = await withStores(
    terminal,
    (stores, signal) => erasePerson(plan, stores, onProgress, signal),
    WHOLE_TABLE_MS,
  );
  const { sessions, changed, left, removedFrom } = erased;
  const refused = erased.refused === null ? [] : [erased.refused];
  const result = {
    ...jsonOf({ ...plan, refused }, terminal.env),
    changed,
    sessions,
    removedFrom,
    left: left.goes,
  };
  print(result, describeErased(userId, erased), json, terminal);
  requireNothingLeft(erased);
}

function jsonOf(plan: ErasurePlan, env: Environment) {
  const { person, goes, stays, unsolved, refused } = plan;
  const problems = refused.map(({ organizationId, refusal }) => {
    return { organizationId, problem: describeDomainError(refusal) };
  });
  return { ...person, goes, stays, unsolved, refused: problems, elsewhere: stillElsewhere(plan, env) };
}

function describePlan(plan: ErasurePlan, env: Environment): string {
  const { person, goes, stays, unsolved } = plan;
  const names = [
    ...person.subjects.map(({ tenant, subject }) => `${tenant}:${subject}`),
    ...person.addresses,
  ];
  return [
    `${person.userId}: ${names.length === 0 ? "no subject and no address is known" : names.join(", ")}.\n`,
    section("What goes", goes, "Nothing goes.\n"),
    section("What stays", stays, "Nothing stays.\n"),
    ...(unsolved.length === 0 ? [] : [section("What you have to look at", unsolved, "")]),
    `What is still elsewhere:\n${stillElsewhere(plan, env)
      .map((each) => `- ${each}\n`)
      .join("")}`,
  ].join("\n");
}

function section(title: string, outcomes: readonly Outcome[], nothing: string): string {
  const rows = outcomes.map(({ count, type, what }) => [String(count), type, what]);
  return rows.length === 0 ? nothing : `${title}:\n${formatTable(["ITEMS", "OF TYPE", "EACH"], rows)}`;
}

/** @throws {CommandFailure} where an organization keeps the member */
function requireAgreement({ refused, person: { userId } }: ErasurePlan): void {
  if (refused.length === 0) return;
  const message = `nothing was changed, because ${userId} cannot be removed from every organization`;
  throw new CommandFailure([message, ...refused.map(describeRefused)].join("\n"));
}

function describeRefused({ organizationId, refusal }: ErasurePlan["refused"][number]): string {
  const why =
    refusal.reason === "LAST_OWNER"
      ? `it keeps its last owner: first make another one, with \`member set-role ${organizationId} <address> owner --force\` or \`invitation create ${organizationId} <address> --role owner\``
      : describeDomainError(refusal);
  return `${organizationId}: ${why}`;
}

function describeErased(userId: UserId, { left, sessions, changed, refused }: Erased): string {
  if (refused !== null || left.goes.length > 0) return "";
  if (!changed) return `\n${userId} is erased. Nothing to change.\n`;
  const ended = sessions === null ? "" : `${SESSIONS[sessions]}\n`;
  return `\n${userId} is erased: nothing in the table has an address or a subject that is known to be theirs.\nWhere their accounts go on signing in, each refused attempt is stored with its subject: run this again later.\n${WHEN_NOTICED}\n${ended}`;
}

/** @throws {CommandFailure} */
function requireNothingLeft(erased: Erased): void {
  const { goes, unsolved, person } = erased.left;
  if (erased.refused !== null)
    throw new CommandFailure(describeStopped(person.userId, erased, erased.refused));
  if (goes.length > 0)
    throw new CommandFailure(
      `${person.userId} has signed in again meanwhile, and is not erased: block them there, or with \`identity block ${person.userId}\`, then run the same command again`,
    );
  if (unsolved.length > 0)
    throw new CommandFailure(
      `${unsolved.length === 1 ? "an item still names" : "items still name"} the user: ${unsolved.map(({ type, what }) => `${type} ${what}`).join("; ")}`,
    );
}

/** What an organization has refused that did not refuse it when it was planned. */
function describeStopped(
  userId: UserId,
  { sessions, removedFrom }: Erased,
  refused: NonNullable<Erased["refused"]>,
): string {
  const removed =
    removedFrom.length === 0
      ? "removed from no organization"
      : `removed from ${removedFrom.join(", ")}, and from no other one`;
  const signedOut = sessions === null ? "not signed out" : "signed out everywhere";
  return [
    `${userId} is not erased, because something has changed since this was planned`,
    describeRefused(refused),
    `They are ${removed}, and ${signedOut}. Then run the same command again: it goes on from there`,
  ].join("\n");
}
