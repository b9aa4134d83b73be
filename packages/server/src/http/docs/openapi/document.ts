import { VERSION } from "../../../version.ts";
import { TAGS } from "../../rest/operation.ts";
import { REST_API } from "../../rest/operations.ts";
import { HEALTH_PATHS } from "./health.ts";
import { refusalsOf, restPaths, SECURITY_SCHEMES } from "./operations.ts";
import { CONNECTION_REFUSALS, HEADERS, refusalExamples } from "./refusals.ts";
import { componentSchemas, type Json } from "./schemas.ts";
import { SERVICE_NAMES, SERVICE_PATHS, SERVICE_REFUSALS, SERVICE_SCHEMES } from "./services.ts";

/** The REST and health paths in OpenAPI 3.1, from the schemas that the procedures use. */
export function openApiDocument(api = REST_API): Json {
  const used = new Map(
    [...CONNECTION_REFUSALS, ...SERVICE_REFUSALS, ...api.operations.flatMap(refusalsOf)].map((refusal) => [
      `${refusal.status} ${refusal.reason} ${refusal.message}`,
      refusal,
    ]),
  );
  return {
    openapi: "3.1.1",
    info: {
      title: "platform-api",
      version: VERSION,
      summary: "Whose token is this? Answered with the company's own user UUID.",
      description: DESCRIPTION,
      contact: { name: "The operators of this server" },
      license: { name: "MIT", identifier: "MIT" },
    },
    servers: [{ url: "/", description: "The server that this description comes from" }],
    tags: Object.entries(TAGS).map(([name, description]) => ({ name, description })),
    paths: { ...restPaths(api), ...SERVICE_PATHS, ...HEALTH_PATHS },
    components: {
      securitySchemes: { ...SECURITY_SCHEMES, ...SERVICE_SCHEMES },
      headers: HEADERS,
      examples: refusalExamples([...used.values()]),
      schemas: componentSchemas(api, SERVICE_NAMES),
    },
  };
}

const DESCRIPTION = [
  "Send the user's access token in `Authorization: Bearer` (a browser) or in `X-User-Token` (a service, on behalf of its user). The same token in both is fine. Two different tokens are refused with `CREDENTIALS_CONFLICT`.",
  "Every refusal is `{ error: { reason, message } }`. Compare the reason, which is one of a closed list, never the message. 401 means that the token is missing or was not accepted. 403 means that its user is not allowed to do this. 502 and 503 mean that the answer is temporarily unavailable: never treat them as a bad token. 429, 502 and 503 have a `Retry-After`.",
  "Every answer has an `X-Request-Id`: the one that you sent (1 to 64 letters, digits, `.`, `_`, `-`), or a new one. It is in the server's log, so give it to the operators when you report a problem.",
].join("\n\n");
