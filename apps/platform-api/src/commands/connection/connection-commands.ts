import {
  type AuditEntry,
  closeRelinkWindow,
  findRelinkWindow,
  isOpen,
  listTakenOver,
  type OrganizationId,
  openRelinkWindow,
  type RelinkWindow,
  RelinkWindowRefused,
} from "@platform-api/server/domain";
import type { Command } from "commander";
import { parseInstant, toOrganizationId } from "../../terminal/arguments.ts";
import { CommandFailure, formatTable, print, type Terminal, UsageError } from "../../terminal/terminal.ts";
import { withStores } from "../store-command.ts";
import { addConnectionSettings } from "./settings.ts";

interface WindowOptions {
  readonly until?: string;
  readonly from?: OrganizationId | null;
  readonly close?: true;
  readonly json?: true;
}

export function addConnectionCommands(program: Command, terminal: Terminal): void {
  const connection = program.command("connection").description("connections of organizations");
  addConnectionSettings(connection, terminal);
  connection
    .command("relink-window")
    .argument("<name>", "the connection's name, as `org list` shows it")
    .description(
      "open, close or show a relink window: while it is open, users whose subject changed keep their account " +
        "by signing in with the same verified address",
    )
    .option("--until <time>", "open the window, or move its end: ISO time or date, at most 14 days ahead")
    .option(
      "--from <organization>",
      "for a merger: while the window is open, users of this organization may sign in through the connection too",
      toOrganizationId,
    )
    .option("--close", "close the window now")
    .option("--json", "print JSON")
    .action((name: string, options: WindowOptions) => relinkWindow(name, options, terminal));
}

async function relinkWindow(
  name: string,
  { until, from = null, close, json }: WindowOptions,
  terminal: Terminal,
): Promise<void> {
  if (until !== undefined && close) throw new UsageError("--until and --close contradict each other");
  if (from !== null && until === undefined) throw new UsageError("--from requires --until");
  const end = until === undefined ? null : parseInstant("--until", until);
  const { window, takenOver } = await withStores(terminal, async (stores, signal) => {
    const window =
      end !== null
        ? await openRelinkWindow({ connection: name, until: end, from }, stores, signal).catch(
            refused(from, until),
          )
        : close
          ? await closeRelinkWindow(name, stores, signal)
          : await findRelinkWindow(name, stores, signal);
    return { window, takenOver: window === null ? [] : await listTakenOver(window, stores, signal) };
  });
  const state = window === null ? null : stateOf(window);
  const result = { connection: name, window: state, takenOver: takenOver.map(toJson) };
  const table = takenOver.length === 0 ? "" : formatTable(HEADINGS, takenOver.map(toRow));
  print(result, `${describeWindow(name, window)}\n${table}`, json, terminal);
}

function stateOf(window: RelinkWindow) {
  const { connection, organizationId, openedAt, until, from } = window;
  return { connection, organizationId, openedAt, until, from, open: isOpen(window, new Date()) };
}

/** @param until the end as the operator wrote it */
function refused(from: OrganizationId | null, until: string | undefined): (error: unknown) => never {
  return (error) => {
    if (!(error instanceof RelinkWindowRefused)) throw error;
    switch (error.problem) {
      case "past":
        throw new UsageError(`--until ${until} is not in the future`);
      case "too-long":
        throw new UsageError(`--until ${until} is more than 14 days ahead`);
      case "own-organization":
        throw new CommandFailure(
          `the connection belongs to ${from} itself: --from names another organization whose users may sign in through it too`,
        );
    }
  };
}

function describeWindow(name: string, window: RelinkWindow | null): string {
  if (window === null) return `No relink window has ever been open for ${name}.`;
  const { openedAt, until, from } = window;
  if (!isOpen(window, new Date())) {
    return `No relink window is open for ${name}; the last one was from ${openedAt} until ${until}.`;
  }
  const merger = from === null ? "" : `, also for users of ${from}`;
  return `The relink window of ${name} is open from ${openedAt} until ${until}${merger}.`;
}

function toJson({ at, userId, holder, subject }: AuditEntry) {
  return { at, userId, oldSubject: holder, newSubject: subject };
}

const HEADINGS = ["AT", "USER ID", "OLD SUBJECT", "NEW SUBJECT"];

function toRow({ at, userId, holder, subject }: AuditEntry) {
  return [at, userId, holder, subject];
}
