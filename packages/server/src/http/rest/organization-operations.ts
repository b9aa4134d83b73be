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
  closing: null,
  locked: [],
  sendsMail: true,
};

const CLOSING: NonNullable<typeof ACME.closing> = {
  closesAt: "2026-12-08T12:00:00.000Z",
  requestedBy: USER_ID,
  mail: "sending",
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
          organizations: [
            {
              id: "acme",
              name: "Acme",
              role: "member",
              ssoRequired: false,
              closesAt: null,
              invitedBy: "2f6c0f6e-8a0b-4c58-9d3f-5b1f0f3e7a10",
            },
          ],
          activeOrganizationId: "acme",
          joinable: [{ id: "acme-labs", name: "Acme Labs" }],
          removed: [{ id: "initech", name: "Initech" }],
          closed: [
            {
              id: "hooli",
              name: "Hooli",
              closedAt: "2026-11-24T12:00:00.000Z",
              closedBy: { userId: USER_ID, email: JANE, name: "Jane Doe" },
            },
          ],
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
          closed: [],
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
      "`locked` names the settings that an operator's file decides; with `closing`, only operators close it. `closing` says " +
      "when it closes by itself, and who has asked for that.",
    input: { path: IN_ACME satisfies RouterInputs["org"]["get"] },
    answer: {
      name: "OrganizationWithOwners",
      description: "The organization",
      examples: {
        open: { ...ACME, owners: [JANE] },
        "about to close": { ...ACME, closing: { ...CLOSING, mail: "sent" }, owners: [JANE] },
        "run by its operator": {
          ...ACME,
          locked: ["name", "jit", "defaultRole", "enforceSso", "closing"],
          owners: [],
        },
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
  {
    operationId: "closeOrganization",
    method: "post",
    path: "/organizations/{organizationId}/close",
    procedure: "org.close",
    summary: "Ask to close an organization",
    description:
      "For owners. `name` is the name of the organization, typed again; any other gets `CONFLICT`. The organization closes " +
      "by itself seven days later: from `closesAt` on nobody belongs to it and nobody can join it. Nothing is deleted, and " +
      "operators can open it again. All owners are told by mail, if `sendsMail`, and each can keep it open until then. " +
      "Asking again changes nothing, but tells them again where a mail has failed. Soon after it was called off it gets " +
      "`RATE_LIMITED`.",
    input: {
      path: IN_ACME,
      body: { name: "Acme" },
    } satisfies { path: object; body: Omit<RouterInputs["org"]["close"], "organizationId"> },
    answer: {
      name: "Organization",
      description: "The organization, which is open until `closesAt`",
      examples: { closing: { ...ACME, closing: CLOSING } satisfies RouterOutputs["org"]["close"] },
    },
    reasons: ["CLIENT_NOT_ALLOWED", "NOT_A_MEMBER", "ROLE_REQUIRED", "CONFLICT", "RATE_LIMITED"],
  },
  {
    operationId: "keepOrganizationOpen",
    method: "post",
    path: "/organizations/{organizationId}/keep-open",
    procedure: "org.keepOpen",
    summary: "Keep an organization open",
    description:
      "Calls off that the organization closes, also where another owner has asked for it, and tells all owners by mail. For " +
      "owners, as long as it is open: afterwards only operators open it. A body needs no fields.",
    input: { path: IN_ACME satisfies RouterInputs["org"]["keepOpen"] },
    answer: {
      name: "Organization",
      description: "The organization, which stays open",
      examples: { kept: ACME satisfies RouterOutputs["org"]["keepOpen"] },
    },
    reasons: ["CLIENT_NOT_ALLOWED", "NOT_A_MEMBER", "ROLE_REQUIRED"],
  },
]);
