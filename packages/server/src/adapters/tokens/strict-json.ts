import { isUtf8 } from "node:buffer";
import { MAX_JSON_DEPTH } from "../../json-depth.ts";

export type JsonObject = Readonly<Record<string, unknown>>;

/**
 * Parses a JSON object of bounded depth with unique member names from untrusted bytes.
 * @throws {SyntaxError} naming the rule and never quoting the text, as V8's own message does
 */
export function parseJsonObject(bytes: Buffer): JsonObject {
  if (!isUtf8(bytes)) throw new SyntaxError("not UTF-8"); // RFC 8259 §8.1
  const text = bytes.toString("utf8"); // keeps a BOM, which the JSON grammar refuses
  const value = parseStrictly(text);
  if (!isJsonObject(value)) throw new SyntaxError("not a JSON object"); // RFC 7519 §7.2 (10)
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
  parseStrictly(text);
}

function parseStrictly(text: string): unknown {
  const plain = withPlainNames(text);
  const value = parseJson(plain);
  // A repeated name is in the text, but not in the value.
  if (namesIn(plain) !== membersOf(value)) throw new SyntaxError("duplicate member name");
  return value;
}

/**
 * The same JSON with names that are escaped only where they must be (a quote, a backslash, a control character): V8
 * decodes an escaped name wrongly once it has seen another that begins like the escape (nodejs/node#63785), so a claim
 * could be hidden under another name.
 */
function withPlainNames(text: string): string {
  if (!text.includes("\\")) return text;
  parseJson(text); // from here on it is JSON
  return text.replaceAll(STRING, (string, colon: string | undefined) => {
    if (colon === undefined || !string.includes("\\")) return string;
    return JSON.stringify(parseJson(string.slice(0, -colon.length))) + colon;
  });
}

/** A string of a text that is JSON, and the colon behind it if it is a name. Linear: the alternatives are disjoint. */
const STRING = /"(?:[^"\\]|\\.)*"(\s*:)?/g;

/** How many names of members the text has: one before each colon outside strings. */
function namesIn(text: string): number {
  let names = 0;
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    if (unit === COLON) names += 1;
    else if (unit === QUOTE) at = endOfString(text, at);
  }
  return names;
}

const [QUOTE, COLON, BACKSLASH] = [0x22, 0x3a, 0x5c];

function endOfString(text: string, start: number): number {
  let at = start + 1;
  while (text.charCodeAt(at) !== QUOTE) at += text.charCodeAt(at) === BACKSLASH ? 2 : 1;
  return at;
}

/** How many members all objects in the value have. @throws {SyntaxError} for nesting that is too deep */
function membersOf(value: unknown, depth = 1): number {
  if (typeof value !== "object" || value === null) return 0;
  if (depth > MAX_JSON_DEPTH) throw new SyntaxError("nested too deeply");
  const inside = Object.values(value);
  let members = Array.isArray(value) ? 0 : inside.length;
  for (const one of inside) members += membersOf(one, depth + 1);
  return members;
}
