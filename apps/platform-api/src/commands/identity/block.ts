import { requireKnownUser, setBlocked, setSubjectBlocked, Unknown } from "@platform-api/server/domain";
import type { Command } from "commander";
import type { Administration } from "../../compose/administration.ts";
import { confirmation, type Options, TENANT_OPTION } from "../../terminal/arguments.ts";
import { CommandFailure, print, type Terminal } from "../../terminal/terminal.ts";
import { WHEN_NOTICED, withStores } from "../store-command.ts";
import { WHO, type Who, whoIs } from "./who.ts";

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
    after: "is not blocked",
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
      const who = await withStores(terminal, async (stores, signal, config) => {
        const who = whoIs(text, tenant, config.AUTH0_TENANT);
        if (isBlocked && !force) await requireKnown(who, stores, signal);
        return who;
      });
      const name = "userId" in who ? who.userId : text;
      await confirm(`${name} ${before}.`);
      const summary = `${name} ${after}.`;
      const changed = await withStores(terminal, (stores, signal) =>
        "userId" in who
          ? setBlocked({ ...who, isBlocked }, stores, signal)
          : setSubjectBlocked(who, { isBlocked, actor: stores.actor }, stores, signal),
      );
      const words = changed ? `${summary}\n${WHEN_NOTICED}\n` : `${summary} Nothing to change.\n`;
      print({ ...who, blocked: isBlocked, changed }, words, json, terminal);
    });
}

/** Of a subject nothing needs to be known: it may not have signed in yet. */
export async function requireKnown(who: Who, stores: Administration, signal: AbortSignal): Promise<void> {
  if ("userId" in who) await requireKnownUser(who.userId, stores, signal).catch(unknown);
}

function unknown(error: unknown): never {
  if (!(error instanceof Unknown && error.kind === "user")) throw error;
  throw new CommandFailure(
    `${error.id} has no link and no membership here. Check the UUID; --force does it all the same, for example before a first login with capitol_user_id`,
  );
}
