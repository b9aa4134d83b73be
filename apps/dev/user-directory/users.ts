import { z } from "zod";
import type { Database } from "./database.ts";

const user = z.object({ id: z.string(), email: z.string(), email_verified: z.boolean() });
const upsertedUser = user.extend({ created: z.boolean() });

/** A row of `users`, named as on the wire. */
export type User = z.infer<typeof user>;

/** A user that was found or created. */
export type UpsertedUser = z.infer<typeof upsertedUser>;

export interface NewUser {
  readonly email: string;
  readonly name?: string | undefined;
  readonly isVerified: boolean;
}

/**
 * Collation "C" makes `lower` fold only ASCII in any locale. A Unicode locale also folds the Kelvin sign to k,
 * which would give one user the UUID of another.
 */
const SCHEMA = `
  DO $$ BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('user-directory schema'));
    CREATE TABLE IF NOT EXISTS users (
      id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
      email text COLLATE "C" NOT NULL,
      name text,
      email_verified boolean NOT NULL DEFAULT false,
      created_at timestamptz DEFAULT now()
    );
    CREATE UNIQUE INDEX IF NOT EXISTS users_email ON users (lower(email));
  END $$`;

/** `xmax` is 0 in a row that this statement inserted, and set in one that it updated. */
const UPSERT = `
  INSERT INTO users (email, name, email_verified) VALUES ($1, $2, $3)
  ON CONFLICT (lower(email)) DO UPDATE SET
    name = coalesce(users.name, excluded.name),
    email_verified = users.email_verified OR excluded.email_verified
  RETURNING id, email, email_verified, (xmax = 0) AS created`;

const FIND = `SELECT id, email, email_verified FROM users WHERE lower(email) = lower($1 COLLATE "C")`;

/** Creates what is missing, in one statement and so in one transaction. Only one process runs it at a time. */
export async function migrate(database: Database): Promise<void> {
  await database.query(SCHEMA);
}

/** Finds or creates the user of this address. `isVerified` marks it as verified, and never removes the mark. */
export async function ensureUser(
  database: Database,
  { email, name, isVerified }: NewUser,
): Promise<UpsertedUser> {
  const [row] = await database.query(UPSERT, [email, name, isVerified]);
  return upsertedUser.parse(row);
}

/** The user of this address, or null. */
export async function findUser(database: Database, email: string): Promise<User | null> {
  const [row] = await database.query(FIND, [email]);
  return row === undefined ? null : user.parse(row);
}
