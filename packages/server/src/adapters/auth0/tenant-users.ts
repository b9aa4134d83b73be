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

/** A client of Auth0's Management API by the second machine application, which may read users and end their sessions. */
export interface Auth0Users extends TenantUsers {
  /** Tokens of the application, for the Events API. Without one it throws {@link ManagementError}. */
  readonly tokens: TokenSource;
}

export function auth0Users({ tenant, onUpstream, ...options }: TenantUsersOptions): Auth0Users {
  const client = createManagementClient({ ...options, application: "EVENTS" });
  const send = domainCalls(client, onUpstream);
  return {
    tenant,
    tokens: client.tokens,

    async findUser(subject, signal) {
      if (!isSegment(subject)) return "unaskable";
      const call = userCall(subject);
      const found = await send(call, signal).catch(unlessMalformed);
      if (found === "unaskable") return found;
      if (found === null) return "gone";
      // Whether somebody is let in again depends on it.
      if (found.user_id !== subject) throw unusable(call, "the answer is about another user");
      const { blocked, created_at: createdAt } = found;
      return { isBlocked: blocked ?? false, createdAt: createdAt == null ? null : new Date(createdAt) };
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

function userCall(subject: string) {
  return {
    purpose: "a user",
    scope: "read:users",
    method: "GET",
    path: path`users/${subject}`,
    query: { fields: "user_id,blocked,created_at" },
    nullStatuses: [404],
    answer: user,
  } as const satisfies ManagementCall<z.output<typeof user>>;
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
