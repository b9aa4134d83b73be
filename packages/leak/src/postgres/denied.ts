import { DatabaseError } from "pg";
import { LeakProblem } from "../model.ts";
import type { TextRow } from "./connection.ts";
import { GO_ON } from "./failures.ts";
import { quoted } from "./role.ts";

/** What a function of the database, such as one of a trigger, may not do. */
export interface Denied {
  /** As PostgreSQL calls it. */
  readonly kind: string;
  readonly name: string;
  readonly right: string;
  /** The statement, and where it stands. */
  readonly context: string;
}

const KINDS: Readonly<Record<string, string>> = {
  "foreign table": "TABLE",
  "materialized view": "TABLE",
  schema: "SCHEMA",
  sequence: "SEQUENCE",
  table: "TABLE",
  view: "TABLE",
};

/** Null where it is something else. What is refused of a change itself has no context. */
export function deniedOf(error: unknown): Denied | null {
  if (!(error instanceof DatabaseError) || error.code !== "42501" || !error.where) return null;
  const [, kind, name] = /^permission denied for ([a-z ]+) (\S.*)$/.exec(error.message) ?? [];
  if (kind === undefined || name === undefined || KINDS[kind] === undefined) return null;
  const [, verb = "SELECT"] = /\b(SELECT|INSERT|UPDATE|DELETE|TRUNCATE)\b/i.exec(error.where) ?? [];
  const right = KINDS[kind] === "TABLE" ? verb.toUpperCase() : "USAGE";
  return { kind, name, right, context: error.where };
}

/** Asks in which schemas there is something with this name that the role has no right to. */
export function namesOf({ kind, name, right }: Denied): [statement: string, values: readonly unknown[]] {
  if (KINDS[kind] === "SCHEMA") return ["SELECT nspname FROM pg_namespace WHERE nspname = $1", [name]];
  const has = KINDS[kind] === "SEQUENCE" ? "has_sequence_privilege" : "has_table_privilege";
  const kinds = KINDS[kind] === "SEQUENCE" ? "'S'" : "'r', 'p', 'v', 'm', 'f'";
  return [
    `SELECT n.nspname, c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
      WHERE c.relname = $1 AND c.relkind IN (${kinds}) AND NOT CASE WHEN c.relkind IN (${kinds}) THEN ${has}(c.oid, $2) END
      ORDER BY 1`,
    [name, right],
  ];
}

/** @param found the names of what it can be */
export function deniedProblem(
  { kind, name, right, context }: Denied,
  found: readonly TextRow[],
  user: string,
  cause: unknown,
): LeakProblem {
  const names = found.map((parts) => parts.map((part) => part ?? ""));
  const said = names.filter((parts) => context.replaceAll('"', "").includes(parts.join(".")));
  const candidates = said.length > 0 && names.length > 1 ? said : names;
  const all = candidates.length > 0 ? candidates.map((parts) => quoted(...parts)) : [quoted(name)];
  const grants = all.map((one) => `GRANT ${right} ON ${KINDS[kind]} ${one} TO ${quoted(user)};`);
  return new LeakProblem(
    [
      `a trigger may not use the ${kind} ${all.join(" or ")}: triggers run with the rights of this role, ${user}, unless their function is SECURITY DEFINER. Let the owner run this; ${GO_ON}:`,
      ...grants,
    ].join("\n  "),
    { cause },
  );
}
