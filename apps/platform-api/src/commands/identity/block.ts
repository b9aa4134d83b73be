import { TEST_TENANT } from "@platform-api/server/adapters";
import {
  blockerOf,
  requireKnownUser,
  type SubjectFacts,
  setBlocked,
  setSubjectBlocked,
  Unknown,
} from "@platform-api/server/domain";
import type { Command } from "commander";
import type { Administration } from "../../compose/administration.ts";
import { confirmation, type Options, TENANT_OPTION } from "../../terminal/arguments.ts";
import { CommandFailure, print, type Terminal } from "../../terminal/terminal.ts";
import { WHEN_NOTICED, withStores } from "../store-command.ts";
import { findWhoIs, noSubject, WHO, type Who } from "./who.ts";

/** The options of commands that end tokens. */
export type EndingOptions = Options & { readonly force?: true };

const BLOCK_VERBS = {
  block: {
    description: "refuse every login and every token of a user, or of a subject",
    isBlocked: true,
    before: "will be refused everywhere",
    after: "is blocked",
  },
  unblock: {
    description: "lift a block of an operator",
    isBlocked: false,
    before: "will be let in again",
    after: "is not blocked by an operator",
  },
} as const;

export function addBlockCommand(
  verb: keyof typeof BLOCK_VERBS,
  identity: Command,
  terminal: Terminal,
): Command {
  const { description, isBlocked, before, after } = BLOCK_VERBS[verb];
  return identity
    .command(verb)
    .argument(...WHO)
    .description(description)
    .option(...TENANT_OPTION)
    .option("--yes", "do not ask for confirmation")
    .option("--json", "print JSON")
    .action(async (text: string, { tenant, yes, json, force }: EndingOptions) => {
      const confirm = confirmation(yes, terminal);
      const { who, name, note } = await findWho(text, { tenant, mustBeKnown: isBlocked && !force }, terminal);
      await confirm(`${name} ${before}.${note}`);
      const summary = `${name} ${after}.${note}`;
      const { changed, others } = await withStores(terminal, async (stores, signal) => {
        const changed = await ("userId" in who
          ? setBlocked({ ...who, isBlocked }, stores, signal)
          : setSubjectBlocked(who, { isBlocked, actor: stores.actor }, stores, signal));
        return { changed, others: isBlocked ? [] : await otherBlocks(who, stores, signal) };
      });
      const state = changed ? `${summary}\n${WHEN_NOTICED}\n` : `${summary} Nothing to change.\n`;
      const words = [state, ...others.map((other) => `${other}\n`)].join("");
      print({ ...who, blocked: isBlocked, changed }, words, json, terminal);
    });
}

/**
 * Whom the argument names, how to call them, and what to say of them behind a full stop.
 * @throws {UsageError | CommandFailure}
 */
export function findWho(
  text: string,
  { tenant, mustBeKnown }: { readonly tenant: string | undefined; readonly mustBeKnown: boolean },
  terminal: Terminal,
): Promise<{ readonly who: Who; readonly name: string; readonly note: string }> {
  return withStores(terminal, async (stores, signal, config) => {
    const who = await findWhoIs(text, tenant, { stores, config, terminal }, signal);
    const note = mustBeKnown ? await requireKnown(who, config.AUTH0_TENANT, stores, signal) : "";
    return { who, name: nameOf(who, text), note };
  });
}

function nameOf(who: Who, text: string): string {
  if (!("userId" in who)) return text;
  return text.includes("@") ? `${who.userId} (${text})` : who.userId;
}

/**
 * A subject that is not linked may not have signed in yet, so that one which looks like a subject of ours is let through.
 * @param own tenant
 * @returns what to say of it, behind a full stop
 * @throws {CommandFailure}
 */
async function requireKnown(
  who: Who,
  own: string,
  stores: Administration,
  signal: AbortSignal,
): Promise<string> {
  if ("userId" in who) {
    await requireKnownUser(who.userId, stores, signal).catch(unknown);
    return "";
  }
  if ((await stores.identities.find(who, signal)) !== null) return "";
  const { tenant, subject } = who;
  if (!subject.includes("|"))
    throw new CommandFailure(`${noSubject(subject)}; to block it all the same, add --force`);
  if (tenant === own || tenant === TEST_TENANT) return " Nobody has signed in here by this subject yet.";
  throw new CommandFailure(
    `nobody has signed in here by a subject of tenant "${tenant}": AUTH0_TENANT is ${own}. To block it all the same, add --force`,
  );
}

/** What still blocks a user or a subject where the block of an operator is lifted, one sentence each. */
async function otherBlocks(
  who: Who,
  { identities }: Administration,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const subjects = "userId" in who ? await identities.listByUser(who.userId, signal) : [who];
  const found = await Promise.all(subjects.map((subject) => identities.findFacts(subject, signal)));
  return found.flatMap((facts) => describeBlock("userId" in who, facts) ?? []);
}

function describeBlock(isOfUser: boolean, facts: SubjectFacts | null): string | null {
  const by = blockerOf(facts);
  if (by === null || facts === null) return null;
  const { subject, sources } = facts;
  const still = `${subject} is ${isOfUser ? "" : "still "}blocked by ${by === "event" ? "the identity provider" : "an operator"} since ${sources[by]?.at}`;
  return by === "event"
    ? `${still}: unblock the user there.`
    : `${still}: \`platform-api identity unblock '${subject}'\` lifts it.`;
}

function unknown(error: unknown): never {
  if (!(error instanceof Unknown && error.kind === "user")) throw error;
  throw new CommandFailure(
    `${error.id} has no link and no membership here. Check the UUID; --force does it all the same, for example before a first login with capitol_user_id`,
  );
}
