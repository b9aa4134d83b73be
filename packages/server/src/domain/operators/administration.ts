import type { OrganizationAudit } from "../audit/organization-audit.ts";
import type { AuditLog, OperatorActor } from "../audit.ts";
import type { ConnectionPorts } from "../connections/setup.ts";
import type { DomainPorts } from "../domains/claim.ts";
import type { IdentityRegistry } from "../identity/identity-link.ts";
import type { RelinkWindows } from "../identity/relink-window.ts";
import type { InvitationPorts } from "../invitations/outbox.ts";
import type { MemberPorts } from "../members/members.ts";
import type { RefusalStore } from "../refusals/refusals.ts";
import type { TenantUsers } from "../revocation/tenant-users.ts";
import type { ClosingPorts } from "../settings/closing.ts";
import type { OrganizationRegistry } from "./organization-registry.ts";

/** What an organization administers itself with: the stores without a cache. */
export interface Stores extends MemberPorts, InvitationPorts, DomainPorts, ConnectionPorts {
  readonly memberships: MemberPorts["memberships"];
  readonly domains: DomainPorts["domains"];
  readonly connections: ConnectionPorts["connections"];
  readonly identities: IdentityRegistry;
  readonly organizationRegistry: OrganizationRegistry;
  readonly organizationAudit: OrganizationAudit;
  readonly refusals: RefusalStore;
  /** Null where the second machine application at Auth0 is not configured. */
  readonly tenantUsers: TenantUsers | null;
  readonly limits: InvitationPorts["limits"] &
    DomainPorts["limits"] &
    ConnectionPorts["limits"] &
    ClosingPorts["limits"];
}

/** The stores that the verbs of administration use, without a cache, and the operator who calls them. */
export interface Administration extends Stores {
  readonly actor: OperatorActor;
  readonly windows: RelinkWindows;
  readonly audit: AuditLog;
}
