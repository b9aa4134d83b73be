import type { Auth0Connection, Auth0Tenant } from "../domain/index.ts";

interface MemoryAuth0Connection extends Auth0Connection {
  readonly isEnabledForClients: boolean;
  /** Auth0's ids of the organizations that use it. */
  readonly organizations: Set<string>;
}

/** An Auth0 tenant in memory. Tests finish the wizard. */
export class MemoryAuth0 implements Auth0Tenant {
  /** Auth0's id of each organization, by name. */
  readonly organizations = new Map<string, string>();
  /** The tickets by id. */
  readonly tickets = new Map<
    string,
    { readonly name: string; readonly auth0OrgId: string; revoked: boolean }
  >();
  readonly connections = new Map<string, MemoryAuth0Connection>();
  /** The calls so far. */
  readonly asked: string[] = [];

  async ensureOrganization({ name }: { readonly name: string }): Promise<string> {
    this.asked.push("ensureOrganization");
    const id = this.organizations.get(name) ?? `org_${this.organizations.size + 1}`;
    this.organizations.set(name, id);
    return id;
  }

  async createTicket({ name, auth0OrgId }: { readonly name: string; readonly auth0OrgId: string }) {
    this.asked.push("createTicket");
    const ticketId = `ticket-canary-${this.tickets.size + 1}`;
    this.tickets.set(ticketId, { name, auth0OrgId, revoked: false });
    return { url: `https://auth0.test/self-service/connections-flow?ticket=${ticketId}`, ticketId };
  }

  async revokeTicket(ticketId: string): Promise<void> {
    this.asked.push("revokeTicket");
    const ticket = this.tickets.get(ticketId);
    if (ticket !== undefined) ticket.revoked = true;
  }

  async findConnection(name: string): Promise<Auth0Connection | null> {
    this.asked.push("findConnection");
    const found = this.connections.get(name);
    if (found === undefined) return null;
    const { id, strategy, isCommonEndpoint } = found;
    return { id, name, strategy, isCommonEndpoint };
  }

  async isEnabledForClients(connectionId: string): Promise<boolean> {
    this.asked.push("isEnabledForClients");
    return this.#byId(connectionId)?.isEnabledForClients ?? false;
  }

  async isEnabledForOrganization(auth0OrgId: string, connectionId: string): Promise<boolean> {
    this.asked.push("isEnabledForOrganization");
    return this.uses(auth0OrgId, connectionId);
  }

  async withdraw(auth0OrgId: string, connectionId: string): Promise<void> {
    this.asked.push("withdraw");
    this.#byId(connectionId)?.organizations.delete(auth0OrgId);
  }

  /**
   * The customer's administrator finishes the wizard of every ticket that is open, or of those for one connection, and leaves
   * out what `lacks` says.
   */
  finishWizards(lacks: Partial<Omit<MemoryAuth0Connection, "name" | "id">> = {}, only?: string): void {
    for (const { name, auth0OrgId, revoked } of this.tickets.values()) {
      if (revoked || (only ?? name) !== name) continue;
      const id = `con_${name}`;
      const organizations = new Set([auth0OrgId]);
      const complete = {
        strategy: "okta",
        isCommonEndpoint: false,
        isEnabledForClients: true,
        organizations,
      };
      this.connections.set(name, { id, name, ...complete, ...lacks });
    }
  }

  uses(auth0OrgId: string, connectionId: string): boolean {
    return this.#byId(connectionId)?.organizations.has(auth0OrgId) ?? false;
  }

  /** Whether any organization uses the connection and our clients can. */
  isComplete(name: string): boolean {
    const { isEnabledForClients = false, organizations } = this.connections.get(name) ?? {};
    return isEnabledForClients && (organizations?.size ?? 0) > 0;
  }

  #byId(connectionId: string): MemoryAuth0Connection | undefined {
    return [...this.connections.values()].find(({ id }) => id === connectionId);
  }
}
