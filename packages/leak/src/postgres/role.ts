import { escapeIdentifier } from "pg";

/** A name, such as of a schema and a table in it, as SQL has it. */
export function quoted(...names: readonly string[]): string {
  return names.map((name) => escapeIdentifier(name)).join(".");
}

/** Arrays as the columns of rows, by PostgreSQL's own function. */
export function rowsFrom(arrays: readonly string[]): string {
  return `ROWS FROM (${arrays.map((array) => `pg_catalog.unnest(${array})`).join(", ")})`;
}

/** The role that is enough for a scan and a plan, as three lines of SQL. It can change nothing. */
export function readingRole(schemas: readonly string[], role = "leak_scan"): string {
  return [`CREATE ROLE ${quoted(role)} LOGIN PASSWORD '…';`, ...readingGrants(schemas, role)].join("\n");
}

/** What a role lacks that may not read every table of these schemas. */
export function readingGrants(schemas: readonly string[], role: string): readonly string[] {
  const names = schemas.map((schema) => quoted(schema)).join(", ");
  return [
    `GRANT USAGE ON SCHEMA ${names} TO ${quoted(role)};`,
    `GRANT SELECT ON ALL TABLES IN SCHEMA ${names} TO ${quoted(role)};`,
  ];
}
