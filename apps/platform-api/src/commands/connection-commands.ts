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
import type { Administration } from "../compose-administration.ts";
import { parseInstant, toOrganizationId } from "./arguments.ts";
import { reportMissingEntries } from "./operator-audit.ts";
import { withStores } from "./store-command.ts";
import { CommandFailure, formatTable, type Terminal, UsageError } from "./terminal.ts";

interface WindowOptions {
  readonly until?: string;
  readonly from?: OrganizationId;
  readonly close?: true;
  readonly json?: true;
}

export function addConnectionCommands(program: Command, terminal: Terminal): void {
  program
    .command("connection")
    .description("connections of organizations")
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

async function relinkWindow(name: string, options: WindowOptions, terminal: Terminal): Promise<void> {
  const { until, from, close, json } = options;
  if (until !== undefined && close) throw new UsageError("--until and --close contradict each other");
  if (from !== undefined && until === undefined) throw new UsageError("--from needs --until: when it ends");
  const end = until === undefined ? null : parseInstant("--until", until);
  const { window, takenOver } = await withStores(terminal, async (stores, signal) => {
    const window =
      end !== null
        ? await open({ connection: name, until: end, from: from ?? null }, until ?? "", stores, signal)
        : close
          ? await closeRelinkWindow(name, stores, signal).catch(
              reportMissingEntries(`The relink window of ${name} is closed.`),
            )
          : await findRelinkWindow(name, stores, signal);
    return { window, takenOver: window === null ? [] : await listTakenOver(window, stores, signal) };
  });
  if (json) {
    const state = window === null ? null : { ...window, open: isOpen(window, new Date()) };
    terminal.out(
      `${JSON.stringify({ connection: name, window: state, takenOver: takenOver.map(toJson) })}\n`,
    );
    return;
  }
  terminal.out(`${describeWindow(name, window)}\n`);
  if (takenOver.length > 0) {
    terminal.out(formatTable(["AT", "USER ID", "OLD SUBJECT", "NEW SUBJECT"], takenOver.map(toRow)));
  }
}

/** @param text the end as the operator wrote it */
function open(
  wanted: Parameters<typeof openRelinkWindow>[0],
  text: string,
  stores: Administration,
  signal: AbortSignal,
): Promise<RelinkWindow> {
  const summary = `The relink window of ${wanted.connection} is open until ${wanted.until.toISOString()}.`;
  return openRelinkWindow(wanted, stores, signal)
    .catch((error: unknown) => {
      throw error instanceof RelinkWindowRefused ? refused(error, wanted.from, text) : error;
    })
    .catch(reportMissingEntries(summary));
}

function refused({ problem }: RelinkWindowRefused, from: OrganizationId | null, text: string): Error {
  switch (problem) {
    case "past":
      return new UsageError(`--until ${text} is not in the future`);
    case "too-long":
      return new UsageError(`--until ${text} is more than 14 days ahead`);
    case "own-organization":
      return new CommandFailure(
        `the connection belongs to ${from} itself: --from names another organization whose users may sign in through it too`,
      );
  }
}

function describeWindow(name: string, window: RelinkWindow | null): string {
  if (window === null) return `No relink window has ever been open for ${name}.`;
  return isOpen(window, new Date())
    ? `The relink window of ${name} is open from ${window.openedAt} until ${window.until}${describeMerger(window)}.`
    : `No relink window is open for ${name}; the last one was from ${window.openedAt} until ${window.until}.`;
}

function describeMerger({ from }: RelinkWindow): string {
  return from === null ? "" : `, for the people of ${from} too`;
}

function toJson({ at, userId, holder, subject }: AuditEntry) {
  return { at, userId, oldSubject: holder, newSubject: subject };
}

function toRow({ at, userId, holder, subject }: AuditEntry): string[] {
  return [at, userId ?? "–", holder ?? "–", subject ?? "–"];
}
