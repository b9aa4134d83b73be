import { type Client, DatabaseError } from "pg";
import { LeakProblem } from "../model.ts";
import { quoted } from "./role.ts";

const GO_ON = "run the same command again: it goes on from where it was";

/** What PostgreSQL says is wrong, as five letters or digits; null where it is not PostgreSQL that says so. */
export function sqlState(error: unknown): string | null {
  return error instanceof DatabaseError ? (error.code ?? null) : null;
}

/** What the conditions are called that a change or a reading often meets: PostgreSQL, appendix A. */
const CONDITIONS: Readonly<Record<string, string>> = {
  "22001": "string_data_right_truncation",
  "22P02": "invalid_text_representation",
  "23000": "integrity_constraint_violation",
  "23001": "restrict_violation",
  "23502": "not_null_violation",
  "23503": "foreign_key_violation",
  "23505": "unique_violation",
  "23514": "check_violation",
  "23P01": "exclusion_violation",
  "27000": "triggered_data_change_violation",
  "42501": "insufficient_privilege",
  "42P01": "undefined_table",
  "42703": "undefined_column",
  "42804": "datatype_mismatch",
  "44000": "with_check_option_violation",
  "53100": "disk_full",
  P0001: "raise_exception, which a trigger or a function raises",
};

/**
 * What PostgreSQL refuses, without its message and its details: they may have values of rows, and what a trigger raises may
 * have anything.
 */
export function describeError(error: unknown): string {
  if (!(error instanceof DatabaseError)) return messageOf(error);
  const { code = "", schema, table, column, constraint } = error;
  const names = [
    ["table", table === undefined ? undefined : quoted(...(schema === undefined ? [] : [schema]), table)],
    ["column", column],
    ["constraint", constraint],
  ].flatMap(([what, name]) => (name === undefined ? [] : [`, ${what} ${name}`]));
  const condition = CONDITIONS[code];
  return `SQLSTATE ${code}${condition === undefined ? "" : ` ${condition}`}${names.join("")}`;
}

/** Why nobody is connected. Messages of PostgreSQL and of Node have no password in them. */
export function connectProblem(error: unknown, { user, host, port, database }: Client): LeakProblem {
  const message = messageOf(error);
  const place = `${host}:${port}`;
  return new LeakProblem(words(), { cause: error });

  function words(): string {
    switch (sqlState(error)) {
      case "28P01":
      case "28000":
        return `PostgreSQL at ${place} refuses ${user} (${message}): correct the user, the password or sslmode in --postgres, or pg_hba.conf`;
      case "3D000":
        return `there is no database ${database} at ${place}: correct the end of --postgres`;
      case "42501":
        return `${user} may not connect to ${database}: GRANT CONNECT ON DATABASE ${quoted(database ?? "")} TO ${quoted(user ?? "")};`;
    }
    if (message.includes("password must be a string")) {
      return `PostgreSQL at ${place} wants a password: put it into PGPASSWORD or ~/.pgpass`;
    }
    if (/\b(SSL|certificate)\b/i.test(message)) {
      return `PostgreSQL at ${place} and this command do not agree on TLS (${message}): change sslmode in --postgres`;
    }
    return `PostgreSQL cannot be reached at ${place} (${message}): correct the host or the port in --postgres, or see whether it runs`;
  }
}

/** Why a table cannot be read on. An error that is neither of PostgreSQL nor of the network stays what it is. */
export function readProblem(error: unknown, table: string): unknown {
  const words = readWords(error, table);
  return words === null ? error : new LeakProblem(words, { cause: error });
}

function readWords(error: unknown, table: string): string | null {
  const state = sqlState(error);
  const message = describeError(error);
  if (isLost(error, state)) return `the connection was lost while reading ${table} (${message}): ${GO_ON}`;
  switch (state) {
    case null:
      return null;
    case "42501":
      return `${table} may no longer be read (${message}): see --role for the role that is enough, then ${GO_ON}`;
    case "42P01":
    case "42703":
    case "42804":
      return `${table} has changed meanwhile (${message}): run the command again, from the beginning`;
    case "55P03":
      return `${table} is locked by somebody who changes its layout: ${GO_ON}`;
    case "57014":
      return `${table} has a row whose reading takes too long, or somebody cancelled the statement: ${GO_ON}`;
    default:
      return `PostgreSQL refuses reading ${table} (${message}): ${GO_ON}`;
  }
}

/** The client's own errors have no code. */
function isLost(error: unknown, state: string | null): boolean {
  if (state !== null) return state.startsWith("08") || state.startsWith("57P");
  if (error instanceof LeakProblem || !(error instanceof Error)) return false;
  return (
    "syscall" in error || /^(Connection terminated|Client (was closed|has encountered))/.test(error.message)
  );
}

/** Node's error can have no message of its own, when there is one for each address of a host. */
function messageOf(error: unknown): string {
  if (error instanceof AggregateError) return error.errors.map(messageOf).join(", ");
  return error instanceof Error ? error.message : String(error);
}
