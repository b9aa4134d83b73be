import { exportPerson, personOf, type UserId } from "@platform-api/server/domain";
import type { Command } from "commander";
import { toUserId } from "../../terminal/arguments.ts";
import { CommandFailure, jsonLines, print, progressOn, type Terminal } from "../../terminal/terminal.ts";
import { WHOLE_TABLE_MS, withStores } from "../store-command.ts";
import { ADDRESSES_OPTION, type MoreNames, namesOf, SUBJECTS_OPTION } from "./more-names.ts";

/** Prints all that is stored of a user, as they may ask for it. It reads the whole table. */
export function addExportCommand(identity: Command, terminal: Terminal): void {
  identity
    .command("export")
    .argument("<userId>", "the user's UUID", toUserId)
    .description("print everything that is stored of a user, and what each field means, as JSON")
    .option(...SUBJECTS_OPTION)
    .option(...ADDRESSES_OPTION)
    .option("--json", "print it on one line")
    .action(async (userId: UserId, { json, ...more }: MoreNames & { readonly json?: true }) => {
      const progress = progressOn(terminal);
      const exported = await withStores(
        terminal,
        async (stores, signal, { AUTH0_TENANT: tenant }) => {
          const person = await personOf(userId, namesOf(more, tenant), stores, signal);
          return exportPerson(person, stores, (items) => progress(`${items} items read`), signal);
        },
        WHOLE_TABLE_MS,
      );
      if (exported === null) throw new CommandFailure(nothingOf(userId));
      print(exported, `${jsonLines(exported)}\n`, json, terminal);
    });
}

export function nothingOf(userId: UserId): string {
  return `nothing in the table names ${userId}: is it the right UUID?`;
}
