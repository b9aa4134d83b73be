import { setTimeout as sleep } from "node:timers/promises";
import { Client, DatabaseError } from "pg";
import { randomOf } from "./random.ts";
import { isOdd, newcomers, rowsOf, type Size, subjectOf, userIdOf } from "./world.ts";

/** What writers have committed, by the tag of the row. */
export interface Journal {
  /** The last number in `seen`. */
  readonly seen: Map<string, number>;
  /** The last number in `seen` inside of a document. */
  readonly inside: Map<string, number>;
  /** The user that a run was given. */
  readonly given: Map<string, string>;
  readonly deleted: Set<string>;
  /** The user of a run that was inserted, and the UUID in its place where that is a subject. */
  readonly inserted: Map<string, { readonly userId: string; readonly repaired: string }>;
  /** People whose rows cannot move, because a run with their subject was inserted. */
  readonly held: Set<number>;
  /** What should not have happened to a writer. */
  readonly problems: string[];
}

export interface Writers {
  readonly journal: Journal;
  stop(): Promise<void>;
}

const AT_ONCE = 3;
/** Of five changes one may be a deletion, and of those this part is. */
const DELETED = 0.2;
/** Divided by the rows: writers change the same part of a small database and of a large one. */
const MOST_PAUSE_MS = 4_000_000;
/** A deadlock, a row that moved to another partition, a lock that took too long: a writer tries something else. */
const EXPECTED = new Set(["40P01", "40001", "55P03"]);
const NO_PARENT = "23503";
/** Tables that have a row for each subject. Writers update a column of them that a repair leaves alone. */
const UPDATED = ["users", "accounts", "favourites", "settings", "managers", "orders"] as const;

/** Of ten people one is given new rows with their subject, which foreign keys refuse once the person is repaired. */
export const isHeld = (n: number): boolean => n % 10 === 4;

/** Writers that are not stopped for a repair: each changes rows that no other one does. */
export async function startWriters(url: string, size: Size, seed: number): Promise<Writers> {
  const journal: Journal = {
    seen: new Map(),
    inside: new Map(),
    given: new Map(),
    deleted: new Set(),
    inserted: new Map(),
    held: new Set(),
    problems: [],
  };
  const stopping = new AbortController();
  const running = Array.from({ length: AT_ONCE }, async (_, number) => {
    const client = new Client({ connectionString: url });
    await client.connect();
    const actions = actionsOf({ client, size, journal, number, random: randomOf(seed + number) });
    while (!stopping.signal.aborted) {
      await actions.next().catch((error: unknown) => {
        if (!(error instanceof DatabaseError && EXPECTED.has(error.code ?? ""))) throw error;
      });
      await sleep((actions.random() * MOST_PAUSE_MS) / size.rows);
    }
    await client.end();
  });
  return {
    journal,
    stop: async () => {
      stopping.abort();
      await Promise.all(running);
    },
  };
}

interface Writer {
  readonly client: Client;
  readonly size: Size;
  readonly journal: Journal;
  readonly number: number;
  readonly random: () => number;
}

function actionsOf({ client, size, journal, number, random }: Writer) {
  let count = 0;
  const below = (most: number) => Math.floor(random() * most);
  const one = <T>(of: readonly T[]): T | undefined => of[below(of.length)];
  /** A row that belongs to this writer. */
  const ownOf = (rows: number) => number + AT_ONCE * below(Math.floor(rows / AT_ONCE));
  const change = async (tag: string, sql: string, ...values: unknown[]): Promise<boolean> => {
    const { rowCount } = await client.query(sql, [tag, ...values]);
    if (rowCount !== (journal.deleted.has(tag) ? 0 : 1))
      journal.problems.push(`${rowCount} rows have the tag ${tag}`);
    return rowCount === 1;
  };
  const newcomer = () => userIdOf(size.subjects + below(newcomers(size)));
  const [runs, documents] = [rowsOf(size, "runs"), rowsOf(size, "documents")];

  const actions: readonly (() => Promise<void>)[] = [
    async () => {
      const table = one(UPDATED);
      const tag = `${table}-${ownOf(size.subjects)}`;
      count += 1;
      if (await change(tag, `UPDATE ${table} SET seen = $2 WHERE tag = $1`, count))
        journal.seen.set(tag, count);
    },
    async () => {
      const i = ownOf(documents);
      const tag = `documents-${i}`;
      if (i % 8 === 5 || i % 8 === 7) return;
      count += 1;
      const written = (column: string) =>
        `regexp_replace(${column}::text, '("seen"\\s*:\\s*)\\d+', '\\1' || $2)`;
      const sql = `UPDATE documents SET body = ${written("body")}::jsonb, raw = ${written("raw")}::json WHERE tag = $1`;
      if (await change(tag, sql, String(count))) journal.inside.set(tag, count);
    },
    async () => {
      const i = ownOf(runs);
      if (isOdd(i % size.subjects)) return;
      const [tag, userId] = [`runs-${i}`, newcomer()];
      if (await change(tag, "UPDATE runs SET user_id = $2 WHERE tag = $1", userId))
        journal.given.set(tag, userId);
    },
    async () => {
      if (random() > DELETED) return;
      const table = one(["runs", "documents", "audit"]);
      const tag = `${table}-${ownOf(documents)}`;
      if (await change(tag, `DELETE FROM ${table} WHERE tag = $1`)) journal.deleted.add(tag);
    },
    async () => {
      count += 1;
      const person = below(size.subjects / 10) * 10 + 4;
      const isNew = random() < 0.5 || isOdd(person);
      const userId = isNew ? newcomer() : subjectOf(person);
      const id = 1_000_000_000 + AT_ONCE * count + number;
      const tag = `inserted-${id}`;
      const sql = "INSERT INTO runs (tag, id, user_id, title) VALUES ($1, $2, $3, 'Inserted')";
      try {
        await client.query(sql, [tag, id, userId]);
      } catch (error) {
        if (error instanceof DatabaseError && error.code === NO_PARENT) return;
        throw error;
      }
      journal.inserted.set(tag, { userId, repaired: isNew ? userId : userIdOf(person) });
      if (!isNew) journal.held.add(person);
    },
  ];
  return { next: () => one(actions)?.() ?? Promise.resolve(), random };
}
