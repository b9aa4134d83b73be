import type { RouterInputs, RouterOutputs } from "../../trpc/index.ts";
import { IN_ACME, JANE, USER_ID } from "./examples.ts";
import { tagged } from "./operation.ts";

type Refusal = RouterOutputs["org"]["refusals"]["list"][number];

const UNKNOWN_DOMAIN: Refusal = {
  email: null,
  domain: "acme-labs.example",
  userId: null,
  connection: "acme-entra",
  reason: "DOMAIN_NOT_ALLOWED",
  firstAt: "2026-11-24T09:00:00.000Z",
  lastAt: "2026-11-25T12:00:00.000Z",
  count: 4,
  cure: "verify-domain",
  askedAt: null,
};
const REMOVED: Refusal = {
  ...UNKNOWN_DOMAIN,
  email: JANE,
  domain: "acme.example",
  userId: USER_ID,
  reason: "MEMBERSHIP_REMOVED",
  cure: "restore",
  askedAt: "2026-11-25T12:00:10.000Z",
};

/** Who could not get in, and what they can do about it. */
export const REFUSAL_OPERATIONS = tagged("Refusals", [
  {
    operationId: "listRefusals",
    method: "get",
    path: "/organizations/{organizationId}/refusals",
    procedure: "org.refusals.list",
    summary: "List who could not get in",
    description:
      "For admins: sign-ins of the last 14 days that were refused, the latest first, at most 50. Only tokens that are " +
      "genuine are listed. `email` is there if the address is at a verified domain of the organization, or that of a member " +
      "or an invitation; of any other address only `domain`. The list is bounded: in a flood it has some of them.",
    input: { path: IN_ACME satisfies RouterInputs["org"]["refusals"]["list"] },
    answer: {
      name: "Refusals",
      description: "The refusals, the latest first",
      examples: {
        some: [UNKNOWN_DOMAIN, REMOVED] satisfies RouterOutputs["org"]["refusals"]["list"],
        none: [] satisfies RouterOutputs["org"]["refusals"]["list"],
      },
    },
    reasons: ["CLIENT_NOT_ALLOWED", "NOT_A_MEMBER", "ROLE_REQUIRED"],
  },
  {
    operationId: "askToBeRestored",
    method: "post",
    path: "/restore-request",
    procedure: "org.askToBeRestored",
    summary: "Ask to be restored",
    description:
      "For a user whom an organization has removed: mails those who may restore them, once a week. Within that time it changes " +
      "nothing and answers when they asked. Without `organizationId` it is the organization of the token. `NOT_A_MEMBER` for " +
      "who left by themselves, or was never a member; `CONFLICT` for a member.",
    input: { body: { organizationId: "acme" } satisfies RouterInputs["org"]["askToBeRestored"] },
    answer: {
      name: "RestoreRequest",
      description: "When they asked, and when they can ask again",
      examples: {
        asked: {
          askedAt: "2026-11-25T12:00:10.000Z",
          againAt: "2026-12-02T12:00:10.000Z",
        } satisfies RouterOutputs["org"]["askToBeRestored"],
      },
    },
    reasons: ["NOT_A_MEMBER", "CONFLICT", "RATE_LIMITED"],
  },
]);
