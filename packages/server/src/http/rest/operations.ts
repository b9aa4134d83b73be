import { appRouter, type RouterInputs, type RouterOutputs } from "../../trpc/index.ts";
import { AUDIT_OPERATIONS } from "./audit-operations.ts";
import { CONNECTION_OPERATIONS } from "./connection-operations.ts";
import { DOMAIN_OPERATIONS } from "./domain-operations.ts";
import { JANE, LOGIN_ID, USER_ID } from "./examples.ts";
import { INVITATION_OPERATIONS } from "./invitation-operations.ts";
import { MEMBER_OPERATIONS } from "./member-operations.ts";
import type { RestApi, RestOperation } from "./operation.ts";
import { ORGANIZATION_OPERATIONS } from "./organization-operations.ts";
import { REFUSAL_OPERATIONS } from "./refusal-operations.ts";

const VALIDATION: RouterOutputs["auth"]["validate"] = {
  userId: USER_ID,
  email: JANE,
  source: "auth0",
  clientId: "IaUTlRkXIpSKXxSRZ8ykGMsHwTIbGNzh",
  actor: null,
  organizationId: "acme",
  loginId: LOGIN_ID,
  issuedAt: "2026-11-25T11:00:00.000Z",
  expiresAt: "2026-11-25T12:00:00.000Z",
};

const validate: RestOperation = {
  operationId: "validate",
  method: "get",
  path: "/validate",
  procedure: "auth.validate",
  tag: "Tokens",
  summary: "Whose token is this?",
  description:
    "Returns the company's own UUID of the user, never the identity provider's subject. A new user gets a UUID on " +
    "this first call. Call it before anything else that a request does.",
  answer: {
    name: "Validation",
    description: "The user of the token",
    examples: {
      member: VALIDATION,
      "no organization": { ...VALIDATION, organizationId: null },
      "address not trusted": { ...VALIDATION, email: null },
    },
  },
};

