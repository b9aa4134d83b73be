import { z } from "zod";
import type { TenantUsers } from "../../domain/index.ts";
import type { OnUpstream } from "../timed.ts";
import { domainCalls, unusable } from "./domain-calls.ts";
import { isSegment, type ManagementCall, path } from "./management-call.ts";
import { createManagementClient, type ManagementClientOptions } from "./management-client.ts";
import { ManagementError } from "./management-error.ts";
import type { TokenSource } from "./management-token.ts";

/** The scopes of the second machine application. `read:events` is the Events API's. */
export const USER_SCOPES = ["read:events", "read:users", "delete:sessions", "delete:refresh_tokens"] as const;

/** What calls do, by the scope that each needs. Revoking access needs `delete:refresh_tokens`, too. */
export type UserOperation = "read:users" | "delete:sessions";

export interface TenantUsersOptions extends Omit<ManagementClientOptions, "application"> {
  /** The alias of the tenant. */
  readonly tenant: string;
  readonly onUpstream?: OnUpstream<UserOperation>;
}

/** An account of a user, as Auth0 has it since its last login. */
export interface Auth0Account {
  readonly subject: string;
  readonly isBlocked: boolean;
  /** As Auth0 sends it. */
  readonly email: string | null;
  readonly isEmailVerified: boolean;
  /** `app_metadata.capitol_user_id`, which the post-login Action signs as it is; null for an account without it. */
  readonly signedUserId: unknown;
  /** The account itself, then those that are linked to it at Auth0. */
  readonly identities: readonly { readonly provider: string; readonly connection: string }[];
}

/** A client of Auth0's Management API by the second machine application, which may read users and end their sessions. */
export interface Auth0Users extends TenantUsers {
  /** `gone`, `unaskable`: as {@link TenantUsers.findUser} says. */
  findAccount(subject: string, signal: AbortSignal): Promise<Auth0Account | "gone" | "unaskable">;
  /** Every account with exactly this address. */
  listAccounts(email: string, signal: AbortSignal): Promise<readonly Auth0Account[]>;
  /** Tokens of the application, for the Events API. Without one it throws {@link ManagementError}. */
  readonly tokens: TokenSource;
}

export function auth0Users({ tenant, onUpstream, ...options }: TenantUsersOptions): Auth0Users {
  const client = createManagementClient({ ...options, application: "EVENTS" });
  const send = domainCalls(client, onUpstream);

  async function find<Answer extends { readonly user_id: string }>(
    subject: string,
    answer: z.ZodType<Answer>,
    fields: string,
    signal: AbortSignal,
  ): Promise<Answer | "gone" | "unaskable"> {
    if (!isSegment(subject)) return "unaskable";
    const call = userCall(subject, answer, fields);
    const found = await send(call, signal).catch(unlessMalformed);
    if (found === "unaskable") return found;
    if (found === null) return "gone";
    // Whether somebody is let in again depends on it, and whose rows are changed.
    if (found.user_id !== subject) throw unusable(call, "the answer is about another user");
    return found;
  }

  return {
    tenant,
    tokens: client.tokens,

    async findUser(subject, signal) {
      const found = await find(subject, user, "user_id,blocked,created_at", signal);
      if (typeof found === "string") return found;
      const { blocked, created_at: createdAt } = found;
      return { isBlocked: blocked ?? false, createdAt: createdAt == null ? null : new Date(createdAt) };
    },

    async findAccount(subject, signal) {
      const found = await find(subject, account, ACCOUNT_FIELDS, signal);
      return typeof found === "string" ? found : accountOf(found);
    },

    async listAccounts(email, signal) {
      const found = await send(accountsCall(email), signal);
      return (found ?? []).map(accountOf);
    },

    async revokeAccess(subject, signal) {
      if (isSegment(subject)) await send(revokeAccessCall(subject), signal).catch(unlessMalformed);
    },
  };
}

/** Auth0 answers 400 to what has not the form of a user's id. */
function unlessMalformed(error: unknown): "unaskable" {
  const cause = error instanceof Error ? error.cause : null;
  if (cause instanceof ManagementError && cause.status === 400) return "unaskable";
  throw error;
}

const user = z.object({
  user_id: z.string(),
  blocked: z.boolean().nullish(),
  created_at: z.iso.datetime({ offset: true }).nullish().catch(null),
});

/** Of `app_metadata` only what the Action reads is kept, and of an identity no token of its provider. */
const account = z.object({
  user_id: z.string(),
  blocked: z.boolean().nullish(),
  email: z.string().nullish(),
  email_verified: z.boolean().nullish(),
  app_metadata: z.object({ capitol_user_id: z.unknown().optional() }).nullish(),
  identities: z.array(z.object({ provider: z.string(), connection: z.string() })).min(1),
});
const ACCOUNT_FIELDS = Object.keys(account.shape).join(",");

function accountOf(found: z.output<typeof account>): Auth0Account {
  return {
    subject: found.user_id,
    isBlocked: found.blocked ?? false,
    email: found.email ?? null,
    isEmailVerified: found.email_verified ?? false,
    signedUserId: found.app_metadata?.capitol_user_id ?? null,
    identities: found.identities,
  };
}

function userCall<Answer>(subject: string, answer: z.ZodType<Answer>, fields: string) {
  return {
    purpose: "a user",
    scope: "read:users",
    method: "GET",
    path: path`users/${subject}`,
    query: { fields },
    nullStatuses: [404],
    answer,
  } as const satisfies ManagementCall<Answer>;
}

function accountsCall(email: string) {
  const answer = z.array(account);
  return {
    purpose: "the users with an address",
    scope: "read:users",
    method: "GET",
    path: path`users-by-email`,
    query: { email, fields: ACCOUNT_FIELDS },
    answer,
  } as const satisfies ManagementCall<z.output<typeof answer>>;
}

function revokeAccessCall(subject: string) {
  return {
    purpose: "ending a user's sessions",
    scope: "delete:sessions",
    method: "POST",
    path: path`users/${subject}/revoke-access`,
    body: {},
    nullStatuses: [404],
    answer: null,
    isIdempotent: true,
  } as const satisfies ManagementCall<never>;
}
