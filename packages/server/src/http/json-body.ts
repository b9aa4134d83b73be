import { TRPCError } from "@trpc/server";

export const MAX_JSON_DEPTH = 32;

/** Parses a JSON request body; an empty one is undefined. @throws {TRPCError} PARSE_ERROR */
export function parseJsonBody(body: unknown): unknown {
  if (typeof body !== "string" || body === "") return undefined;
  try {
    return JSON.parse(body);
  } catch (cause) {
    throw new TRPCError({ code: "PARSE_ERROR", cause });
  }
}

export const TOO_DEEP = `arrays and objects nest deeper than ${MAX_JSON_DEPTH} levels`;

/** Whether arrays and objects nest deeper than {@link MAX_JSON_DEPTH}, in one pass and without parsing. */
export function isTooDeep(json: string): boolean {
  let depth = 0;
  let inString = false;
  for (let i = 0; i < json.length; i++) {
    const char = json[i];
    if (inString) {
      if (char === "\\") i++;
      else if (char === '"') inString = false;
    } else if (char === '"') inString = true;
    else if (char === "{" || char === "[") {
      if (++depth > MAX_JSON_DEPTH) return true;
    } else if (char === "}" || char === "]") depth--;
  }
  return false;
}
