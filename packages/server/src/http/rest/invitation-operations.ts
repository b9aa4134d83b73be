import type { RouterInputs, RouterOutputs } from "../../trpc/index.ts";
import { IN_ACME, USER_ID } from "./examples.ts";
import { tagged } from "./operation.ts";

type Inputs = RouterInputs["org"]["invitations"];
type Outputs = RouterOutputs["org"]["invitations"];
type Body<Input> = Omit<Input, "organizationId">;

const INVITATIONS = "/organizations/{organizationId}/invitations";
const PAT = "pat@partner.example";
const INVITATION: Outputs["resend"] = {
  invitationId: "0b8d0c6c-6f1b-4c8e-9f0e-7d9a1c2b3d4e",
  email: PAT,
  role: "member",
  state: "open",
  mail: "sent",
  outside: true,
  invitedBy: USER_ID,
  createdAt: "2026-11-25T12:00:00.000Z",
  expiresAt: "2026-12-02T12:00:00.000Z",
};

const BY_ADMINS = ["CLIENT_NOT_ALLOWED", "NOT_A_MEMBER", "ROLE_REQUIRED", "RATE_LIMITED"] as const;

/** Invitations of addresses, which travel in bodies, because they must not be in a URL. */
export const INVITATION_OPERATIONS = tagged("Invitations", [
  {
    operationId: "searchInvitations",
    method: "post",
    path: `${INVITATIONS}/search`,
    procedure: "org.invitations.list",
    summary: "List the invitations of an organization",
    description:
      "For admins, by address. A page may be shorter than `limit` even if more follow: only a null `nextCursor` is " +
      "the end. A change may take a second to appear.",
    input: {
      path: IN_ACME,
      body: { state: "open", cursor: undefined, limit: 50 },
    } satisfies { path: object; body: Body<Inputs["list"]> },
    answer: {
      name: "InvitationPage",
      description: "A page of invitations",
      examples: { page: { items: [INVITATION], nextCursor: null } satisfies Outputs["list"] },
    },
    reasons: ["CLIENT_NOT_ALLOWED", "NOT_A_MEMBER", "ROLE_REQUIRED"],
  },
  {
    operationId: "invite",
    method: "post",
    path: INVITATIONS,
    procedure: "org.invitations.create",
    summary: "Invite addresses",
    description:
      "For admins, up to their own role. The answer has an outcome for each address, in the order of the input: an " +
      "address that is invited already is `renewed`, a removed member must be restored instead. While SSO is enforced, " +
      "only owners invite addresses outside the organization's domains.",
    input: { path: IN_ACME, body: { emails: [PAT], role: "member" } } satisfies {
      path: object;
      body: Body<Inputs["create"]>;
    },
    answer: {
      name: "InvitationOutcomes",
      description: "What became of each address",
      examples: { invited: [{ email: PAT, outcome: "invited" }] satisfies Outputs["create"] },
    },
    reasons: [...BY_ADMINS, "LIMIT_REACHED", "CONFLICT"],
  },
  {
    operationId: "resendInvitation",
    method: "post",
    path: `${INVITATIONS}/resend`,
    procedure: "org.invitations.resend",
    summary: "Mail an invitation again",
    description:
      "Offers it for another seven days, in the name of the caller. An address gets one mail in five minutes: sooner, " +
      "the answer is `RATE_LIMITED`.",
    input: { path: IN_ACME, body: { email: PAT } } satisfies { path: object; body: Body<Inputs["resend"]> },
    answer: {
      name: "Invitation",
      description: "The invitation as it is now",
      examples: { sending: { ...INVITATION, mail: "sending" } satisfies Outputs["resend"] },
    },
    reasons: [...BY_ADMINS, "NOT_FOUND", "CONFLICT", "LIMIT_REACHED"],
  },
  {
    operationId: "revokeInvitation",
    method: "post",
    path: `${INVITATIONS}/revoke`,
    procedure: "org.invitations.revoke",
    summary: "Withdraw an invitation",
    description: "Repeating the call changes nothing. An invitation that was accepted gets `CONFLICT`.",
    input: { path: IN_ACME, body: { email: PAT } } satisfies { path: object; body: Body<Inputs["revoke"]> },
    answer: {
      name: "Invitation",
      description: "The invitation as it is now",
      examples: { revoked: { ...INVITATION, state: "revoked" } satisfies Outputs["revoke"] },
    },
    reasons: [...BY_ADMINS, "NOT_FOUND", "CONFLICT"],
  },
  {
    operationId: "changeInvitations",
    method: "post",
    path: `${INVITATIONS}/change`,
    procedure: "org.invitations.changeMany",
    summary: "Mail or withdraw many invitations at once",
    description:
      "At most 100 addresses, each once, in a change of its own, by the rules of the path for one. The answer has an outcome " +
      "for each: `changed`, `unchanged`, the reason of a refusal, or `not-reached` where the time was up: repeat the call with " +
      "those. Ten addresses count as one change.",
    input: { path: IN_ACME, body: { emails: [PAT], change: "revoke" } } satisfies {
      path: object;
      body: Body<Inputs["changeMany"]>;
    },
    answer: {
      name: "InvitationVerdicts",
      description: "What became of each invitation",
      examples: {
        revoked: [
          { email: PAT, outcome: "changed", hint: null, invitation: { ...INVITATION, state: "revoked" } },
        ],
        accepted: [
          { email: PAT, outcome: "CONFLICT", hint: "the invitation was accepted", invitation: null },
        ],
      } satisfies Record<string, Outputs["changeMany"]>,
    },
    reasons: BY_ADMINS,
  },
  {
    operationId: "acceptInvitation",
    method: "post",
    path: `${INVITATIONS}/accept`,
    procedure: "org.invitations.accept",
    summary: "Accept the invitation of one's own address",
    description:
      "For invitations that `GET /organizations/me` lists. Anything that cannot be accepted is `NOT_FOUND`, whether or " +
      "not it exists. Accepting twice answers the membership.",
    input: { path: IN_ACME satisfies Inputs["accept"] },
    answer: {
      name: "Membership",
      description: "The membership",
      examples: {
        accepted: {
          ...IN_ACME,
          userId: USER_ID,
          role: "member",
          status: "active",
        } satisfies Outputs["accept"],
      },
    },
    reasons: ["NOT_FOUND", "RATE_LIMITED"],
  },
  {
    operationId: "declineInvitation",
    method: "post",
    path: `${INVITATIONS}/decline`,
    procedure: "org.invitations.decline",
    summary: "Decline the invitation of one's own address",
    description: "Declining twice is fine. Anything else that is not there is `NOT_FOUND`.",
    input: { path: IN_ACME satisfies Inputs["decline"] },
    answer: {
      name: "Declined",
      description: "Nothing",
      examples: { declined: {} satisfies Outputs["decline"] },
    },
    reasons: ["NOT_FOUND", "RATE_LIMITED"],
  },
]);
