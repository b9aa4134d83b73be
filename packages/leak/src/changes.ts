import type { Catalog, LeakSource, Place, RowKey, Table } from "./model.ts";

/*
 * The plan: NDJSON. The first line is its header, the last its seal, and nothing between them may be edited.
 */

export interface PlanHeader {
  readonly kind: "plan";
  readonly version: 1;
  readonly store: Catalog["store"];
  readonly label: string;
  readonly place: Catalog["place"];
  /** A store that is opened for this plan has the same ones. */
  readonly schemas: Catalog["schemas"];
  readonly skipped: Catalog["skipped"];
  readonly fingerprint: string;
  /** ISO 8601, UTC. */
  readonly madeAt: string;
}

/**
 * A row that will be changed: all of its places together. Only where foreign keys tie them to different units, a row has
 * several lines; the one that changes its key is the last.
 */
export interface PlannedRow {
  readonly kind: "row";
  readonly table: string;
  readonly key: RowKey;
  readonly changes: readonly PlannedChange[];
  /** Rows of one unit follow one another, and are changed in one transaction, because foreign keys tie them. */
  readonly unit: string | null;
}

export interface PlannedChange extends Place {
  /** The UUID that takes the subject's place. */
  readonly userId: string;
  readonly why: "link" | "directory";
}

/**
 * Why a row is left as it is. `check`: its column does not take the new value. `generated`: the subject is computed from
 * what is not one. `by-hand`: a line of a plan cannot or must not say where the subjects are, or an undo could not bring them
 * back as they were.
 */
export type ConflictRule =
  | "unique"
  | "merge"
  | "foreign-key"
  | "no-primary-key"
  | "unknown-subject"
  | "partition-key"
  | "check"
  | "generated"
  | "by-hand";

/** A row that is left as it is, and what somebody has to decide. */
export interface PlannedConflict {
  readonly kind: "conflict";
  readonly table: string;
  readonly key: RowKey | null;
  readonly rule: ConflictRule;
  readonly places: readonly Place[];
  /** What stands in the way, and what can be chosen: two sentences. */
  readonly text: string;
}

/** What happens beside the planned changes: triggers that fire, rows that follow by a cascade, views to refresh. */
export interface PlannedNote {
  readonly kind: "note";
  readonly text: string;
}

export interface PlanSeal {
  readonly kind: "seal";
  readonly rows: number;
  readonly conflicts: number;
  /** SHA-256, in hex, of every byte before this line. */
  readonly sha256: string;
}

export type PlanLine = PlanHeader | PlannedRow | PlannedConflict | PlannedNote | PlanSeal;

/*
 * What only a store knows of a change that is planned. A store without such rules has none.
 */

/** A foreign key between two tables that are walked, or to or from another one, whose name is in no catalog. */
export interface Tie {
  readonly name: string;
  readonly child: string;
  readonly columns: readonly string[];
  readonly parent: string;
  readonly parentColumns: readonly string[];
  /** Whether it was asked to leave the parent out. */
  readonly isParentSkipped: boolean;
  /**
   * What a change of the parent does to its children. `keep`: it is refused while they refer to it at the end of the statement.
   * `never`: it is refused in any case, or empties them.
   */
  readonly onUpdate: "cascade" | "keep" | "never";
}

/** Why a row cannot be changed as planned. */
export interface Objection {
  readonly rule: ConflictRule;
  readonly text: string;
}

/** What a row of a child refers to; null where a column of the key is. */
export type Parent = {
  /** Of the row it refers to; null where that has no primary key. */
  readonly key: RowKey | null;
  /** Whether there is a row already to which it will refer after its change. */
  readonly hasNew: boolean;
} | null;

