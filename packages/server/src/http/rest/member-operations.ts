import type { RouterInputs, RouterOutputs } from "../../trpc/index.ts";
import { IN_ACME, JANE, USER_ID } from "./examples.ts";
import { type RestOperation, tagged } from "./operation.ts";

type Inputs = RouterInputs["org"]["members"];
type Outputs = RouterOutputs["org"]["members"];
type Body<Input> = Omit<Input, "organizationId" | "userId">;

const MEMBERS = "/organizations/{organizationId}/members";
const MEMBER = `${MEMBERS}/{userId}`;
const JANE_IN_ACME = { ...IN_ACME, userId: USER_ID };

const JANE_AS_MEMBER: Outputs["setRole"] = {
  userId: USER_ID,
  email: JANE,
  name: "Jane Miller",
  role: "member",
  status: "active",
  origin: "invitation",
  outside: false,
  invitedBy: "2f6c0f6e-8a0b-4c58-9d3f-5b1f0f3e7a10",
  joinedAt: "2026-11-25T12:00:00.000Z",
  removedAt: null,
  removedBy: null,
};

const REMOVED = {
  status: "removed",
  removedAt: "2026-11-30T12:00:00.000Z",
  removedBy: "2f6c0f6e-8a0b-4c58-9d3f-5b1f0f3e7a10",
} as const;

const ERASED = "6d1f9d0a-3f0e-4b0e-9d55-8a1c2f7b9e42";

/** Refusals of somebody who may not act on this member. */
const BY_RANK = ["CLIENT_NOT_ALLOWED", "NOT_A_MEMBER", "ROLE_REQUIRED", "NOT_FOUND"] as const;

function memberAnswer(description: string, changed: Partial<Outputs["setRole"]>): RestOperation["answer"] {
  return { name: "Member", description, examples: { changed: { ...JANE_AS_MEMBER, ...changed } } };
}

