import { isUtf8 } from "node:buffer";
import { isTooDeep } from "../../json-depth.ts";

export type JsonObject = Readonly<Record<string, unknown>>;

/** Strings and punctuation of a text already known to be JSON; linear, because the alternatives are disjoint. */
const LEXEME = /"(?:[^"\\]|\\.)*"|[[\]{}:]/g;

/**
 * Parses a JSON object of bounded depth with unique member names from untrusted bytes.
 * @throws {SyntaxError} naming the rule and never quoting the text, as V8's own message does
 */
export function parseJsonObject(bytes: Buffer): JsonObject {
  if (!isUtf8(bytes)) throw new SyntaxError("not UTF-8"); // RFC 8259 §8.1
  const text = bytes.toString("utf8"); // keeps a BOM, which the JSON grammar refuses
  const value = parseJson(text);
  if (!isJsonObject(value)) throw new SyntaxError("not a JSON object"); // RFC 7519 §7.2 (10)
  checkJsonStructure(text);
  return value;
}

/** An own member, or undefined: `constructor` and `__proto__` are names like any other. */
export function memberOf(object: JsonObject, name: string): unknown {
  return Object.hasOwn(object, name) ? object[name] : undefined;
}

export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new SyntaxError("not JSON");
  }
}

/**
 * `JSON.parse` keeps the last of two members of one name, other parsers the first: two services would read
 * different claims from one signed token (RFC 7515 §4, RFC 7519 §4). Names are compared after unescaping.
 * @param text known to be JSON
 * @throws {SyntaxError} for a repeated name, and for nesting that is too deep
 */
export function checkJsonStructure(text: string): void {
  if (isTooDeep(text)) throw new SyntaxError("nested too deeply");
  const open: Set<unknown>[] = [];
  let previous = "";
  for (const [lexeme] of text.matchAll(LEXEME)) {
    if (lexeme === "{" || lexeme === "[") {
      open.push(new Set());
    } else if (lexeme === "}" || lexeme === "]") {
      open.pop();
    } else if (lexeme === ":") {
      const names = open.at(-1);
      const name = parseJson(previous);
      if (names?.has(name)) throw new SyntaxError("duplicate member name");
      names?.add(name);
    }
    previous = lexeme;
  }
}
