import {
  createIdentityResolver,
  type MembershipPorts,
  type ResolveIdentity,
  type StoredLinks,
  type Stores,
} from "../domain/index.ts";
import { linksOf, MemoryIdentities } from "./identities.ts";
import { MemoryMemberships } from "./memberships.ts";
import { MemoryOrganizationRegistry } from "./organization-registry.ts";
import type { MemoryOrganizations } from "./organizations.ts";
import { LIMITS, memorySelfService } from "./self-service.ts";
import { memoryTransactions } from "./transactions.ts";

/** The ports that decide access, in memory. */
export interface MemoryPorts extends MembershipPorts {
  /** What a cache says. */
  readonly organizations: MemoryOrganizations;
  readonly stored: MemoryOrganizations;
  readonly memberships: MemoryMemberships;
  readonly identities: MemoryIdentities;
  readonly administration: Stores;
  readonly selfService: ReturnType<typeof memorySelfService>;
  readonly storedLinks: { -readonly [Question in keyof StoredLinks]: StoredLinks[Question] };
}

export interface MemoryPortsOptions
  extends Pick<MemoryPorts, "stored" | "trustMode" | "otherStrategies" | "now">,
    Pick<Stores, "auth0"> {}

export function memoryPorts(
  organizations: MemoryOrganizations,
  {
    stored = organizations,
    auth0 = null,
    ...options
  }: Partial<MemoryPortsOptions> & Pick<MemoryPortsOptions, "now">,
): MemoryPorts {
  const identities = new MemoryIdentities();
  const memberships = new MemoryMemberships();
  const selfService = memorySelfService(stored);
  const { domains, connections, otherStrategies } = selfService;
  const shared = {
    transactions: memoryTransactions({
      organizations: stored,
      memberships,
      identities,
      domains,
      connections,
    }),
    storedMemberships: memberships,
    speakers: identities.speakers,
    audit: identities,
    now: options.now,
  };
  return {
    ...shared,
    trustMode: "enforce",
    otherStrategies,
    organizations,
    stored,
    memberships,
    identities,
    selfService,
    administration: {
      ...shared,
      ...selfService,
      organizations: stored,
      memberships,
      organizationRegistry: new MemoryOrganizationRegistry(stored, memberships),
      organizationAudit: identities.organizationAudit,
      refusals: memberships.refusals,
      outbox: null,
      limits: LIMITS,
      identities,
      auth0,
    },
    storedLinks: linksOf(identities),
    ...options,
  };
}

type ResolverOptions = Parameters<typeof createIdentityResolver>[0];

/** The resolver of a process. */
export function memoryResolver(
  ports: MemoryPorts,
  options: Pick<ResolverOptions, "directory"> & Partial<ResolverOptions>,
): ResolveIdentity {
  const { identities } = ports;
  const { windows, takenSeats } = identities;
  return createIdentityResolver({
    ...ports,
    links: identities,
    windows,
    takenSeats,
    wouldRefuse: () => {},
    ...options,
  });
}
