import type { ClientMetadata } from "oidc-provider";
import type { Tickets } from "../self-service/tickets.ts";
import type { Tenant } from "../tenant/tenant.ts";

/** What the calls of the Management API work on. */
export interface ManagementServices {
  readonly tenant: Tenant;
  readonly tickets: Tickets;
  readonly clients: readonly ClientMetadata[];
  /** The origins of your own apps, to any of whose URLs logins return. */
  readonly appOrigins: readonly string[];
  /** The first one is the tenant's own, the others are custom domains. With a trailing slash. */
  readonly issuers: readonly [string, ...string[]];
  /** The identifier of the API that tokens are for. */
  readonly apiAudience: string;
  readonly claimNamespace: string;
}
