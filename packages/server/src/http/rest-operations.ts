import { appRouter, type RouterInputs, type RouterOutputs } from "../trpc/index.ts";
import type { RestApi, RestOperation } from "./rest-operation.ts";

const USER_ID = "7c18584b-d06e-4ad2-9ff1-6ef64128fed0";
const JANE = "jane@acme.example";

const VALIDATION: RouterOutputs["auth"]["validate"] = {
  userId: USER_ID,
  email: JANE,
  source: "auth0",
  organizationId: "acme",
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
  needsToken: true,
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
        allowed: { allowed: true, role: "admin" },
        "role too weak": { allowed: false, role: "member" },
        "not a member": { allowed: false, role: null },
      } satisfies Record<string, RouterOutputs["auth"]["check"]>,
    },
    needsToken: true,
  },
  {
    operationId: "myOrganizations",
    method: "get",
    path: "/organizations/me",
    procedure: "org.me",
    tag: "Organizations",
    summary: "Who is the user, and which organizations do they belong to or may they join?",
    description:
      "Applies invitations and just-in-time memberships first. Repeating the call changes nothing.",
    answer: {
      name: "MyOrganizations",
      description: "The user, their organizations, and those that they may join",
      examples: {
        member: {
          user: { userId: USER_ID, email: JANE },
          organizations: [{ id: "acme", name: "Acme", role: "member", ssoRequired: false }],
          activeOrganizationId: "acme",
          joinable: [{ id: "acme-labs", name: "Acme Labs" }],
        },
        "belongs nowhere yet": {
          user: { userId: USER_ID, email: JANE },
          organizations: [],
          activeOrganizationId: null,
          joinable: [],
        },
      } satisfies Record<string, RouterOutputs["org"]["me"]>,
    },
    needsToken: true,
  },
  {
    operationId: "joinOrganization",
    method: "post",
    path: "/organizations/{organizationId}/join",
    procedure: "org.join",
    tag: "Organizations",
    summary: "Join an organization",
    description:
      "Makes the user a member of an organization that `GET /organizations/me` lists under `joinable`. Any other id " +
      "gets `NOT_JOINABLE`, also if the user is a member already. A body needs no fields.",
    input: { path: { organizationId: "acme-labs" } satisfies RouterInputs["org"]["join"] },
    answer: {
      name: "Membership",
      description: "The new membership",
      examples: {
        joined: { organizationId: "acme-labs", userId: USER_ID, role: "member", status: "active" },
      } satisfies Record<string, RouterOutputs["org"]["join"]>,
    },
    needsToken: true,
    reasons: ["NOT_JOINABLE"],
  },
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
    needsToken: false,
    reasons: ["RATE_LIMITED", "STORE_UNAVAILABLE"],
  },
];

export const REST_API: RestApi = { router: appRouter, operations: OPERATIONS };
