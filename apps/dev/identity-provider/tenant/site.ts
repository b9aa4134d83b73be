import type { KeyObject } from "node:crypto";
import type { RecordStore } from "../records/record-store.ts";
import type { Accounts } from "./accounts.ts";
import type { EventLog } from "./events.ts";
import type { Sessions } from "./sessions.ts";
import type { Tenant } from "./tenant.ts";

/**
 * The form of the API's access tokens, by Auth0's names: its own, which predates RFC 9068, or that of the RFC, which
 * oidc-provider has by itself.
 */
export type TokenDialect = "access_token" | "rfc9068_profile";

/** The tenant as it is served: its settings, and what it has stored. */
export interface Site {
  /** The first one is the tenant's own, the other a custom domain. With a trailing slash. */
  readonly issuers: readonly [tenant: string, localhost: string];
  /** The identifier of the API that tokens are for. */
  readonly audience: string;
  /** Which API tokens are for where nobody asks for one, as for clients of MCP. Without one, for none. */
  readonly defaultAudience: string | undefined;
  readonly claimNamespace: string;
  readonly tokenDialect: TokenDialect;
  readonly frontendOrigins: readonly string[];
  /** The origins of your own apps, to any of whose URLs logins return. */
  readonly appOrigins: readonly string[];
  /** Where logouts are sent. Without one, nowhere. */
  readonly backchannelLogoutUrl: string | undefined;
  /** Such as `smtp://127.0.0.1:4008`. Without one, no mail is sent. */
  readonly smtpUrl: string | undefined;
  /** Where people read those mails. Without one, pages do not say it. */
  readonly mailboxUrl: string | undefined;
  readonly records: RecordStore;
  readonly tenant: Tenant;
  readonly accounts: Accounts;
  readonly sessions: Sessions;
  readonly events: EventLog;
  /** How long a connection to the Events API lasts. Default: four minutes. */
  readonly eventsCycleMs: number | undefined;
  /** The key that verifies the tenant's tokens. */
  readonly key: KeyObject;
}
