import type { OrganizationId, RegisteredConnection } from "../organization.ts";
import type { SettingsPorts } from "../settings/settings.ts";

declare module "../transaction.ts" {
  interface Items {
    readonly setup: ConnectionSetup;
  }
}

export const MAX_CONNECTIONS = 10;

/** As long as Auth0's wizard can stay open, and the hour in which it can be opened. */
export const SETUP_MS = 21_600_000;

/** What a set-up still needs at Auth0, in the order in which it is asked for. */
export const SETUP_STEPS = ["connection", "clients", "organization", "strategy", "commonEndpoint"] as const;
export type SetupStep = (typeof SETUP_STEPS)[number];

/**
 * The connection that an organization is setting up, one at a time, on an item of its own. It does not count as a connection:
 * its tokens are refused, and discovery does not show it. Where a removed connection of its name is stored, it only waits
 * until Auth0 knows.
 */
export interface ConnectionSetup {
  readonly organizationId: OrganizationId;
  /** `<slug>-<8 random characters>`, never used again. */
  readonly name: string;
  readonly displayName: string;
  /** ISO 8601, UTC. Six hours later another set-up may begin, or five minutes if nobody has asked for this one. */
  readonly startedAt: string;
  /** Auth0's id of the ticket, which only revokes it; null before there is one, and once it has ended. */
  readonly ticketId: string | null;
  /** Null before Auth0 was asked. */
  readonly waitingFor: SetupStep | null;
  /** When Auth0 was last asked. ISO 8601, UTC. */
  readonly askedAt: string | null;
  readonly rev: string;
}

/** Every method throws {@link Refusal} STORE_UNAVAILABLE when there is no usable answer before `signal` aborts. */
export interface ConnectionStore {
  /** Read consistently; removed ones included. */
  find(name: string, signal: AbortSignal): Promise<RegisteredConnection | null>;
  /** Those that exist, in any order, read consistently; removed ones included. */
  findMany(names: readonly string[], signal: AbortSignal): Promise<readonly RegisteredConnection[]>;
  /** What the organization is setting up, read consistently. */
  findSetup(id: OrganizationId, signal: AbortSignal): Promise<ConnectionSetup | null>;
}

/** A connection as Auth0 knows it. */
export interface Auth0Connection {
  /** `con_…` */
  readonly id: string;
  readonly name: string;
  readonly strategy: string;
  /** Whether any Microsoft tenant can sign in through it, and assert any address. */
  readonly isCommonEndpoint: boolean;
}

/**
 * What set-ups ask of the Auth0 tenant. All calls of a request share 2.5 s. Every method throws {@link Refusal}
 * AUTH0_UNAVAILABLE without a usable answer. Source: `AUTH0`, sections 1 and 3.
 */
export interface Auth0Tenant {
  /** The id (`org_…`) of the organization of this name. One that does not exist is created. */
  ensureOrganization(
    organization: { readonly name: string; readonly displayName: string },
    signal: AbortSignal,
  ): Promise<string>;
  /** A ticket for the wizard, valid for an hour. Its URL is a secret of its bearer. */
  createTicket(
    connection: { readonly name: string; readonly displayName: string; readonly auth0OrgId: string },
    signal: AbortSignal,
  ): Promise<{ readonly url: string; readonly ticketId: string }>;
  /** Ends the ticket and every wizard that was opened with it. An unknown one is ignored. */
  revokeTicket(ticketId: string, signal: AbortSignal): Promise<void>;
  findConnection(name: string, signal: AbortSignal): Promise<Auth0Connection | null>;
  /** Whether every client of `AUTH0_APP_CLIENT_IDS` may use the connection. */
  isEnabledForClients(connectionId: string, signal: AbortSignal): Promise<boolean>;
  isEnabledForOrganization(auth0OrgId: string, connectionId: string, signal: AbortSignal): Promise<boolean>;
  /** Ends the organization's use of the connection. Without such a use nothing happens. */
  withdraw(auth0OrgId: string, connectionId: string, signal: AbortSignal): Promise<void>;
}

/** A connection as its organization's administrators see it. */
export interface ConnectionView
  extends Pick<RegisteredConnection, "name" | "displayName" | "testedAt" | "origin"> {
  /** Null while it is being set up. */
  readonly strategy: string | null;
  readonly state: "pending" | "enabled" | "disabled";
  readonly waitingFor: SetupStep | null;
}

/** How a token was judged by one rule, in words for an administrator of the organization. */
export interface TestStep {
  readonly rule: string;
  readonly ok: boolean;
  readonly saw: string;
  /** How to make it pass; empty if it does. */
  readonly fix: string;
}

/** Judges a token by every rule, as a login would, and stores nothing. */
export interface TokenTrial {
  /**
   * The steps name no other organization, no UUID and no subject.
   * @returns `connection` is the token's; null if the token is not accepted or did not come through SSO
   * @throws {Refusal} only for an outage
   */
  judge(
    token: string,
    organizationId: OrganizationId,
    signal: AbortSignal,
  ): Promise<{
    readonly steps: readonly TestStep[];
    readonly connection: string | null;
    /** When the token was issued, in seconds since 1970; null if it is not accepted. */
    readonly issuedAt: number | null;
  }>;
}

/** The stores without a cache that connections are read from and written to, and what judges them. */
export interface ConnectionPorts extends SettingsPorts {
  readonly connections: ConnectionStore;
  /** Null where Auth0's Management API is not configured. */
  readonly auth0: Auth0Tenant | null;
  readonly trial: TokenTrial;
}
