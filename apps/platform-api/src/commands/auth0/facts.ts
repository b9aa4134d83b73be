import type { TenantAction, TenantApi, TenantClient, TenantConnection } from "@platform-api/server/adapters";
import type { ServerConfig } from "../../config/config.ts";

/** What was read, or why it was not. */
export type Read<T> = { readonly value: T } | { readonly why: string };

/** What platform-api is configured to expect. Null stands for a variable that is not set. */
export function settingsOf(config: ServerConfig) {
  return {
    issuers: config.AUTH0_ISSUER,
    audience: config.AUTH0_AUDIENCE,
    namespace: config.AUTH0_CLAIM_NAMESPACE,
    maxTokenLifetimeSeconds: config.MAX_TOKEN_LIFETIME_SECONDS,
    clockToleranceSeconds: config.CLOCK_TOLERANCE_SECONDS,
    otherStrategies: [...config.AUTH0_OTHER_STRATEGIES],
    appClientIds: config.AUTH0_APP_CLIENT_IDS,
    admins: config.ADMIN_CLIENT_IDS,
    frontendUrl: config.FRONTEND_URL ?? null,
    managementUrl: config.AUTH0_MANAGEMENT_URL ?? null,
    eventsClientId: config.AUTH0_EVENTS_CLIENT_ID ?? null,
  };
}

export type Auth0Settings = ReturnType<typeof settingsOf>;

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
  /** Those that are services. */
  readonly serviceClients: readonly ClientFacts[];
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
  /** Those of the second machine application, if Auth0 says them; null without one. */
  readonly eventsScopes: Read<readonly string[] | null> | null;
  /** Null without a token; "opaque" for one that is not a JWT. */
  readonly token: TokenFacts | "opaque" | null;
}