/** Every REST path, in the order of the description. */
const OPERATIONS: readonly RestOperation[] = [
  validate,
  {
    ...validate,
    operationId: "validateByPost",
    method: "post",
    summary: "Whose token is this? By POST",
    description: "The same as GET, for callers that can only send POST. The content of a body is ignored.",
  },
  {
    operationId: "principal",
    method: "get",
    path: "/principal",
    procedure: "auth.principal",
    tag: "Tokens",
    summary: "A user's token, or a service's?",
    description:
      "For a route that takes both. A service is a machine that operators have listed in `SERVICE_CLIENTS`; any other " +
      "machine gets `CLIENT_NOT_ALLOWED`. Only a user has a `userId`.",
    takes: "a user or a service",
    answer: {
      name: "Principal",
      description: "Whose token it is",
      examples: {
        user: {
          kind: "user",
          userId: USER_ID,
          organizationId: "acme",
          clientId: "IaUTlRkXIpSKXxSRZ8ykGMsHwTIbGNzh",
          actor: null,
        },
        service: { kind: "service", clientId: "agentic-backend", permissions: ["standing"] },
      } satisfies Record<string, RouterOutputs["auth"]["principal"]>,
    },
  },
  {
    operationId: "link",
    method: "get",
    path: "/link",
    procedure: "auth.link",
    tag: "Tokens",
    summary: "How is this sign-in linked to its user?",
    description:
      "For a page that shows users their own account. Reads the link from the store, so do not call it on the way of " +
      "other requests. A legacy token, whose subject is the UUID, has no link: `NOT_FOUND`.",
    answer: {
      name: "IdentityLink",
      description: "What linked the first sign-in to the UUID",
      examples: {
        sso: { rule: "verified-domain", connection: "acme-entra", linkedAt: "2026-11-25T12:00:00.000Z" },
        password: { rule: "verified-email", connection: "auth0", linkedAt: "2026-11-25T12:00:00.000Z" },
      } satisfies Record<string, RouterOutputs["auth"]["link"]>,
    },
    reasons: ["NOT_FOUND"],
  },
  {
    operationId: "signOutEverywhere",
    method: "post",
    path: "/sign-out-everywhere",
    procedure: "auth.signOutEverywhere",
    tag: "Tokens",
    summary: "Sign the user out everywhere",
    description:
      "Ends every token of the user that was issued until now, the calling one included: from then on it gets " +
      "`TOKEN_REVOKED`. A new sign-in is accepted from the second after `notBefore` on. Where the server may, it also ends " +
      "the sessions at the identity provider; `sessions` says whether it has. The content of a body is ignored.",
    answer: {
      name: "SignedOut",
      description: "Which tokens are refused, and what remains",
      examples: {
        everywhere: { notBefore: "2026-11-25T12:00:00.000Z", sessions: "ended" },
        "the server cannot end sessions": { notBefore: "2026-11-25T12:00:00.000Z", sessions: "remaining" },
      } satisfies Record<string, RouterOutputs["auth"]["signOutEverywhere"]>,
    },
    reasons: ["RATE_LIMITED"],
  },
  {
    operationId: "check",
    method: "get",
    path: "/check",
    procedure: "auth.check",
    tag: "Organizations",
    summary: "Does the user have a role in an organization?",
    description:
      "Checks for any role unless `role` is given. The answer for an organization that does not exist is the same " +
      "as for one that the user does not belong to.",
    input: { query: { organizationId: "acme", role: "admin" } satisfies RouterInputs["auth"]["check"] },
    answer: {
      name: "RoleCheck",
      description: "Whether the role is sufficient, and the user's role in the organization",
      examples: {
        allowed: { allowed: true, role: "admin", actor: null },
        "role too weak": { allowed: false, role: "member", actor: null },
        "not a member": { allowed: false, role: null, actor: null },
      } satisfies Record<string, RouterOutputs["auth"]["check"]>,
    },
  },
  {
    operationId: "standings",
    method: "post",
    path: "/standings",
    procedure: "auth.standings",
    tag: "Tokens",
    summary: "May work that users have begun go on?",
    description:
      "For a service that works on after its user's token has expired: it keeps `userId`, `organizationId`, `issuedAt` and " +
      "`loginId` of `/validate` with the work, never the token, and asks every few seconds, with its own token. The answer " +
      "has a standing for each, in the same order. `ended` gives the reason for which the user would be refused: at once for " +
      "a removal, a weaker role, a block, a sign-out everywhere, enforced SSO, and a connection that was taken away. A " +
      "logout ends no work. The answer for a user or an organization that does not exist is the same as for one without a " +
      "membership.",
    input: {
      body: {
        of: [
          {
            userId: USER_ID,
            organizationId: "acme",
            role: "member",
            since: "2026-11-25T11:00:00.000Z",
            loginId: LOGIN_ID,
          },
        ],
      } satisfies RouterInputs["auth"]["standings"],
    },
    answer: {
      name: "Standings",
      description: "A standing for each, in their order",
      examples: {
        active: [{ standing: "active", role: "admin" }],
        ended: [{ standing: "ended", reason: "MEMBERSHIP_REMOVED" }],
      } satisfies Record<string, RouterOutputs["auth"]["standings"]>,
    },
    takes: "a service",
  },
  ...ORGANIZATION_OPERATIONS,
  ...MEMBER_OPERATIONS,
  ...INVITATION_OPERATIONS,
  ...DOMAIN_OPERATIONS,
  ...CONNECTION_OPERATIONS,
  ...REFUSAL_OPERATIONS,
  ...AUDIT_OPERATIONS,
  {
    operationId: "discover",
    method: "post",
    path: "/public/auth/discover",
    procedure: "discover.byEmail",
    tag: "Sign-in",
    summary: "How do users with this e-mail domain sign in?",
    description:
      "Depends on the domain only, so it never reveals whether an account exists. Needs no token and ignores one " +
      "that is sent. The address is in the body because it must not be in a URL.",
    input: { body: { email: JANE } satisfies RouterInputs["discover"]["byEmail"] },
    answer: {
      name: "Discovery",
      description: "The sign-in methods of the domain",
      examples: {
        sso: {
          method: "sso",
          passwordAllowed: true,
          options: [
            {
              connection: "acme-entra",
              displayName: "Acme (Entra ID)",
              authorize: { connection: "acme-entra", organization: "org_acme", login_hint: JANE },
            },
          ],
        },
        password: { method: "password" },
      } satisfies Record<string, RouterOutputs["discover"]["byEmail"]>,
    },
    isPublic: true,
    reasons: ["RATE_LIMITED", "STORE_UNAVAILABLE"],
  },
];

export const REST_API: RestApi = { router: appRouter, operations: OPERATIONS };
