import type { TenantAction, TenantApi, TenantClient, TenantConnection } from "@platform-api/server/adapters";
import type { AdminClients } from "@platform-api/server/domain";

/** What was read, or why it was not. */
export type Read<T> = { readonly value: T } | { readonly why: string };

/** What platform-api is configured to expect. */
export interface Auth0Settings {
  readonly issuers: readonly string[];
  readonly audience: string;
  readonly namespace: string;
  readonly maxTokenLifetimeSeconds: number;
  readonly clockToleranceSeconds: number;
  readonly otherStrategies: readonly string[];
  readonly appClientIds: readonly string[];
  /** `ADMIN_CLIENT_IDS`; empty if unset. */
  readonly admins: AdminClients;
  readonly frontendUrl: string | null;
  /** Null without the Management API. */
  readonly managementUrl: string | null;
}

/** What an issuer's discovery document says of it. */
export interface IssuerFacts {
  readonly issuer: string;
  readonly discovered: Read<string>;
}

/** A registered connection, and what the tenant knows of it. */
export interface ConnectionFacts {
  readonly name: string;
  readonly strategy: string;
  readonly organizationId: string;
  /** Null if its organization is not one of Auth0's. */
  readonly auth0OrgId: string | null;
  readonly found: Read<TenantConnection | null>;
  /** The clients that may use it. */
  readonly clientIds: Read<readonly string[]>;
  /** Whether the organization in Auth0 uses it, and makes who signs in its member; null without such a use. */
  readonly use: Read<{ readonly assignsMembership: boolean } | null>;
}

export interface OrganizationFacts {
  readonly id: string;
  readonly auth0OrgId: string;
  readonly exists: Read<boolean>;
}

export interface ClientFacts {
  readonly id: string;
  readonly found: Read<TenantClient | null>;
}

/** What the Management API says. */
export interface TenantFacts {
  /** Null if Auth0 does not say. */
  readonly scopes: readonly string[] | null;
  readonly customDomains: Read<readonly { readonly domain: string; readonly status: string }[]>;
  readonly api: Read<TenantApi | null>;
  readonly actions: Read<{ readonly all: readonly TenantAction[]; readonly boundIds: readonly string[] }>;
  /** The applications that people sign in to. */
  readonly clients: readonly ClientFacts[];
  /** Those that administer. */
  readonly adminClients: readonly ClientFacts[];
  readonly profile: Read<{ readonly strategies: readonly string[] } | null>;
  readonly organizations: Read<readonly OrganizationFacts[]>;
  readonly connections: Read<readonly ConnectionFacts[]>;
}

/** What an access token says, unverified. */
export interface TokenFacts {
  readonly algorithm: string;
  readonly issuer: string;
  readonly audiences: readonly string[];
  /** Null without both times. */
  readonly lifetimeSeconds: number | null;
  readonly claimNames: readonly string[];
  readonly isMachine: boolean;
}

export interface Auth0Facts {
  readonly settings: Auth0Settings;
  readonly issuers: readonly IssuerFacts[];
  readonly usableKeys: Read<number>;
  /** How far the tenant's clock is ahead of this one. */
  readonly clockSkewSeconds: Read<number>;
  readonly tenant: Read<TenantFacts>;
  /** Null without a token; "opaque" for one that is not a JWT. */
  readonly token: TokenFacts | "opaque" | null;
}
