import { MemoryIdentities } from "../../memory/identities.ts";
import { MemoryMemberships } from "../../memory/memberships.ts";
import { MemoryOrganizationRegistry } from "../../memory/organization-registry.ts";
import type { MemoryOrganizations } from "../../memory/organizations.ts";
import {
  LIMITS,
  type MemoryConnections,
  type MemoryDns,
  type MemoryDomains,
  memorySelfService,
} from "../../memory/self-service.ts";
import { memoryTransactions } from "../../memory/transactions.ts";
import type { AuditEntry, AuditLog } from "../audit.ts";
import type { TokenTrial } from "../connections/setup.ts";
import type { DomainNames } from "../domains/claim.ts";
import { Refusal } from "../refusal.ts";
import type { Transactions } from "../transaction.ts";
import { NOW } from "./memory-ports.ts";
import { acmeAlone } from "./people.ts";

/** The stores of the administration in memory, used by an operator. */
export class MemoryAdministration {
  readonly actor = "operator:jo";
  readonly organizations: MemoryOrganizations;
  readonly identities = new MemoryIdentities();
  readonly memberships = new MemoryMemberships();
  readonly refusals = this.memberships.refusals;
  readonly organizationRegistry: MemoryOrganizationRegistry;
  readonly speakers = this.identities.speakers;
  readonly windows = this.identities.windows;
  readonly outbox = null;
  readonly limits = LIMITS;
  readonly domains: MemoryDomains;
  readonly connections: MemoryConnections;
  readonly dns: MemoryDns;
  readonly domainNames: DomainNames;
  readonly recordLabel: string;
  readonly auth0 = null;
  readonly tenantUsers = null;
  readonly trial: TokenTrial;
  readonly otherStrategies: ReadonlySet<string>;
  /** Whether the audit is unavailable. */
  auditFails = false;
  readonly audit: AuditLog = {
    append: async (entry) => {
      if (this.auditFails) throw new Refusal("STORE_UNAVAILABLE", "audit-entry: storing");
      await this.identities.append(entry);
    },
    list: ({ since, until }) => between(this.identities.entries, since.toISOString(), until.toISOString()),
  };
  readonly transactions: Transactions;
  readonly organizationAudit = this.identities.organizationAudit;
  time = NOW;
  readonly now = () => new Date(this.time);
  readonly later = (ms: number) => {
    this.time = new Date(Date.parse(this.time) + ms).toISOString();
  };

  constructor(organizations: MemoryOrganizations = acmeAlone()) {
    this.organizations = organizations;
    const selfService = memorySelfService(organizations);
    this.domains = selfService.domains;
    this.connections = selfService.connections;
    this.dns = selfService.dns;
    this.domainNames = selfService.domainNames;
    this.recordLabel = selfService.recordLabel;
    this.trial = selfService.trial;
    this.otherStrategies = selfService.otherStrategies;
    this.transactions = memoryTransactions(this, { fails: () => this.auditFails });
    this.organizationRegistry = new MemoryOrganizationRegistry(organizations, this.memberships);
  }

  /** Each audit entry: actor, action, organization. */
  get audited(): string[] {
    return this.identities.entries.map(({ actor, action, organizationId }) =>
      [actor, action, organizationId ?? "-"].join(" "),
    );
  }
}

async function* between(entries: readonly AuditEntry[], since: string, until: string) {
  for (const entry of entries) if (entry.at >= since && entry.at <= until) yield entry;
}
