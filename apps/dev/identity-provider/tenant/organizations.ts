import { randomBytes } from "node:crypto";
import { z } from "zod";
import type { RecordStore } from "../records/record-store.ts";
import type { Organization, TenantConnection } from "./connection.ts";
import type { Connections } from "./connections.ts";
import { NameTaken } from "./name-taken.ts";

const KIND = "Organization";
const USE = "OrganizationConnection";

const organizationSchema = z.object({ id: z.string(), name: z.string(), displayName: z.string() });

/** An organization with what the Management API tells of it. */
export type TenantOrganization = Readonly<z.infer<typeof organizationSchema>>;

const useSchema = z.object({
  organizationId: z.string(),
  connectionId: z.string(),
  isEnabled: z.boolean(),
  assignMembershipOnLogin: z.boolean(),
  showAsButton: z.boolean(),
});

/** An organization's use of a connection. */
export type ConnectionUse = Readonly<z.infer<typeof useSchema>>;

/** The organizations of the tenant: those that the options declare, and those that were created since. */
export class Organizations {
  readonly #records: RecordStore;
  readonly #connections: Connections;
  readonly #declared: ReadonlyMap<string, Organization>;

  constructor(declared: readonly Organization[], connections: Connections, records: RecordStore) {
    this.#declared = new Map(declared.map((organization) => [organization.auth0OrgId, organization]));
    this.#connections = connections;
    this.#records = records;
  }

  list(): TenantOrganization[] {
    const declared = [...this.#declared.values()].map((organization) => ({
      id: organization.auth0OrgId,
      name: slug(organization.name),
      displayName: organization.displayName ?? organization.name,
    }));
    const ids = new Set(declared.map(({ id }) => id));
    const stored = this.#records.list(KIND, organizationSchema);
    return [...declared, ...stored.filter(({ id }) => !ids.has(id))];
  }

  find(id: string): TenantOrganization | null {
    return this.list().find((organization) => organization.id === id) ?? null;
  }

  /** @throws {NameTaken} */
  create({ name, displayName }: Omit<TenantOrganization, "id">): TenantOrganization {
    if (this.list().some((organization) => organization.name === name)) throw new NameTaken(name);
    const created = { id: `org_${randomBytes(8).toString("hex")}`, name, displayName };
    this.#records.write(KIND, created.id, created, { uid: name });
    return created;
  }

  /** The organization as a login sees it, with the names of the connections that its users may sign in through. */
  ofLogin(id: string): Organization | null {
    const organization = this.find(id);
    if (organization === null) return null;
    const declared = this.#declared.get(id);
    const uses = this.uses(organization);
    const { name = organization.name } = declared ?? {};
    const isOpen = declared !== undefined && declared.connections === undefined;
    const { displayName } = organization;
    const open = { auth0OrgId: id, name, displayName };
    return isOpen ? open : { ...open, connections: uses.flatMap((use) => this.#admitting(use)) };
  }

  /** Nobody here is a member beforehand, so that users need a connection that makes them members. */
  #admitting({ connectionId, assignMembershipOnLogin }: ConnectionUse): string[] {
    const connection = this.#connections.findById(connectionId);
    return connection === null || !assignMembershipOnLogin ? [] : [connection.name];
  }

  uses(organization: TenantOrganization): ConnectionUse[] {
    const names = this.#declared.get(organization.id)?.connections ?? [];
    const declared = names.flatMap((name) => this.#connections.find(name) ?? []);
    const own = this.#records
      .list(USE, useSchema)
      .filter(({ organizationId }) => organizationId === organization.id);
    const changed = new Set(own.map(({ connectionId }) => connectionId));
    const unchanged = declared.filter(({ id }) => !changed.has(id));
    return [
      ...unchanged.map(({ id }) => useOf(organization.id, id)),
      ...own.filter(({ isEnabled }) => isEnabled),
    ];
  }

  findUse(organization: TenantOrganization, connectionId: string): ConnectionUse | null {
    return this.uses(organization).find((use) => use.connectionId === connectionId) ?? null;
  }

  enable(
    organization: TenantOrganization,
    connection: TenantConnection,
    settings: Pick<ConnectionUse, "assignMembershipOnLogin" | "showAsButton">,
  ): ConnectionUse {
    return this.#store({ ...useOf(organization.id, connection.id), ...settings });
  }

  withdraw(use: ConnectionUse): void {
    this.#store({ ...use, isEnabled: false });
  }

  #store(use: ConnectionUse): ConnectionUse {
    this.#records.write(USE, `${use.organizationId} ${use.connectionId}`, use);
    return use;
  }
}

function useOf(organizationId: string, connectionId: string): ConnectionUse {
  const settings = { isEnabled: true, assignMembershipOnLogin: true, showAsButton: true };
  return { organizationId, connectionId, ...settings };
}

/** Auth0's names of organizations are in lower case. */
function slug(name: string): string {
  return name.toLowerCase().replaceAll(/[^a-z0-9_-]+/g, "-");
}
