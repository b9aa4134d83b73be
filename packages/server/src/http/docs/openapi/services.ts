import { z } from "zod";
import { activeToken, inactiveToken } from "../../../answer/index.ts";
import type { Reason } from "../../../domain/index.ts";
import { feedQuery } from "../../rest/audit-feed-route.ts";
import { USER_ID } from "../../rest/examples.ts";
import { forClients } from "../../rest/input-schema.ts";
import { NDJSON } from "../../rest/page-stream.ts";
import { FORM_TYPE } from "../../transport/form-body.ts";
import { SERVICE_REASONS } from "./operations.ts";
import { CONNECTION_REFUSALS, type DescribedRefusal, refusalFor, refusalResponses } from "./refusals.ts";
import { type Json, ref } from "./schemas.ts";

/** The answers of what only services call, beside the procedures. */
export const SERVICE_NAMES = { ActiveToken: activeToken, InactiveToken: inactiveToken } as const;

export const SERVICE_SCHEMES = {
  clientCredentials: {
    type: "http",
    scheme: "basic",
    description:
      "A service's client id and secret at the identity provider, each form-encoded (RFC 6749 section 2.3.1)",
  },
} as const;

const ALWAYS: readonly Reason[] = ["INPUT_INVALID", "OVERLOADED", "DRAINING", "INTERNAL"];
const FEED_REFUSALS = [...[...SERVICE_REASONS, ...ALWAYS].map(refusalFor), ...CONNECTION_REFUSALS];
const MORE_REASONS: readonly Reason[] = ["TOO_LARGE", "DIRECTORY_UNAVAILABLE", "AUTH0_UNAVAILABLE"];
const INTROSPECTION_REFUSALS = [...MORE_REASONS.map(refusalFor), ...FEED_REFUSALS];

/** The refusals of all paths here. */
export const SERVICE_REFUSALS: readonly DescribedRefusal[] = INTROSPECTION_REFUSALS;

const ENTRY = {
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
  organizationId: "acme",
  source: null,
};
const LINES = [ENTRY, { nextCursor: "WyJhdWRpdCBvZiBhbGwiXQ" }]
  .map((line) => `${JSON.stringify(line)}\n`)
  .join("");
const QUERY_EXAMPLES: Json = {
  order: "oldest",
  since: "2026-11-01T00:00:00Z",
  cursor: "WyJhdWRpdCBvZiBhbGwiXQ",
};

const form = z.object({
  token: z.string().describe("The access token that a client has sent"),
  token_type_hint: z.string().describe("Ignored").optional(),
});

export const SERVICE_PATHS: Json = {
  "/introspect": {
    post: {
      operationId: "introspect",
      tags: ["Tokens"],
      summary: "Is this token good, and whose is it?",
      description:
        "RFC 7662, for proxies and frameworks that ask about the tokens of their clients. The caller is a service with the " +
        "permission `introspect`. A token is active where `/validate` would answer it; about any other one, a machine's " +
        "included, the answer is `active: false` alone. An outage is an error, never `active: false`.",
      security: [{ bearer: [] }, { userToken: [] }, { clientCredentials: [] }],
      requestBody: {
        required: true,
        content: {
          [FORM_TYPE]: { schema: jsonSchema(form), example: { token: "eyJhbGciOiJSUzI1NiJ9.e30.c2ln" } },
        },
      },
      responses: {
        200: {
          description: "Whose token it is, or that it is not good",
          content: {
            "application/json": {
              schema: { anyOf: [ref("ActiveToken"), ref("InactiveToken")] },
              examples: {
                active: { summary: "active", value: activeExample() },
                inactive: { summary: "inactive", value: { active: false } },
              },
            },
          },
        },
        ...refusalResponses(INTROSPECTION_REFUSALS),
      },
    },
  },
  "/audit.ndjson": {
    get: {
      operationId: "streamWholeAudit",
      tags: ["Audit"],
      summary: "What happened in all organizations, as a stream",
      description:
        "For a service with the permission `audit`. Oldest first, an entry a line, at most 10,000; entries of organizations " +
        "say which, and those about a person or a sign-in have null there. Entries younger than 10 s wait, so that none is " +
        "missed. The last line has the cursor of what follows; an answer without it is not complete. A service may have two " +
        "streams at a time.",
      security: [{ bearer: [] }, { userToken: [] }],
      parameters: parametersOf(feedQuery),
      responses: {
        200: {
          description: "The entries, one JSON object a line, and the cursor",
          content: { [NDJSON.split(";")[0] ?? ""]: { schema: { type: "string" }, example: LINES } },
        },
        ...refusalResponses(FEED_REFUSALS),
      },
    },
  },
};

function activeExample(): z.input<typeof activeToken> {
  const client_id = "IaUTlRkXIpSKXxSRZ8ykGMsHwTIbGNzh";
  const iss = "https://login.acme.example/";
  return { active: true, sub: USER_ID, client_id, exp: 1_764_072_000, iss, token_type: "Bearer" };
}

function jsonSchema(schema: z.ZodType): z.core.JSONSchema.BaseSchema {
  const { $schema, ...rest } = z.toJSONSchema(schema, { io: "input", override: forClients });
  return rest;
}

function parametersOf(query: z.ZodType): readonly Json[] {
  return Object.entries(jsonSchema(query).properties ?? {}).map(([name, whole]) => {
    const { description, ...schema } = typeof whole === "object" ? whole : {};
    return { name, in: "query", description, required: false, schema, example: QUERY_EXAMPLES[name] };
  });
}
