import { MemoryAuth0 } from "../../memory/auth0.ts";
import type { ConnectionSetup, ConnectionView } from "../connections/setup.ts";
import type { Stores } from "../operators/administration.ts";
import type { RegisteredConnection } from "../organization.ts";
import { faultyPorts } from "./faulty-ports.ts";
import { MemoryAdministration } from "./memory-administration.ts";
import { membership } from "./memory-ports.ts";
import { ACME, JANE, link } from "./people.ts";

/** An organization that sets up connections: its stores, and Auth0. Its owner has signed in with a password. */
export class ConnectionWorld {
  readonly stores: MemoryAdministration;
  readonly auth0 = new MemoryAuth0();
  readonly ports: Stores;

  constructor(stores = new MemoryAdministration()) {
    this.stores = stores;
    this.ports = { ...stores, auth0: this.auth0 };
    stores.memberships.put(membership({ userId: JANE, role: "owner", rev: "1" }));
    stores.organizations.setOwners(ACME, JANE);
    void stores.identities.create(link({ userId: JANE, connection: "auth0", organizationId: null }));
  }

  get setup(): ConnectionSetup | null {
    return this.stores.connections.setups.get(ACME) ?? null;
  }

  /** The names that the organization has. */
  get names(): readonly string[] {
    return this.stores.organizations.organizations.get(ACME)?.connections ?? [];
  }

  stored(name: string): RegisteredConnection | undefined {
    return this.stores.connections.connections.get(name);
  }

  /** The audit of connections: actor, action, name of the connection; each entry once. */
  get audited(): string[] {
    const entries = this.stores.identities.entries.filter(({ connection }) => connection !== null);
    return [...new Set(entries.map(({ actor, action, connection }) => `${actor} ${action} ${connection}`))];
  }

  later(ms: number): void {
    this.stores.later(ms);
  }

  /** The ports of a process that takes turns with others. */
  process(): Stores {
    return faultyPorts(this.ports).ports;
  }
}

/** What a view says of a connection's state, in a word or two. */
export function stateOf({ state, waitingFor }: ConnectionView): string {
  return waitingFor === null ? state : `${state} ${waitingFor}`;
}
