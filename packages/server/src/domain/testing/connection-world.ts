import { expect } from "vitest";
import { MemoryAuth0 } from "../../memory/auth0.ts";
import { beginConnection } from "../connections/begin.ts";
import { listConnections, removeConnection } from "../connections/connections.ts";
import { getConnection } from "../connections/finish.ts";
import type { ConnectionSetup, ConnectionView } from "../connections/setup.ts";
import type { Administrator, Owner } from "../membership/standing.ts";
import type { Stores } from "../operators/administration.ts";
import type { Organization, RegisteredConnection } from "../organization.ts";
import { Refusal } from "../refusal.ts";
import { faultyPorts } from "./faulty-ports.ts";
import { MemoryAdministration } from "./memory-administration.ts";
import { membership } from "./memory-ports.ts";
import { ACME, acmeAlone, JANE, link, UNBOUNDED } from "./people.ts";
import { ADMIN, OWNER } from "./standings.ts";

/**
 * An organization that sets up connections: its stores, and Auth0. Its owner has signed in with a password, and does
 * what is done; an admin looks.
 */
export class ConnectionWorld {
  readonly stores: MemoryAdministration;
  readonly auth0 = new MemoryAuth0();
  readonly ports: Stores;

  constructor(organizations = acmeAlone()) {
    const stores = new MemoryAdministration(organizations);
    this.stores = stores;
    this.ports = { ...stores, auth0: this.auth0 };
    stores.memberships.put(membership({ userId: JANE, role: "owner", rev: "1" }));
    stores.organizations.setOwners(ACME, JANE);
    void stores.identities.create(link({ userId: JANE, connection: "auth0", organizationId: null }));
  }

  begin(ports = this.ports, by: Owner = OWNER) {
    return beginConnection(by, "Acme Okta", ports, UNBOUNDED);
  }

  get(name: string, { by = ADMIN, ports = this.ports }: { by?: Administrator; ports?: Stores } = {}) {
    return getConnection(by, name, ports, UNBOUNDED);
  }

  list() {
    return listConnections(ADMIN, this.ports, UNBOUNDED);
  }

  remove(name: string, { by = OWNER, ports = this.ports }: { by?: Owner; ports?: Stores } = {}) {
    return removeConnection(by, name, ports, UNBOUNDED);
  }

  /** What is asked of the connection when Auth0 may be asked again, in a word or two. */
  async ask(name: string): Promise<string> {
    this.later(5_000);
    return stateOf(await this.get(name));
  }

  /** A connection that Acme has set up. */
  async enabled(lacks: Parameters<MemoryAuth0["finishWizards"]>[0] = {}): Promise<string> {
    const { name } = await this.begin();
    this.auth0.finishWizards(lacks);
    await this.ask(name);
    return name;
  }

  get acme(): Organization {
    return this.stores.organizations.organizations.get(ACME) ?? expect.fail("Acme is stored");
  }

  /** Changes Acme behind everybody's back. */
  put(settings: Partial<Organization>): void {
    this.stores.organizations.put({ ...this.acme, ...settings });
  }

  get setup(): ConnectionSetup | null {
    return this.stores.connections.setups.get(ACME) ?? null;
  }

  /** The names that the organization has. */
  get names(): readonly string[] {
    return this.acme.connections;
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

export async function outage(): Promise<never> {
  throw new Refusal("AUTH0_UNAVAILABLE", "an outage");
}

/** What a view says of a connection's state, in a word or two. */
export function stateOf({ state, waitingFor }: ConnectionView): string {
  return waitingFor === null ? state : `${state} ${waitingFor}`;
}
