import {
  type CanonicalEmail,
  type DomainProof,
  domainOf,
  MAILBOX,
  MemoryAuth0,
  MemoryOrganizations,
  type MemoryPorts,
  memoryPorts,
  memoryServices,
  newMembership,
  newRevision,
  noSpeakers,
  type Organization,
  type OrganizationId,
  type Services,
  tokenTrial,
  type UserId,
} from "@platform-api/server/memory";
import type { Role } from "../guards/token-validator.ts";
import type { Customer, User } from "./scenario.ts";
import { actingSubjectOf, subjectOf, TENANT, type Tokens } from "./tokens.ts";

/** The tokens of the mocks name an organization by its own id. */
class Organizations extends MemoryOrganizations {
  override async findByAuth0OrgId(auth0OrgId: string): Promise<Organization | null> {
    return [...this.organizations.values()].find(({ id }) => id === auth0OrgId) ?? null;
  }
}

/** Who and what there is before the first call. */
export interface Scenario {
  readonly customers: readonly Customer[];
  readonly users: ReadonlyMap<string, User>;
  readonly serviceClients: Services["serviceClients"];
}

/** What is stored, and what asks it. */
export class World {
  readonly services: Services;
  readonly #auth0 = new MemoryAuth0();
  readonly #ports: MemoryPorts;
  /** The users whom the user directory knows. */
  readonly #known = new Set<CanonicalEmail>();

  constructor({ customers, users, serviceClients }: Scenario, tokens: Tokens) {
    const organizations = new Organizations();
    for (const { organization, ...own } of customers) organizations.put(organization, own);
    this.#ports = memoryPorts(organizations, { auth0: this.#auth0, now: () => new Date() });
    const userAt = (email: CanonicalEmail) => users.get(email)?.userId ?? null;
    const ensureUser = async (email: CanonicalEmail) => {
      const userId = userAt(email);
      if (userId === null) throw new Error("a token of nobody");
      const created = !this.#known.has(email);
      this.#known.add(email);
      return { userId, created };
    };
    const services = memoryServices(this.#ports, {
      verifier: tokens,
      directory: { ensureUser },
      serviceClients,
    });
    const trial = tokenTrial({
      verifier: tokens,
      ports: {
        ...services,
        links: services.storedLinks,
        windows: this.#ports.identities.windows,
        directory: { find: async (email) => (this.#known.has(email) ? userAt(email) : null) },
      },
    });
    this.services = { ...services, administration: { ...services.administration, trial } };
    for (const user of users.values()) this.add(user);
    this.addActors(tokens);
  }

  findConnection(name: string) {
    const { connections } = this.#ports.selfService;
    return connections.all().find((each) => each.name === name && each.state !== "removed") ?? null;
  }

  /** Stores what there is of a user before their first call. */
  add(user: User): void {
    for (const [organizationId, role] of user.memberships) this.#addMember(user, organizationId, role);
    if (!user.linked) return;
    const { userId, email, connection } = user;
    const { identities } = this.#ports;
    const name = connection?.name ?? "auth0";
    const sso = connection?.organizationId ?? null;
    this.#known.add(email);
    this.#link(userId, subjectOf(userId, connection?.strategy), {
      connection: name,
      organizationId: sso,
      email,
    });
    void identities.takeSeat(
      { tenant: TENANT, connection: name, userId },
      subjectOf(userId, connection?.strategy),
    );
    identities.spoken.set(userId, { ...noSpeakers(userId), by: MAILBOX, sso, rev: newRevision() });
  }

  /** Lets users act for others. */
  addActors({ actors }: Tokens): void {
    const about = { connection: "acting", organizationId: null, email: null };
    for (const userId of actors) this.#link(userId, actingSubjectOf(userId), about);
  }

  /** Sets the TXT records of a name, which the next check sees. */
  setTxt(name: string, values: readonly string[]): void {
    const { dns, domains } = this.#ports.selfService;
    if (values.length === 0) dns.names.delete(name);
    else dns.set(name, ...values);
    lookAgain(domains.claims);
    lookAgain(domains.domains);
  }

  /** Sets up a connection at Auth0, as the wizard does. @throws {TypeError} when no such connection is being set up */
  finishSetup(name: string, strategy: string): void {
    const { setups } = this.#ports.selfService.connections;
    const setup = [...setups.values()].find((each) => each.name === name);
    if (setup === undefined)
      throw new TypeError("platformHandlers: finishSetup: no such connection is being set up");
    this.#auth0.finishWizards({ strategy }, name);
    setups.set(setup.organizationId, { ...setup, askedAt: null }); // the next call asks
  }

  #addMember(
    { userId, email, name }: User,
    organizationId: OrganizationId,
    given: Role | "removed" | "erased",
  ): void {
    const { organizations, memberships } = this.#ports;
    const isRemoved = given === "removed" || given === "erased";
    const role = isRemoved ? "member" : given;
    const known = given === "erased" ? { email: null, name: null } : { email, name };
    const membership = newMembership({
      organizationId,
      userId,
      role,
      status: isRemoved ? "removed" : "active",
      origin: "invitation",
      ...known,
      invitedFromOutside: !organizations.verifiers.get(domainOf(email))?.includes(organizationId),
      createdAt: new Date().toISOString(),
    });
    memberships.put(membership);
    const { owners = [] } = organizations.organizations.get(organizationId) ?? {};
    if (role === "owner") organizations.setOwners(organizationId, ...owners, userId);
  }

  #link(
    userId: UserId,
    subject: string,
    about: {
      readonly connection: string;
      readonly organizationId: OrganizationId | null;
      readonly email: CanonicalEmail | null;
    },
  ): void {
    const rule = about.organizationId === null ? "verified-email" : "verified-domain";
    const linkedAt = new Date().toISOString();
    this.#ports.identities.put({
      tenant: TENANT,
      subject,
      userId,
      ...about,
      rule,
      linkedAt,
      rev: newRevision(),
    });
  }
}

/** Lets the next check look: it would answer the last finding for a second. */
function lookAgain<Item extends { readonly proof: DomainProof | null }>(items: Map<string, Item>): void {
  for (const [key, item] of items) {
    const proof =
      item.proof === null ? null : { ...item.proof, checkedAt: secondBefore(item.proof.checkedAt) };
    items.set(key, { ...item, proof });
  }
}

function secondBefore(at: string | null): string | null {
  return at === null ? null : new Date(Date.parse(at) - 1_000).toISOString();
}
