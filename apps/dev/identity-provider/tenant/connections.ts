import { createHash, randomBytes } from "node:crypto";
import { z } from "zod";
import type { RecordStore } from "../records/record-store.ts";
import { type Connection, PASSWORD_CONNECTION, type TenantConnection } from "./connection.ts";
import { connectionOptions } from "./connection-options.ts";
import { NameTaken } from "./name-taken.ts";

const KIND = "Connection";
const CLIENTS = "ConnectionClients";

const connectionSchema = z.object({
  id: z.string(),
  name: z.string(),
  strategy: z.string(),
  displayName: z.string(),
  options: z.record(z.string(), z.unknown()),
});
const idsSchema = z.array(z.string());

/** The connections of the tenant: those that the options declare, and those that were created since. */
export class Connections {
  readonly #records: RecordStore;
  readonly #declared: ReadonlyMap<string, TenantConnection>;
  readonly #clientIds: readonly string[];

  /** @param clientIds the applications that people sign in to. Each may use every declared connection */
  constructor(declared: readonly Connection[], clientIds: readonly string[], records: RecordStore) {
    const all = [PASSWORD_CONNECTION, ...declared];
    this.#declared = new Map(all.map((connection) => [connection.name, identified(connection)]));
    this.#clientIds = clientIds;
    this.#records = records;
  }

  find(name: string): TenantConnection | null {
    return this.#records.readByUid(KIND, name, connectionSchema) ?? this.#declared.get(name) ?? null;
  }

  findById(id: string): TenantConnection | null {
    return this.list().find((connection) => connection.id === id) ?? null;
  }

  list(): TenantConnection[] {
    const stored = this.#records.list(KIND, connectionSchema);
    const names = new Set(stored.map(({ name }) => name));
    return [...[...this.#declared.values()].filter(({ name }) => !names.has(name)), ...stored];
  }

  /** Creates a connection that no application may use yet. @throws {NameTaken} */
  create(connection: Connection, options: TenantConnection["options"]): TenantConnection {
    if (this.find(connection.name) !== null) throw new NameTaken(connection.name);
    const { name, strategy, displayName } = connection;
    const created = { id: `con_${randomId(name)}`, name, strategy, displayName, options };
    this.#records.write(KIND, created.id, created, { uid: name });
    return created;
  }

  /** The applications whose users may sign in through it. */
  clientsOf({ id, name }: Pick<TenantConnection, "id" | "name">): readonly string[] {
    const initial = this.#declared.get(name)?.id === id ? this.#clientIds : [];
    return this.#records.read(CLIENTS, id, idsSchema) ?? initial;
  }

  /** @param changes whether each application may use the connection */
  changeClients(connection: TenantConnection, changes: ReadonlyMap<string, boolean>): void {
    const kept = this.clientsOf(connection).filter((id) => !changes.has(id));
    const enabled = [...changes].flatMap(([id, isEnabled]) => (isEnabled ? [id] : []));
    this.#records.write(CLIENTS, connection.id, [...kept, ...enabled]);
  }
}

/** A declared connection has the same id after every start. */
function identified(connection: Connection): TenantConnection {
  const options = connectionOptions(connection.strategy, connection.name);
  return { ...connection, id: `con_${idOf(connection.name)}`, options };
}

function randomId(name: string): string {
  return idOf(`${name} ${randomBytes(16).toString("hex")}`);
}

/** 16 letters and digits, as at Auth0. */
function idOf(text: string): string {
  const digest = createHash("sha256").update(text).digest("hex");
  return BigInt(`0x${digest}`).toString(36).padStart(16, "0").slice(-16);
}
