import { z } from "zod";
import { userObject } from "../tenant/accounts.ts";
import { ApiError, notFound } from "./api-error.ts";
import { chosen, FIELDS } from "./fields.ts";
import { NOTHING, type Route, route } from "./route.ts";
import type { ManagementServices } from "./services.ts";

const revocation = z.strictObject({
  session_id: z.string().optional(),
  preserve_refresh_tokens: z.boolean().optional(),
});

/** Users, and the end of their sessions. Source: `AUTH0`, sections 5 and 6. */
export function userRoutes({ accounts, sessions }: ManagementServices): Route[] {
  function accountOf(subject: string) {
    if (!subject.includes("|")) {
      const message = "Path validation error: Object did not pass validation for format user-id";
      throw new ApiError(400, message, "invalid_uri");
    }
    const account = accounts.bySubject(subject);
    if (account === null) throw notFound("The user does not exist.", "inexistent_user");
    return account;
  }

  return [
    route(
      "GET /users/:id",
      "read:users",
      { query: z.strictObject(FIELDS), body: NOTHING },
      ({ param, query }) => {
        const account = accountOf(param("id"));
        return { status: 200, body: chosen(userObject(account), query) };
      },
    ),
    route(
      "GET /users-by-email",
      "read:users",
      { query: z.strictObject({ ...FIELDS, email: z.string() }), body: NOTHING },
      ({ query }) => {
        const found = accounts.list().filter(({ email }) => email === query.email);
        return { status: 200, body: found.map((account) => chosen(userObject(account), query)) };
      },
    ),
    route(
      "POST /users/:id/revoke-access",
      "delete:sessions",
      { query: NOTHING, body: revocation },
      ({ param, body, scopes }) => {
        if (!scopes.includes("delete:refresh_tokens")) {
          const message = "Insufficient scope, expected all of: delete:sessions, delete:refresh_tokens";
          throw new ApiError(403, message, "insufficient_scope");
        }
        const account = accountOf(param("id"));
        // Auth0 does it soon after its answer.
        void sessions.end(account, { keepsRefreshTokens: body.preserve_refresh_tokens ?? false });
        return { status: 202 };
      },
    ),
  ];
}
