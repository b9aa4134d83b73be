import { exportPerson, personOf, type UserId } from "@platform-api/server/domain";
import type { Command } from "commander";
import { CommandFailure, jsonLines, print, progressOn, type Terminal } from "../../terminal/terminal.ts";
import { type NamedUser, toNamedUser, USER, userNamed } from "../named-user.ts";
import { WHOLE_TABLE_MS, withStores } from "../store-command.ts";
import { ADDRESSES_OPTION, type MoreNames, namesOf, SUBJECTS_OPTION } from "./more-names.ts";

/** Prints all that is stored of a user, as they may ask for it. It reads the whole table. */
export function addExportCommand(identity: Command, terminal: Terminal): void {
  identity
    .command("export")
    .argument("<user>", USER, toNamedUser)
    .description("print everything that is stored of a user, and what each field means, as JSON")
    .option(...SUBJECTS_OPTION)
    .option(...ADDRESSES_OPTION)
    .option("--json", "print it on one line")
    .action(async (named: NamedUser, { json, ...more }: MoreNames & { readonly json?: true }) => {
      const progress = progressOn(terminal);
      const exported = await withStores(
        terminal,
        async (stores, signal, { AUTH0_TENANT: tenant }) => {
          const userId = await userNamed(named, stores, terminal, signal);
          const person = await personOf(userId, namesOf(more, tenant), stores, signal);
          const told = (items: number) => progress(`${items} items read`);
          const found = await exportPerson(person, stores, told, signal);
          if (found === null) throw new CommandFailure(nothingOf(userId));
          return found;
        },
        WHOLE_TABLE_MS,
      );
      print(exported, `${jsonLines(exported)}\n`, json, terminal);
    });
}

export function nothingOf(userId: UserId): string {
  return `nothing in the table names ${userId}: is it the right UUID?`;
}
