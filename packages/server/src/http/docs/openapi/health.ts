import { CONNECTION_REFUSALS, refusalResponses } from "./refusals.ts";
import { type HEALTH_NAMES, type Json, ref } from "./schemas.ts";

/** Health checks need no token, and answer while the server drains. */
export const HEALTH_PATHS: Json = {
  "/livez": check(
    "livez",
    {
      summary: "Is the process up?",
      description:
        "Answers for as long as the process runs, even while it shuts down. Calls no other service.",
    },
    { 200: status("It is up", "Liveness", "ok") },
  ),
  "/readyz": check(
    "readyz",
    {
      summary: "Is it ready for requests?",
      description:
        "It has usable signing keys and store credentials, and is not shutting down. Calls neither the directory nor the store.",
    },
    {
      200: status("It is ready", "Readiness", "ready"),
      503: status("It is not ready", "Unreadiness", "keys unavailable"),
    },
  ),
};

function check(operationId: string, texts: Json, statuses: Json): Json {
  const responses = { ...statuses, ...refusalResponses(CONNECTION_REFUSALS) };
  return { get: { operationId, tags: ["Health"], ...texts, security: [], responses } };
}

function status(description: string, name: keyof typeof HEALTH_NAMES, example: string): Json {
  return {
    description,
    content: { "application/json": { schema: ref(name), example: { status: example } } },
  };
}
