import type { RouterInputs, RouterOutputs } from "../../trpc/index.ts";
import { IN_ACME, JANE, USER_ID } from "./examples.ts";
import { tagged } from "./operation.ts";

const ACME: RouterOutputs["org"]["update"] = {
  id: "acme",
  name: "Acme",
  jit: true,
  defaultRole: "member",
  enforceSso: false,
  state: "open",
  locked: [],
};

/** The user's organizations, and the settings of one. */
export const ORGANIZATION_OPERATIONS = tagged("Organizations", [
  {
    operationId: "myOrganizations",
    method: "get",
    path: "/organizations/me",
    procedure: "org.me",
    summary: "Who is the user, and which organizations do they belong to or may they join?",
    description:
      "Applies invitations and just-in-time memberships first. Repeating the call changes nothing. `invitations` wait for " +
      "the user's consent: accept or decline them. `pastInvitations` cannot be accepted any more, and say why.",
    answer: {
      name: "MyOrganizations",
      description: "The user, their organizations, and those that they may join",
      examples: {
        member: {
          user: { userId: USER_ID, email: JANE },
          actor: null,
          organizations: [{ id: "acme", name: "Acme", role: "member", ssoRequired: false }],
          activeOrganizationId: "acme",
          joinable: [{ id: "acme-labs", name: "Acme Labs" }],
          removed: [{ id: "initech", name: "Initech" }],
          invitations: [
            {
              organizationId: "globex",
              name: "Globex",
              role: "member",
              invitedBy: "2f6c0f6e-8a0b-4c58-9d3f-5b1f0f3e7a10",
              inviter: "ben@globex.example",
              inviterName: "Ben Reed",
              expiresAt: "2026-12-02T12:00:00.000Z",
            },
          ],
          pastInvitations: [
            {
              organizationId: "hooli",
              name: "Hooli",
              state: "expired",
              since: "2026-11-20T12:00:00.000Z",
              inviter: "gavin@hooli.example",
              inviterName: "Gavin Belson",
            },
          ],
        },
        "belongs nowhere yet": {
          user: { userId: USER_ID, email: JANE },
          actor: null,
          organizations: [],
          activeOrganizationId: null,
          joinable: [],
          removed: [],
          invitations: [],
          pastInvitations: [],
        },
      } satisfies Record<string, RouterOutputs["org"]["me"]>,
    },
  },
  {
    operationId: "joinOrganization",
    method: "post",
    path: "/organizations/{organizationId}/join",
    procedure: "org.join",
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
    reasons: ["NOT_JOINABLE", "RATE_LIMITED"],
  },
  {
    operationId: "organization",
    method: "get",
    path: "/organizations/{organizationId}",
    procedure: "org.get",
    summary: "The settings of an organization, and its owners",
    description:
      "For every member. `owners` has the addresses of the longest-standing owners, at most three: whom to ask. " +
      "`locked` names the settings that an operator's file decides.",
    input: { path: IN_ACME satisfies RouterInputs["org"]["get"] },
    answer: {
      name: "OrganizationWithOwners",
      description: "The organization",
      examples: {
        open: { ...ACME, owners: [JANE] },
        "run by its operator": { ...ACME, locked: ["name", "jit", "defaultRole", "enforceSso"], owners: [] },
      } satisfies Record<string, RouterOutputs["org"]["get"]>,
    },
    reasons: ["CLIENT_NOT_ALLOWED", "NOT_A_MEMBER"],
  },
  {
    operationId: "updateOrganization",
    method: "patch",
    path: "/organizations/{organizationId}",
    procedure: "org.update",
    summary: "Change the settings of an organization",
    description:
      "Changes only what the body names. An admin changes `name`, an owner the others. A setting that is `locked` " +
      "gets `ROLE_REQUIRED`. `enforceSso` gets `NOT_READY` unless the organization has a verified domain, and your own " +
      "token came through one of its enabled connections that was tested within 7 days: you would lock yourself out.",
    input: {
      path: IN_ACME,
      body: { name: "Acme", jit: true, defaultRole: "admin", enforceSso: false },
    } satisfies { path: object; body: Omit<RouterInputs["org"]["update"], "organizationId"> },
    answer: {
      name: "Organization",
      description: "The organization as it is now",
      examples: { renamed: { ...ACME, name: "Acme Inc." } satisfies RouterOutputs["org"]["update"] },
    },
    reasons: ["CLIENT_NOT_ALLOWED", "NOT_A_MEMBER", "ROLE_REQUIRED", "NOT_READY"],
  },
]);
