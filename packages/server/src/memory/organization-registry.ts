import {
  type Auth0Pointer,
  type DeclaredOrganization,
  declaredConnection,
  declaredDomain,
  type Organization,
  type OrganizationId,
  type OrganizationRegistry,
  type OrganizationState,
  type RegisteredConnection,
} from "../domain/index.ts";
import { MemoryMemberships } from "./memberships.ts";
import { MemoryOrganizations } from "./organizations.ts";

/** What operators declare, in memory, with the conditions of the real store. */
export class MemoryOrganizationRegistry implements OrganizationRegistry {
  readonly organizations: MemoryOrganizations;
  readonly memberships: MemoryMemberships;
  readonly links: string[] = [];

  constructor(organizations = new MemoryOrganizations(), memberships = new MemoryMemberships()) {
    this.organizations = organizations;
    this.memberships = memberships;
  }

  async list(): Promise<(OrganizationState & { readonly organization: Organization })[]> {
    const organizations = [...this.organizations.organizations.values()];
    return organizations.map((organization) => ({ ...this.#stateOf(organization.id), organization }));
  }

  async read({ organization: { id } }: DeclaredOrganization): Promise<OrganizationState> {
    return this.#stateOf(id);
  }

  async findPointer(auth0OrgId: string): Promise<Auth0Pointer | null> {
    return this.organizations.pointers.get(auth0OrgId) ?? null;
  }

  async *linkedConnections(): AsyncIterable<string> {
    yield* this.links;
  }

  #registered(): readonly RegisteredConnection[] {
    const { connections, off } = this.organizations;
    const enabled = [...connections.values()].map(declaredConnection);
    const disabled = [...off.values()].filter(({ state }) => state === "disabled");
    return [...enabled, ...disabled.map((each) => ({ ...declaredConnection(each), state: each.state }))];
  }

  #stateOf(id: OrganizationId): OrganizationState {
    const { organizations, verifiers } = this.organizations;
    const verifiedAt = "2026-11-01T00:00:00.000Z";
    const domains = [...verifiers].filter(([, ids]) => ids.includes(id));
    const ofIt = ({ organizationId }: { readonly organizationId: OrganizationId }) => organizationId === id;
    return {
      organization: organizations.get(id) ?? null,
      domains: domains.map(([domain]) => declaredDomain({ domain, organizationId: id, verifiedAt })),
      connections: this.#registered().filter(ofIt),
      invitations: [...this.memberships.invitations.values()].filter(ofIt),
    };
  }
}
