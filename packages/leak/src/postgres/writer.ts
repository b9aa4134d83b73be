import { setTimeout as sleep } from "node:timers/promises";
import { unitsOf } from "../batches.ts";
import type { Applied, PlannedRow, UndoRow } from "../changes.ts";
import { LeakProblem } from "../model.ts";
import { changeRows } from "./change.ts";
import { type Connection, connect, type Query } from "./connection.ts";
import { deniedOf, deniedProblem, namesOf } from "./denied.ts";
import { failureOf, lostProblem } from "./failures.ts";
import type { ChangedTable, Wanted } from "./update.ts";

/** Shorter than the second after which PostgreSQL looks for a deadlock: the writers of an application win. */
const LOCK_MS = 500;
const STATEMENT_MS = 60_000;
const STATEMENT_MS_OF_ROW = 10;
const MOST_ATTEMPTS = 20;
const FIRST_PAUSE_MS = 20;
const MOST_PAUSE_MS = 1_000;
const RECONNECTIONS = 12;
const MOST_RECONNECT_PAUSE_MS = 5_000;

type Before = (undo: readonly UndoRow[]) => Promise<void>;
type Row = Wanted<PlannedRow>;

/** What is known of a transaction before its COMMIT. */
interface Ended {
  readonly id: string | null;
  readonly changed: number;
  readonly changedBefore: number;
}

/** Units that are changed together, and how often that was tried. */
interface Part {
  readonly units: readonly (readonly Row[])[];
  readonly attempt: number;
}

interface Next {
  readonly parts: readonly Part[];
  /** Whether what waits for others comes after everything else. */
  readonly isLast: boolean;
}

/** Changes rows beside other writers, over connections that may be lost. */
export class Writer {
  readonly #url: string;
  readonly #tables: ReadonlyMap<string, ChangedTable>;
  #connection: Promise<Connection> | null = null;

  constructor(url: string, tables: ReadonlyMap<string, ChangedTable>) {
    this.#url = url;
    this.#tables = tables;
  }

  /** @throws {LeakProblem} what no smaller part would spare */
  async change(rows: readonly Row[], before: Before, signal: AbortSignal): Promise<Applied> {
    const refused: Applied["refused"][number][] = [];
    const sum = { changed: 0, changedBefore: 0, skipped: 0 };
    const parts: Part[] = [{ units: unitsOf(rows), attempt: 0 }];
    for (let part = parts.shift(); part !== undefined && !signal.aborted; part = parts.shift()) {
      const some = part.units.flat();
      try {
        const { changed, changedBefore } = await this.#transact(some, before, signal);
        sum.changed += changed;
        sum.changedBefore += changedBefore;
        sum.skipped += some.length - changed - changedBefore;
      } catch (error) {
        // Nothing of it was committed: the same command goes on with it.
        if (signal.aborted && error === signal.reason) break;
        await this.#explainDenied(error);
        const next = await nextParts(part, error);
        if ("why" in next) for (const { row } of some) refused.push({ row, why: next.why });
        else if (next.isLast) parts.push(...next.parts);
        else parts.unshift(...next.parts);
      }
    }
    return { ...sum, refused };
  }

  async close(): Promise<void> {
    const connection = await this.#connection?.catch(() => null);
    await connection?.close();
  }

