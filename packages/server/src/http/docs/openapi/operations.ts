import { z } from "zod";
import type { Reason } from "../../../domain/index.ts";
import { contractOf } from "../../../trpc/index.ts";
import { type InputSchema, inputSchema } from "../../rest/input-schema.ts";
import type { Fields, RestApi, RestOperation } from "../../rest/operation.ts";
import {
  CONNECTION_REFUSALS,
  type DescribedRefusal,
  refusalFor,
  refusalResponses,
  WRONG_MEDIA_TYPE,
} from "./refusals.ts";
import { type Json, ref } from "./schemas.ts";

export const SECURITY_SCHEMES = {
  bearer: {
    type: "http",
    scheme: "bearer",
    bearerFormat: "JWT",
    description: "The user's own access token, from the browser; or a service's own",
  },
  userToken: {
    type: "apiKey",
    in: "header",
    name: "X-User-Token",
    description: "The user's access token, forwarded by a service",
  },
};

const ANY_TOKEN = Object.keys(SECURITY_SCHEMES).map((scheme) => ({ [scheme]: [] }));

/** Any operation with a user's token may be refused for these: the user is resolved before the procedure runs. */
const TOKEN_REASONS: readonly Reason[] = [
  "TOKEN_MISSING",
  "TOKEN_INVALID",
  "TOKEN_EXPIRED",
  "TOKEN_REVOKED",
  "CREDENTIALS_CONFLICT",
  "USER_TOKEN_REQUIRED",
  "DELEGATION_NOT_ALLOWED",
  "EMAIL_MISSING",
  "EMAIL_INVALID",
  "EMAIL_UNVERIFIED",
  "DOMAIN_NOT_ALLOWED",
  "SSO_REQUIRED",
  "IDENTITY_CONFLICT",
  "IDENTITY_BLOCKED",
  "MEMBERSHIP_REMOVED",
  "KEYS_UNAVAILABLE",
  "DIRECTORY_UNAVAILABLE",
  "STORE_UNAVAILABLE",
  "RATE_LIMITED",
];

/** Any operation with a service's token may be refused for these: nothing but the token is judged. */
export const SERVICE_REASONS: readonly Reason[] = [
  "TOKEN_MISSING",
  "TOKEN_INVALID",
  "TOKEN_EXPIRED",
  "CREDENTIALS_CONFLICT",
  "CLIENT_NOT_ALLOWED",
  "ROLE_REQUIRED",
  "KEYS_UNAVAILABLE",
  "STORE_UNAVAILABLE",
  "RATE_LIMITED",
];

/** What follows from the token that the operation takes. */
function tokenReasons({ isPublic, takes }: RestOperation): readonly Reason[] {
  if (isPublic) return [];
  if (takes === "a service") return SERVICE_REASONS;
  if (takes === undefined) return TOKEN_REASONS;
  return TOKEN_REASONS.map((reason) => (reason === "USER_TOKEN_REQUIRED" ? "CLIENT_NOT_ALLOWED" : reason));
}

export function restPaths({ router, operations }: RestApi): Json {
  const paths: Record<string, Json> = {};
  for (const operation of operations) {
    const { operationId, method, path, procedure, tag, summary, description, isPublic } = operation;
    const described = {
      operationId,
      tags: [tag],
      summary,
      description,
      security: isPublic ? [] : ANY_TOKEN,
      ...inputOf(operation, inputSchema(contractOf(procedure, router))),
      responses: { 200: answerOf(operation), ...refusalResponses(refusalsOf(operation)) },
    };
    paths[path] = { ...paths[path], [method]: described };
    if (operation.stream !== undefined)
      paths[operation.stream.path] = { get: streamOf(operation, described) };
  }
  return paths;
}

/** The stream of what an operation answers in pages. */
function streamOf({ stream, input, answer }: RestOperation, described: Json): Json {
  const { path: _, ...texts } = stream ?? {};
  const { cursor: __, limit: ___, ...query } = input?.query ?? {};
  const [page] = Object.values(answer.examples);
  const { items } = z.object({ items: z.array(z.unknown()) }).parse(page);
  const lines = items.map((item) => `${JSON.stringify(item)}\n`).join("");
  const inPages = z.array(z.looseObject({ name: z.string() })).parse(described.parameters);
  const content = { "application/x-ndjson": { schema: { type: "string" }, example: lines } };
  return {
    ...described,
    ...texts,
    parameters: inPages.filter(({ name }) => name === "organizationId" || Object.hasOwn(query, name)),
    responses: {
      ...Object(described.responses),
      200: { description: "The items, one JSON object a line", content },
    },
  };
}

/** The operation's own refusals, then those that any operation may get. */
export function refusalsOf(operation: RestOperation): DescribedRefusal[] {
  const { method, input, reasons = [] } = operation;
  const readsBody = method !== "get";
  const own = new Set<Reason>(tokenReasons(operation));
  if (readsBody || input !== undefined) own.add("INPUT_INVALID");
  for (const reason of reasons) own.add(reason);
  const body = readsBody ? [refusalFor("TOO_LARGE"), WRONG_MEDIA_TYPE] : [];
  const always = (["OVERLOADED", "DRAINING", "INTERNAL"] as const).map(refusalFor);
  return [...[...own].map(refusalFor), ...body, ...always, ...CONNECTION_REFUSALS];
}

function answerOf({ answer: { name, description, examples } }: RestOperation): Json {
  const named = Object.entries(examples).map(([summary, value]) => [
    summary.replaceAll(" ", "-"),
    { summary, value },
  ]);
  return {
    description,
    content: { "application/json": { schema: ref(name), examples: Object.fromEntries(named) } },
  };
}

function inputOf({ input = {} }: RestOperation, schema: InputSchema | null): Json {
  if (schema === null) return {};
  const { properties = {}, required = [] } = schema;
  const parametersOf = (place: "path" | "query", examples: Fields = {}) =>
    Object.entries(examples).map(([name, example]) => {
      const whole = properties[name];
      const { description, ...schema } = typeof whole === "object" ? whole : {};
      return {
        name,
        in: place,
        ...(description !== undefined && { description }),
        required: place === "path" || required.includes(name),
        schema,
        example,
      };
    });
  const parameters = [...parametersOf("path", input.path), ...parametersOf("query", input.query)];
  return {
    ...(parameters.length > 0 && { parameters }),
    ...(input.body !== undefined && { requestBody: bodyOf(input.body, schema, input.path) }),
  };
}

/** The input schema without what the path already carries. */
function bodyOf(example: Fields, schema: InputSchema, inPath: Fields = {}): Json {
  const isInBody = (name: string) => !Object.hasOwn(inPath, name);
  const required = schema.required?.filter(isInBody);
  const properties = Object.entries(schema.properties ?? {}).filter(([name]) => isInBody(name));
  const bodySchema =
    schema.properties === undefined
      ? schema
      : { ...schema, properties: Object.fromEntries(properties), required };
  return {
    required: required === undefined || required.length > 0,
    content: { "application/json": { schema: bodySchema, example } },
  };
}
