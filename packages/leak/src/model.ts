/*
 * What a scan finds, of any store. A subject is a user id of the identity provider, such as
 * `waad|abc`, that stands where the company's own UUID belongs.
 */

/** The key of a row as texts: of the columns of its primary key, in their order. */
export type RowKey = readonly string[];

/** A part of a store that is walked in the order of its keys: a table, or a file. */
export interface Table {
  /** Quoted as the store wants it, such as `"public"."runs"`. */
  readonly name: string;
  /** The columns of the primary key; null where it has none: its rows are found and counted, and changed by hand. */
  readonly key: readonly string[] | null;
  readonly columns: readonly Column[];
  /** About how many rows it has; null where the store does not say. */
  readonly rows: number | null;
}

export interface Column {
  readonly name: string;
  /** The type as the store calls it. */
  readonly type: string;
  /**
   * `value`: a text; `array`: of texts; `document`: JSON, or a nested attribute, whose values are looked at, keys not.
   * A generated column is looked at and follows by itself.
   */
  readonly form: "value" | "array" | "document";
  readonly isGenerated: boolean;
}

/** What a walk needs to know of a store, and what its plans are bound to. */
export interface Catalog {
  readonly store: "postgres" | "dynamodb" | "ndjson";
  /** For people: the database, table or file, without a password. */
  readonly label: string;
  /** Where it is, the same for every user of it. A copy has the same fingerprint in another place. */
  readonly place: string;
  /** Of PostgreSQL, the schemas that alone are looked at; null for all. The fingerprint is of their tables. */
  readonly schemas: readonly string[] | null;
  /** Of PostgreSQL, the tables that are left out, quoted. */
  readonly skipped: readonly string[];
  /** SHA-256, in hex, of what makes it this store and this layout. A plan of another one is refused. */
  readonly fingerprint: string;
  readonly tables: readonly Table[];
  /** What is not looked at, and why, one sentence each. */
  readonly notes: readonly string[];
}

/** A place of a subject in a row. */
export interface Place {
  readonly column: string;
  /**
   * Where it stands inside the column: keys and indexes; empty for the whole value. Indexes count from 0, also those of
   * an array in PostgreSQL, whatever its lower bound is. In an array of documents the index comes first.
   */
  readonly path: readonly (string | number)[];
  readonly subject: string;
  /** Why nothing but a hand can change it, and what can be chosen: two sentences. Not in a plan. */
  readonly byHand?: string | undefined;
}

export interface FoundRow {
  /** Null where its table has no primary key. */
  readonly key: RowKey | null;
  readonly places: readonly Place[];
}

/** A step of a walk. */
export interface Batch {
  /** How many rows were read. */
  readonly rows: number;
  readonly found: readonly FoundRow[];
  /** How many values of a column only look like a subject, by the column. */
  readonly resembling: ReadonlyMap<string, number>;
  /** Where to go on: JSON. Null where a walk of this table can only begin again. */
  readonly position: unknown;
}

/** A store that is only read. */
export interface LeakSource {
  readonly catalog: Catalog;
  /**
   * Every row, in an order that stays while rows are changed.
   * @param position of the last batch that was read; null for the beginning
   */
  walk(table: Table, position: unknown, signal: AbortSignal): AsyncIterable<Batch>;
  /** Of these UUIDs those that a column has. */
  findUserIds(
    table: Table,
    column: string,
    userIds: readonly string[],
    signal: AbortSignal,
  ): Promise<ReadonlySet<string>>;
  close(): Promise<void>;
}

/** Whose a subject is. */
export type Resolution =
  | { readonly userId: string; readonly by: "link" | "directory" }
  /** `why` is a sentence for an operator. */
  | { readonly userId: null; readonly why: string };

/** Resolves up to 100 subjects together. It stores nothing and creates nobody. */
export type Resolve = (
  subjects: readonly string[],
  signal: AbortSignal,
) => Promise<ReadonlyMap<string, Resolution>>;

/** What is wrong with an argument, a file or a store, in a sentence that says how to fix it. Nothing was changed. */
export class LeakProblem extends Error {}

/** The same of an argument that nothing could be right with. */
export class ArgumentProblem extends LeakProblem {}

/** A row cannot be changed as planned, while others can. */
export class RowRefused extends Error {}

/** How far a long step has got. */
export interface Progress {
  readonly what: string;
  readonly done: number;
  /** Null where it is not known. */
  readonly all: number | null;
}
