import { CONNECTION_REFUSALS, refusalResponses } from "./refusals.ts";
import { type HEALTH_NAMES, type Json, ref } from "./schemas.ts";

function status(description: string, name: keyof typeof HEALTH_NAMES, example: string): Json {
  return {
    description,
    content: { "application/json": { schema: ref(name), example: { status: example } } },
  };
}

/** They need no token, and answer while the server drains. */
export const HEALTH_PATHS: Json = {
  "/livez": {
    get: {
      operationId: "livez",
      tags: ["Health"],
      summary: "Does the process live?",
      security: [],
      responses: {
        200: status("It does", "Liveness", "ok"),
        ...refusalResponses(CONNECTION_REFUSALS),
      },
    },
  },
  "/readyz": {
    get: {
      operationId: "readyz",
      tags: ["Health"],
      summary: "Can it take requests?",
      description:
        "It has usable keys and credentials for the store, and is not shutting down. Asks neither the directory nor the store.",
      security: [],
      responses: {
        200: status("It can", "Readiness", "ready"),
        503: status("It cannot", "Unreadiness", "keys unavailable"),
        ...refusalResponses(CONNECTION_REFUSALS),
      },
    },
  },
};