export interface PlanRules {
  readonly ties: readonly Tie[];
  /**
   * Of rows of one table, in their order: null where nothing stands in the way.
   * @param aliases of a UUID all subjects that are planned to become it
   */
  judge(
    table: Table,
    rows: readonly PlannedRow[],
    aliases: ReadonlyMap<string, readonly string[]>,
    signal: AbortSignal,
  ): Promise<readonly (Objection | null)[]>;
  /** The same for what the rows refer to by a tie. */
  parents(tie: Tie, rows: readonly PlannedRow[], signal: AbortSignal): Promise<readonly Parent[]>;
  /** What somebody could run who changes a table without a primary key by hand. */
  byHand(table: Table, change: PlannedChange): string;
  /** What happens beside the changes, a sentence each: by the columns that change of each table. */
  notes(changed: ReadonlyMap<string, ReadonlySet<string>>): readonly string[];
}

/** What happened to the rows of a batch. */
export interface Applied {
  readonly changed: number;
  /** Rows that held the new value at all of their places already, as far as their key tells. */
  readonly changedBefore: number;
  /** Rows that no longer hold what the plan says, or are gone. */
  readonly skipped: number;
  /** Rows that the store refused, with its reason. */
  readonly refused: readonly { readonly row: PlannedRow; readonly why: string }[];
}

/**
 * One changed row in the undo file: NDJSON, a {@link UndoHeader} first. It is written and synced before its batch is
 * committed, so that it may name rows that were never changed: undoing changes a row only if it holds what it says.
 */
export interface UndoRow {
  readonly kind: "undo";
  readonly table: string;
  /** Before the change, and after it: the key itself may be changed. */
  readonly keyBefore: RowKey;
  readonly keyAfter: RowKey;
  readonly changes: readonly UndoChange[];
  readonly unit: string | null;
}

export interface UndoChange extends PlannedChange {
  /** How the old value was written, where that is not plain JSON of it: an escape in a `json` text. */
  readonly written: string | null;
}

export interface UndoHeader {
  readonly kind: "undo-header";
  readonly version: 1;
  readonly store: Catalog["store"];
  readonly schemas: Catalog["schemas"];
  readonly fingerprint: string;
  readonly place: Catalog["place"];
  /** The seal's hash of the plan. */
  readonly plan: string;
  /** How many rows the plan names. */
  readonly rows: number;
  /** What the plan changes, as it was: all that the way back needs of the layout. */
  readonly tables: readonly UndoTable[];
}

export interface UndoTable {
  readonly name: string;
  readonly key: readonly string[];
  /** Those that are changed. An attribute of DynamoDB that is not of the key has no type. */
  readonly columns: readonly { readonly name: string; readonly type: string }[];
}

/** It ends each batch of an undo file: a batch without it was never committed. */
export interface UndoCheck {
  readonly kind: "check";
  /** How many lines before it are of the batch. */
  readonly rows: number;
  /** SHA-256, in hex, of the hash of the check before it (of the header at first), and of every byte of the batch. */
  readonly sha256: string;
}

/** `apply` has come to its end: the file names everything that it has changed until then. */
export interface UndoEnd {
  readonly kind: "end";
  /** That of the last check, or of the header. */
  readonly sha256: string;
}

/** A store whose rows can be changed. */
export interface LeakTarget extends LeakSource {
  /**
   * Before the first change.
   * @param changed the columns that will be changed, by the name of their table
   * @throws {LeakProblem} such as a permission that is missing
   */
  prepare?(changed: ReadonlyMap<string, ReadonlySet<string>>, signal: AbortSignal): Promise<void>;
  /**
   * Changes rows in one transaction, each only if it holds what it says at all of its places. Where the store refuses the
   * transaction, it tries the rows in smaller parts, so that one row stops no other.
   * @param before is awaited with what would be undone, before anything is committed; where it throws, nothing is
   */
  apply(
    rows: readonly PlannedRow[],
    before: (undo: readonly UndoRow[]) => Promise<void>,
    signal: AbortSignal,
  ): Promise<Applied>;
  /** The same way back. */
  undo(rows: readonly UndoRow[], signal: AbortSignal): Promise<Applied>;
}
