import { chmodSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import type { z } from "zod";
import { makeFolder } from "../../data-folder/make-folder.ts";
import { brokenFolder } from "../../service-errors.ts";

/** The other keys of a record, and when it expires. */
export interface RecordOptions {
  /** A second unique key. */
  readonly uid?: string | undefined;
  /** The grant whose revocation removes it. */
  readonly grantId?: string | undefined;
  /** Seconds since the epoch. Default: never. */
  readonly expiresAt?: number | undefined;
}

const SCHEMA = `
  PRAGMA journal_mode = WAL;
  PRAGMA synchronous = NORMAL;
  CREATE TABLE IF NOT EXISTS records (
    kind TEXT NOT NULL, id TEXT NOT NULL, json TEXT NOT NULL, uid TEXT, grant_id TEXT, expires_at INTEGER,
    PRIMARY KEY (kind, id)
  ) WITHOUT ROWID;
  CREATE INDEX IF NOT EXISTS records_by_uid ON records (kind, uid) WHERE uid IS NOT NULL;
  CREATE INDEX IF NOT EXISTS records_by_grant ON records (grant_id) WHERE grant_id IS NOT NULL;
  DELETE FROM records WHERE expires_at <= unixepoch();
`;

const ALIVE = "(expires_at IS NULL OR expires_at > unixepoch())";

/** Stores what must survive a restart, as JSON in one SQLite file. A write is atomic and durable when it returns. */
export class RecordStore {
  readonly #database: DatabaseSync;

  /** @throws when the file is broken */
  constructor(dataFolder: string) {
    makePrivate(dataFolder);
    this.#database = new DatabaseSync(join(dataFolder, "identity-provider.sqlite"));
    try {
      this.#database.exec(SCHEMA);
    } catch (error) {
      this.#database.close();
      throw brokenFolder(dataFolder, "identity provider", error);
    }
  }

  read<T>(kind: string, id: string, schema: z.ZodType<T>): T | null {
    return this.#select("AND id = ?", [kind, id], schema)[0] ?? null;
  }

  readByUid<T>(kind: string, uid: string, schema: z.ZodType<T>): T | null {
    return this.#select("AND uid = ?", [kind, uid], schema)[0] ?? null;
  }

  /** All records of a kind, by id. */
  list<T>(kind: string, schema: z.ZodType<T>): T[] {
    return this.#select("ORDER BY id", [kind], schema);
  }

  write(kind: string, id: string, value: unknown, { uid, grantId, expiresAt }: RecordOptions = {}): void {
    this.#database
      .prepare("INSERT OR REPLACE INTO records VALUES (?, ?, ?, ?, ?, ?)")
      .run(kind, id, JSON.stringify(value), uid ?? null, grantId ?? null, expiresAt ?? null);
  }

  remove(kind: string, id: string): void {
    this.#database.prepare("DELETE FROM records WHERE kind = ? AND id = ?").run(kind, id);
  }

  removeGranted(kind: string, grantId: string): void {
    this.#database.prepare("DELETE FROM records WHERE kind = ? AND grant_id = ?").run(kind, grantId);
  }

  close(): void {
    this.#database.close();
  }

  #select<T>(which: string, keys: readonly string[], schema: z.ZodType<T>): T[] {
    const rows = this.#database
      .prepare(`SELECT json FROM records WHERE ${ALIVE} AND kind = ? ${which}`)
      .all(...keys);
    return rows.map(({ json }) => schema.parse(JSON.parse(String(json))));
  }
}

/** Creates the folder, or closes one that others can read: only its owner may read the keys. */
function makePrivate(folder: string): void {
  makeFolder(folder);
  try {
    chmodSync(folder, 0o700);
  } catch {
    // Another user's folder, or a file system without modes.
  }
}
