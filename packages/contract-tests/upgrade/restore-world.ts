import { commandsBy } from "../simulator/commands.ts";
import type { Issuer } from "../simulator/issuer.ts";
import { fresh, type logins } from "../simulator/people.ts";
import { runCommand, type Server, type Stack } from "../simulator/stack.ts";

export const DAMAGED = "platform-api";
export const RESTORED = "platform-api-restored";

/** The commands of one table. */
export type Table = ReturnType<typeof commandsBy>;

export const tableOf = ({ environment }: Stack, name: string): Table =>
  commandsBy((...args) => runCommand({ ...environment, DYNAMODB_TABLE: name }, args));

/** A row of the page's tables: what becomes of a change when the table is restored to a time before it. */
export interface Row {
  /** What is there already when the table is restored to this moment. */
  readonly before?: (damaged: World) => Promise<unknown>;
  /** The change. */
  readonly change: (damaged: World) => Promise<unknown>;
  /** What the restored table says, before anything was repeated. */
  readonly lost: (restored: Table) => Promise<unknown>;
  /** What a process on the restored table answers once the lines of the page have run, and how it is put right. */
  readonly settled: (restored: World) => Promise<unknown>;
}

/** Rows by what the page calls them. Each has users of its own. */
export type Rows = Readonly<Record<string, (setting: Setting) => Promise<Row>>>;

export interface Setting {
  readonly issuer: Issuer;
  readonly login: ReturnType<typeof logins>;
  /** Sets a TXT record. */
  readonly setTxt: (name: string, value: string) => void;
  /** A file that was changed since. */
  readonly organizationsFile: string;
}

/** A table, and a process that serves from it. */
export interface World {
  readonly server: Server;
  readonly table: Table;
}

/** An address at Acme that nobody else has. */
export const atAcme = (name: string) => `${fresh(name)}@acme.example`;

/** Claims a domain for Acme, and sets its record. */
export async function claim({ table }: World, domain: string, { setTxt }: Setting): Promise<void> {
  const { record } = await table.json("domain", "claim", "acme", domain);
  setTxt(record.name, record.value);
}

/** The active members of an organization with this UUID: one or none. */
export async function roleOf(table: Table, organizationId: string, userId: string): Promise<string | null> {
  const args = ["--status", "active", "--query", userId];
  const { items } = await table.json("member", "list", organizationId, ...args);
  return items[0]?.role ?? null;
}

/** The addresses with an open invitation. */
export async function invitedTo(table: Table, organizationId: string): Promise<string[]> {
  const { items } = await table.json("invitation", "list", organizationId, "--state", "open");
  return items.map(({ email }: { email: string }) => email);
}

export async function stateOf(table: Table, organizationId: string, domain: string): Promise<string | null> {
  const domains = await table.json("domain", "list", organizationId);
  return domains.find((one: { domain: string }) => one.domain === domain)?.state ?? null;
}

/** The user's role in an organization; null without access. */
export async function roleIn({ server }: Pick<World, "server">, token: string, organizationId: string) {
  return (await server.client(token).auth.check.query({ organizationId })).role;
}