/** The members of an organization. Addresses travel in bodies, because they must not be in a URL. */
export const MEMBER_OPERATIONS = tagged("Members", [
  {
    operationId: "searchMembers",
    method: "post",
    path: `${MEMBERS}/search`,
    procedure: "org.members.list",
    summary: "List or search the members of an organization",
    description:
      "For admins. Active members come first, by address, then the removed ones, and last those whose data was " +
      "erased: their `email` is null. `query` has words of names and addresses, each from its beginning (`turn ada` " +
      "finds Ada Turner), or the beginning of an address, if it has an `@`, or a whole UUID. `sort` is another order: " +
      "by name, by role or by who came last. Of what a `query` finds each page is in that order for itself. The first " +
      "page also has `total`, exact up to 5,000, and `you`, the caller. A page may be shorter " +
      "than `limit` even if more follow: only a null `nextCursor` is the end. A cursor is valid for the same " +
      "organization and filter only. A change may take a second to appear.",
    input: {
      path: IN_ACME,
      body: {
        query: "jane",
        sort: undefined,
        role: "member",
        status: "active",
        cursor: undefined,
        limit: 50,
      },
    } satisfies { path: object; body: Body<Inputs["list"]> },
    answer: {
      name: "MemberPage",
      description: "A page of members",
      examples: {
        "more follow": {
          items: [JANE_AS_MEMBER],
          nextCursor: "WyJtZW1iZXJzIiwiamFuZSJd",
          total: { count: 2_043, isExact: true },
          you: null,
        },
        "the last page": {
          items: [
            { ...JANE_AS_MEMBER, ...REMOVED },
            { ...JANE_AS_MEMBER, ...REMOVED, userId: ERASED, email: null, name: null, removedBy: null },
          ],
          nextCursor: null,
          total: null,
          you: null,
        },
      } satisfies Record<string, Outputs["list"]>,
    },
    reasons: ["CLIENT_NOT_ALLOWED", "NOT_A_MEMBER", "ROLE_REQUIRED"],
  },
  {
    operationId: "lookUpMembers",
    method: "post",
    path: `${MEMBERS}/lookup`,
    procedure: "org.members.lookup",
    summary: "Who are these users?",
    description:
      "For every member: how a service shows who did something. The answer has no entry for users who never were " +
      "members of this organization. Removed members are in it, without an address once their data was erased.",
    input: { path: IN_ACME, body: { userIds: [USER_ID] } } satisfies {
      path: object;
      body: Body<Inputs["lookup"]>;
    },
    answer: {
      name: "FoundMembers",
      description: "Those of the users who are or were members, by address",
      examples: {
        found: [{ userId: USER_ID, email: JANE, name: "Jane Miller", role: "member", status: "active" }],
        erased: [{ userId: ERASED, email: null, name: null, role: "member", status: "removed" }],
        "no member": [],
      } satisfies Record<string, Outputs["lookup"]>,
    },
    reasons: ["NOT_A_MEMBER"],
  },
  {
    operationId: "setMemberRole",
    method: "put",
    path: `${MEMBER}/role`,
    procedure: "org.members.setRole",
    summary: "Give a member another role",
    description:
      "Admins act on members and grant up to admin, owners act on everybody. With `expectedRole`, `CONFLICT` says " +
      "that the role is another one by now. A removed member is also a `CONFLICT`: restore them first.",
    input: {
      path: JANE_IN_ACME,
      body: { role: "admin", expectedRole: "member" } satisfies Body<Inputs["setRole"]>,
    },
    answer: memberAnswer("The member with the new role", { role: "admin" }),
    reasons: [...BY_RANK, "CONFLICT", "LAST_OWNER", "LIMIT_REACHED", "NOT_READY"],
  },
  {
    operationId: "removeMember",
    method: "post",
    path: `${MEMBER}/remove`,
    procedure: "org.members.remove",
    summary: "Remove a member",
    description:
      "They stay out however they sign in, until somebody restores them. Removing a removed member changes nothing. " +
      "A body needs no fields.",
    input: { path: JANE_IN_ACME satisfies Inputs["remove"] },
    answer: memberAnswer("The removed member", REMOVED),
    reasons: [...BY_RANK, "LAST_OWNER", "NOT_READY"],
  },
  {
    operationId: "restoreMember",
    method: "post",
    path: `${MEMBER}/restore`,
    procedure: "org.members.restore",
    summary: "Restore a removed member",
    description:
      "With their previous role, at most admin. `CONFLICT` for somebody who left: invite them instead. Also for " +
      "somebody whose data was erased: they can only come back by an invitation. " +
      "`IDENTITY_CONFLICT` if another organization's SSO speaks for the user by now. A body needs no fields.",
    input: { path: JANE_IN_ACME satisfies Inputs["restore"] },
    answer: memberAnswer("The active member", {}),
    reasons: [...BY_RANK, "CONFLICT"],
  },
  {
    operationId: "changeMembers",
    method: "post",
    path: `${MEMBERS}/change`,
    procedure: "org.members.changeMany",
    summary: "Change many members at once",
    description:
      "At most 100, each once, in a change of its own, by the rules of the path for one. The answer has an outcome for each: " +
      "`changed`, `unchanged`, the reason of a refusal, or `not-reached` where the time was up: repeat the call with those. " +
      "`expectedRoles` are for another role only. Ten members count as one change.",
    input: {
      path: IN_ACME,
      body: { userIds: [USER_ID, ERASED], change: { role: "admin" }, expectedRoles: { [USER_ID]: "member" } },
    } satisfies { path: object; body: Body<Inputs["changeMany"]> },
    answer: {
      name: "MemberVerdicts",
      description: "What became of each member",
      examples: {
        "one of two": [
          { userId: USER_ID, outcome: "changed", hint: null, member: { ...JANE_AS_MEMBER, role: "admin" } },
          {
            userId: ERASED,
            outcome: "CONFLICT",
            hint: "the member was removed; restore them first",
            member: null,
          },
        ],
      } satisfies Record<string, Outputs["changeMany"]>,
    },
    reasons: ["CLIENT_NOT_ALLOWED", "NOT_A_MEMBER", "ROLE_REQUIRED"],
  },
  {
    operationId: "leaveOrganization",
    method: "post",
    path: "/organizations/{organizationId}/leave",
    procedure: "org.members.leave",
    summary: "Leave an organization",
    description: "Ends the user's own membership. The last owner cannot leave. A body needs no fields.",
    input: { path: IN_ACME satisfies Inputs["leave"] },
    answer: {
      name: "Left",
      description: "The user has left",
      examples: { left: {} satisfies Outputs["leave"] },
    },
    reasons: ["NOT_A_MEMBER", "LAST_OWNER", "NOT_READY"],
  },
]);
