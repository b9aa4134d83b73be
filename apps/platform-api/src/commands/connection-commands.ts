import {
  type DynamoTable,
  dynamoAudit,
  dynamoOrganizations,
  dynamoRelinkWindows,
} from "@platform-api/server/adapters";
import {
  type AuditEntry,
  type Connection,
  isOpen,
  MAX_WINDOW_MS,
  type OrganizationId,
  type RelinkWindow,
} from "@platform-api/server/domain";
import type { Command } from "commander";
import { toOrganizationId } from "./identity-arguments.ts";
import { parseInstant } from "./instant.ts";
import { recordDeeds } from "./operator-audit.ts";
import { withTable } from "./store-command.ts";
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
      "for a connection whose subjects have all changed: until then, people with the same trusted address take " +
        "their seats over; without an option, whether a window is open and what was taken over",
    )
    .option("--until <time>", "open it, or move its end: ISO time or date, at most 14 days ahead")
    .option(
      "--from <organization>",
      "a merger: while it is open, this organization's people are the connection's too",
      toOrganizationId,
    )
    .option("--close", "end it now")
    .option("--json", "print JSON")
    .action((name: string, options: WindowOptions) => relinkWindow(name, options, terminal));
}

async function relinkWindow(name: string, options: WindowOptions, terminal: Terminal): Promise<void> {
  const { until, from, close, json } = options;
  if (until !== undefined && close) throw new UsageError("--until and --close contradict each other");
  if (from !== undefined && until === undefined) throw new UsageError("--from needs --until: when it ends");
  const now = new Date();
  const end = until === undefined ? null : windowEnd(until, now);
  const { window, takenOver } = await withTable(terminal.env, async (table, signal) => {
    const connection = await dynamoOrganizations(table).findConnection(name, signal);
    const present = await dynamoRelinkWindows(table).find(name, signal);
    if (from !== undefined) await checkMerger(from, connection, table, signal);
    if (connection === null && (end !== null || present === null)) {
      throw new CommandFailure(`there is no connection ${name}: see \`platform-api org list\``);
    }
    const change =
      end !== null
        ? opened(name, present, {
            end,
            from: from ?? null,
            organizationId: connection?.organizationId ?? null,
            now,
          })
        : close
          ? closed(present, now)
          : null;
    if (change !== null) await store(change, connection, { table, terminal, now }, signal);
    const window = change?.window ?? present;
    return { window, takenOver: await listTakenOver(window, table, signal) };
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

interface WindowChange {
  readonly window: RelinkWindow;
  readonly action: "relink-window-opened" | "relink-window-closed";
}

/** An open window keeps its beginning: what was linked since must not change hands again. */
function opened(
  connection: string,
  present: RelinkWindow | null,
  {
    end,
    from,
    organizationId,
    now,
  }: { end: Date; from: OrganizationId | null; organizationId: OrganizationId | null; now: Date },
): WindowChange {
  const isOwn = present !== null && present.organizationId === organizationId;
  const open = isOwn && isOpen(present, now) ? present : null;
  const window = {
    connection,
    organizationId,
    openedAt: open?.openedAt ?? now.toISOString(),
    until: end.toISOString(),
    from: from ?? open?.from ?? null,
  };
  return { window, action: "relink-window-opened" };
}

/** @throws {CommandFailure} when the organization is the connection's own, or unknown and without a trace */
async function checkMerger(
  from: OrganizationId,
  connection: Connection | null,
  table: DynamoTable,
  signal: AbortSignal,
): Promise<void> {
  if (connection?.organizationId === from) {
    throw new CommandFailure(
      `the connection belongs to ${from} itself: --from names the organization whose people shall come through it too`,
    );
  }
  if ((await dynamoOrganizations(table).find(from, signal)) !== null) return;
  throw new CommandFailure(`there is no organization ${from}: see \`platform-api org list\``);
}

/** Closing what is not open changes nothing. */
function closed(present: RelinkWindow | null, now: Date): WindowChange | null {
  if (present === null || !isOpen(present, now)) return null;
  return { window: { ...present, until: now.toISOString() }, action: "relink-window-closed" };
}

async function store(
  { window, action }: WindowChange,
  connection: Connection | null,
  { table, terminal, now }: { table: DynamoTable; terminal: Terminal; now: Date },
  signal: AbortSignal,
): Promise<void> {
  await dynamoRelinkWindows(table).put(window, signal);
  const organizationId = connection?.organizationId ?? null;
  const deed = { at: now.toISOString(), action, connection: window.connection, organizationId };
  // The organization whose people it is open to has an entry too.
  const deeds = [deed, ...(window.from === null ? [] : [{ ...deed, organizationId: window.from }])];
  const told = describeWindow(window.connection, window);
  await recordDeeds(deeds, { table, terminal, told }, signal);
}

async function listTakenOver(
  window: RelinkWindow | null,
  table: DynamoTable,
  signal: AbortSignal,
): Promise<readonly AuditEntry[]> {
  if (window === null) return [];
  const period = { since: new Date(window.openedAt), until: new Date() };
  const entries = await dynamoAudit(table).list(period, signal);
  return entries.filter(
    ({ action, connection, rule }) =>
      (action === "seat-taken-over" || (action === "identity-allowed" && rule === "merger")) &&
      connection === window.connection,
  );
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

/** @throws {UsageError} when it is not in the future, or too far in it */
function windowEnd(text: string, now: Date): Date {
  const until = parseInstant("--until", text);
  const aheadMs = until.getTime() - now.getTime();
  if (aheadMs <= 0) throw new UsageError(`--until ${text} is not in the future`);
  if (aheadMs > MAX_WINDOW_MS) throw new UsageError(`--until ${text} is more than 14 days ahead`);
  return until;
}

function toJson({ at, userId, holder, subject }: AuditEntry) {
  return { at, userId, oldSubject: holder, newSubject: subject };
}

function toRow({ at, userId, holder, subject }: AuditEntry): string[] {
  return [at, userId ?? "–", holder ?? "–", subject ?? "–"];
}
