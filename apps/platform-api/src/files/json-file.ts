import { checkJsonStructure } from "@platform-api/server/adapters";

/**
 * What an operator's file says. Of a name that stands twice `JSON.parse` would drop the first without a word, and with
 * it a list of domains or members.
 * @throws {SyntaxError} in words for the operator
 */
export function parseJsonFile(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    checkJsonStructure(text);
    return value;
  } catch (error) {
    throw new SyntaxError(`it is no JSON: ${error instanceof Error ? error.message : ""}`);
  }
}

/** Where in a JSON file something stands, as an operator finds it: `organizations[2].domains[0]`. */
export function location(path: readonly PropertyKey[]): string {
  const text = path.map((key) => (typeof key === "number" ? `[${key}]` : `.${String(key)}`)).join("");
  return text.replace(/^\./, "") || "the file";
}