  /** @throws {LeakProblem} a trigger may not do what it does */
  async #explainDenied(error: unknown): Promise<void> {
    const denied = deniedOf(error);
    if (denied === null) return;
    const { transaction, user } = await this.#connected();
    const ask = (query: Query) => query(...namesOf(denied));
    const found = await transaction({ mode: "READ ONLY" }, ask).catch(() => []);
    throw deniedProblem(denied, found, user, error);
  }

  /** One transaction. @returns how many rows it has changed, and how many were before */
  async #transact(rows: readonly Row[], before: Before, signal: AbortSignal): Promise<Omit<Ended, "id">> {
    const connection = await this.#connected();
    const ended: Ended[] = [];
    try {
      await connection.transaction({ mode: "READ WRITE" }, async (query) => {
        await begin(query, rows.length);
        const { undo, changedBefore } = await changeRows(query, (name) => this.#tableOf(name), rows, signal);
        if (undo.length === 0) ended.push({ id: null, changed: 0, changedBefore });
        if (undo.length === 0) return;
        await query("SET CONSTRAINTS ALL IMMEDIATE");
        const [[id] = []] = await query("SELECT pg_catalog.txid_current()::pg_catalog.text");
        await before(undo);
        ended.push({ id: id ?? null, changed: undo.length, changedBefore });
      });
    } catch (error) {
      if (failureOf(error).kind !== "lost") throw error;
      await this.#reconnect();
      const [{ id } = { id: null }] = ended;
      if (id === null || !(await this.#isCommitted(id))) throw error;
    }
    return ended[0] ?? { changed: 0, changedBefore: 0 };
  }

  /**
   * A connection that is lost in a COMMIT says nothing of it, but PostgreSQL knows. Another server that has taken over does
   * not: then the rows tell whether they are changed.
   */
  async #isCommitted(id: string): Promise<boolean> {
    for (let attempt = 0; attempt < MOST_ATTEMPTS; attempt += 1) {
      const connection = await this.#connected();
      const ask = (query: Query) => query("SELECT pg_catalog.txid_status($1::pg_catalog.int8)", [id]);
      const [[status] = []] = await connection.transaction({ mode: "READ ONLY" }, ask).catch(() => []);
      if (status !== "in progress") return status === "committed";
      await sleep(MOST_PAUSE_MS);
    }
    return false;
  }

  #connected(): Promise<Connection> {
    const options = { url: this.#url, lockTimeoutMs: LOCK_MS, statementTimeoutMs: STATEMENT_MS };
    this.#connection ??= connect(options);
    return this.#connection;
  }

  /** @throws {LeakProblem} */
  async #reconnect(): Promise<void> {
    // One that is lost may never end.
    void this.close().catch(() => {});
    for (let attempt = 1; ; attempt += 1) {
      this.#connection = null;
      try {
        await this.#connected();
        return;
      } catch (error) {
        this.#connection = null;
        if (attempt === RECONNECTIONS) throw error;
        await sleep(Math.min(MOST_RECONNECT_PAUSE_MS, FIRST_PAUSE_MS * 2 ** attempt));
      }
    }
  }

  #tableOf(name: string): ChangedTable {
    const table = this.#tables.get(name);
    if (table === undefined) throw new LeakProblem(`there is no table ${name} in this database`);
    return table;
  }
}

/** How to go on after a failure. @throws what no other attempt would change */
async function nextParts({ units, attempt }: Part, error: unknown): Promise<Next | { readonly why: string }> {
  const failure = failureOf(error);
  if (failure.kind === "problem") throw failure.problem;
  const again = [{ units, attempt: attempt + 1 }];
  if (failure.kind === "lost") {
    if (attempt === MOST_ATTEMPTS) throw lostProblem(error);
    return { parts: again, isLast: false };
  }
  if (units.length > 1) {
    const middle = Math.ceil(units.length / 2);
    const halves = [units.slice(0, middle), units.slice(middle)];
    return { parts: halves.map((half) => ({ units: half, attempt: 0 })), isLast: false };
  }
  if (failure.kind === "refused" || attempt === MOST_ATTEMPTS) return { why: failure.why };
  await sleep(Math.random() * Math.min(MOST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** attempt));
  return { parts: again, isLast: true };
}

/** Triggers of the application run as they do for it: with the search path of the role, not with ours. */
async function begin(query: Query, rows: number): Promise<void> {
  // Each row is found by its key, whatever the statistics of the table say.
  await query(`SET LOCAL search_path TO DEFAULT; SET LOCAL enable_hashjoin = off; SET LOCAL enable_mergejoin = off;
    SET LOCAL statement_timeout = ${STATEMENT_MS + STATEMENT_MS_OF_ROW * rows}; SET CONSTRAINTS ALL DEFERRED`);
}
