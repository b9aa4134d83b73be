import { CONNECTION_REFUSALS, refusalResponses } from "./refusals.ts";
import { type HEALTH_NAMES, type Json, ref } from "./schemas.ts";

function status(description: string, name: keyof typeof HEALTH_NAMES, example: string): Json {
  return {
    description,
    content: { "application/json": { schema: ref(name), example: { status: example } } },
  };
}

/** Health checks need no token, and answer while the server drains. */
export const HEALTH_PATHS: Json = {
  "/livez": {
    get: {
      operationId: "livez",
      tags: ["Health"],
      summary: "Is the process up?",
      security: [],
      responses: {
        200: status("It is up", "Liveness", "ok"),
        ...refusalResponses(CONNECTION_REFUSALS),
      },
    },
  },
  "/readyz": {
    get: {
      operationId: "readyz",
      tags: ["Health"],
      summary: "Is it ready for requests?",
      description:
        "It has usable signing keys and store credentials, and is not shutting down. Calls neither the directory nor the store.",
      security: [],
      responses: {
        200: status("It is ready", "Readiness", "ready"),
        503: status("It is not ready", "Unreadiness", "keys unavailable"),
        ...refusalResponses(CONNECTION_REFUSALS),
      },
    },
  },
};
