import {
  type Auth0Pointer,
  type DeclaredOrganization,
  declaredConnection,
  declaredDomain,
  type Invitation,
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

  constructor(organizations = new MemoryOrganizations(), memberships = new MemoryMemberships()) {
    this.organizations = organizations;
    this.memberships = memberships;
  }

  async list(): Promise<Organization[]> {
    return [...this.organizations.organizations.values()];
  }

  async read(declared: DeclaredOrganization): Promise<OrganizationState> {
    const invitations = this.#invitationsOf(declared);
    return { ...this.#stateOf(declared.organization.id), invitations };
  }

  #invitationsOf({ organization, invitations: declared }: DeclaredOrganization): Invitation[] {
    const ofIt = [...this.memberships.invitations.values()].filter(
      ({ organizationId }) => organizationId === organization.id,
    );
    return ofIt.filter(({ email, consumedBy, ended, invitedBy }) => {
      const isOffered = consumedBy === null && ended === null && invitedBy === null;
      return declared !== null && (isOffered || declared.some((each) => each.email === email));
    });
  }

  async findPointer(auth0OrgId: string): Promise<Auth0Pointer | null> {
    return this.organizations.pointers.get(auth0OrgId) ?? null;
  }

  /** It has no links. */
  async *countLinks(): AsyncIterable<number> {
    yield 0;
  }

  #registered(): readonly RegisteredConnection[] {
    const { connections, off } = this.organizations;
    const enabled = [...connections.values()].map(declaredConnection);
    const disabled = [...off.values()].filter(({ state }) => state === "disabled");
    return [...enabled, ...disabled.map((each) => ({ ...declaredConnection(each), state: each.state }))];
  }

  #stateOf(id: OrganizationId): Omit<OrganizationState, "invitations"> {
    const { organizations, verifiers } = this.organizations;
    const verifiedAt = "2026-11-01T00:00:00.000Z";
    const domains = [...verifiers].filter(([, ids]) => ids.includes(id));
    const ofIt = ({ organizationId }: { readonly organizationId: OrganizationId }) => organizationId === id;
    return {
      organization: organizations.get(id) ?? null,
      domains: domains.map(([domain]) => declaredDomain({ domain, organizationId: id, verifiedAt })),
      connections: this.#registered().filter(ofIt),
    };
  }
}
