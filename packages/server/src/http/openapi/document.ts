import { type OperationId, REST_OPERATIONS, type RestOperation } from "../rest-operations.ts";
import { HEALTH_PATHS } from "./health.ts";
import { OPERATION_WORDS, type OperationWords } from "./operations.ts";
import {
  CONNECTION_REFUSALS,
  type DescribedRefusal,
  HEADERS,
  refusalExamples,
  refusalFor,
  refusalResponses,
  WRONG_MEDIA_TYPE,
} from "./refusals.ts";
import { answerRef, componentSchemas, inputSchema, type Json } from "./schemas.ts";

/** Of the description, by the rules of semantic versioning; the same as the package's. */
export const API_VERSION = "0.1.0";

/** The REST paths and health in OpenAPI 3.1, from the schemas that the procedures themselves use. */
export function openApiDocument(): Json {
  const used = new Map(
    [...CONNECTION_REFUSALS, ...REST_OPERATIONS.flatMap(refusalsOf)].map((refusal) => [
      `${refusal.status} ${refusal.reason} ${refusal.message}`,
      refusal,
    ]),
  );
  return {
    openapi: "3.1.1",
    info: {
      title: "platform-api",
      version: API_VERSION,
      summary: "Whose token is this? Answered with the company's own user UUID.",
      description: DESCRIPTION,
      license: { name: "MIT", identifier: "MIT" },
    },
    servers: [{ url: "/", description: "The server that this description comes from" }],
    tags: TAGS,
    paths: { ...restPaths(), ...HEALTH_PATHS },
    components: {
      securitySchemes: SECURITY_SCHEMES,
      headers: HEADERS,
      examples: refusalExamples([...used.values()]),
      schemas: componentSchemas(),
    },
  };
}

const DESCRIPTION = [
  "Send the user's access token in `Authorization: Bearer` (a browser) or in `X-User-Token` (a service, on behalf of its user). The same token in both is fine; two different ones are `CREDENTIALS_CONFLICT`.",
  "Every refusal is `{ error: { reason, message } }`. Compare the reason, which is one of a closed list, never the message. 401 means that the token is not good, 403 that its person may not, 502 and 503 that an answer cannot be had at the moment: never take those for a bad token.",
].join("\n\n");

const TAGS = [
  { name: "Tokens", description: "Whose token is this?" },
  { name: "Organizations", description: "Where does the person belong?" },
  { name: "Sign-in", description: "Before there is a token" },
  { name: "Health", description: "For whoever starts, stops and balances processes" },
];

const SECURITY_SCHEMES = {
  bearer: {
    type: "http",
    scheme: "bearer",
    bearerFormat: "JWT",
    description: "The user's own access token, from the browser",
  },
  userToken: {
    type: "apiKey",
    in: "header",
    name: "X-User-Token",
    description: "The user's access token, forwarded by a service",
  },
};

const ANY_TOKEN = Object.keys(SECURITY_SCHEMES).map((scheme) => ({ [scheme]: [] }));

type Operation = (typeof REST_OPERATIONS)[number];

function restPaths(): Json {
  const paths: Record<string, Json> = {};
  for (const operation of REST_OPERATIONS) {
    paths[operation.path] = { ...paths[operation.path], [operation.method]: describe(operation) };
  }
  return paths;
}

function describe(operation: Operation): Json {
  const { operationId } = operation;
  const { tag, summary, description, reasons }: OperationWords = OPERATION_WORDS[operationId];
  return {
    operationId,
    tags: [tag],
    summary,
    description,
    security: reasons.includes("TOKEN_MISSING") ? ANY_TOKEN : [],
    ...inputOf(operation),
    responses: { 200: answerOf(operationId), ...refusalResponses(refusalsOf(operation)) },
  };
}

/** Beside its own: what the connection, a body, the shutdown and our own faults make of any operation. */
function refusalsOf({ operationId }: Operation): DescribedRefusal[] {
  const { reasons, readsBody } = OPERATION_WORDS[operationId];
  const body = readsBody ? [refusalFor("TOO_LARGE"), WRONG_MEDIA_TYPE] : [];
  const always = (["DRAINING", "INTERNAL"] as const).map(refusalFor);
  return [...reasons.map(refusalFor), ...body, ...always, ...CONNECTION_REFUSALS];
}

function answerOf(operationId: OperationId): Json {
  const { summary, examples } = OPERATION_WORDS[operationId];
  const named = Object.entries(examples).map(([name, value]) => [
    name.replaceAll(" ", "-"),
    { summary: name, value },
  ]);
  return {
    description: `The answer to: ${summary}`,
    content: {
      "application/json": { schema: answerRef(operationId), examples: Object.fromEntries(named) },
    },
  };
}

function inputOf({ operationId, procedure, inputFrom }: RestOperation & Operation): Json {
  const { input: examples }: OperationWords = OPERATION_WORDS[operationId];
  const schema = inputSchema(procedure);
  if (inputFrom === "nothing" || schema === null) return {};
  if (inputFrom === "body") {
    return {
      requestBody: { required: true, content: { "application/json": { schema, example: examples } } },
    };
  }
  const parameters = Object.entries(schema.properties ?? {}).map(([name, property]) => ({
    name,
    in: "query",
    required: schema.required?.includes(name) ?? false,
    schema: property,
    example: examples?.[name],
  }));
  return { parameters };
}
