import type { RouterInputs, RouterOutputs } from "../../trpc/index.ts";
import { IN_ACME, USER_ID } from "./examples.ts";
import type { RestOperation } from "./operation.ts";

/** What happened in an organization. */
export const AUDIT_OPERATIONS: readonly RestOperation[] = [
  {
    operationId: "listAudit",
    method: "get",
    path: "/organizations/{organizationId}/audit",
    procedure: "org.audit.list",
    tag: "Audit",
    summary: "What happened in an organization",
    description:
      "For admins. With `order=oldest` it is a feed for other systems: `nextCursor` is never null, and continues later " +
      "with what was appended since. Entries younger than 10 s wait, so that none is missed. A page may be short.",
    stream: {
      operationId: "streamAudit",
      path: "/organizations/{organizationId}/audit.ndjson",
      summary: "What happened in an organization, as a stream",
      description:
        "The same entries, at most 10,000. A stream that breaks off is not complete: ask again with `since`. A user may " +
        "have two streams at a time; a third gets `RATE_LIMITED`.",
    },
    input: {
      path: IN_ACME,
      query: {
        since: "2026-11-01T00:00:00Z",
        until: "2026-11-30T00:00:00Z",
        actor: `user:${USER_ID}`,
        person: "2f6c0f6e-8a0b-4c58-9d3f-5b1f0f3e7a10",
        action: "role-changed",
        order: "oldest",
        cursor: "WyJhdWRpdCJd",
        limit: 50,
      },
    } satisfies { path: object; query: Omit<RouterInputs["org"]["audit"]["list"], "organizationId"> },
    answer: {
      name: "AuditPage",
      description: "A page of entries",
      examples: {
        page: {
          items: [
            {
              id: "5e1f…",
              at: "2026-11-25T12:00:00.000Z",
              actor: `user:${USER_ID}`,
              via: "IaUTlRkXIpSKXxSRZ8ykGMsHwTIbGNzh",
              action: "role-changed",
              userId: "2f6c0f6e-8a0b-4c58-9d3f-5b1f0f3e7a10",
              connection: null,
              domain: null,
              rule: null,
              invitationId: null,
              batchId: null,
              before: { role: "member" },
              after: { role: "admin" },
            },
          ],
          nextCursor: null,
        } satisfies RouterOutputs["org"]["audit"]["list"],
      },
    },
    reasons: ["CLIENT_NOT_ALLOWED", "NOT_A_MEMBER", "ROLE_REQUIRED"],
  },
];
