/*
 * The text of a JSON document, token by token. Unlike JSON.parse it knows where each string stands, so that one can be
 * replaced while everything else (spaces, numbers, the order of keys, keys that occur twice) stays byte for byte.
 */

/** A string among the values of a document. */
export interface JsonString {
  /** The keys and indexes that lead to it; empty where the document is a string. */
  readonly path: readonly (string | number)[];
  readonly value: string;
  /** Where it stands in the text: its quotes included, the end excluded. */
  readonly start: number;
  readonly end: number;
  /** As it is written: with its quotes and escapes. */
  readonly raw: string;
}

export interface JsonReplacement {
  readonly start: number;
  readonly end: number;
  /** What stands there instead: JSON. */
  readonly raw: string;
}

/**
 * The strings among the values of a document, in its order. Of a key that occurs twice it has both values.
 * @param isWanted leaves out other strings, of which a document can have millions
 * @throws {SyntaxError} the text is not JSON
 */
export function stringsOf(text: string, isWanted: (value: string) => boolean = () => true): JsonString[] {
  const strings: JsonString[] = [];
  walk(text, ({ start, end }, path) => {
    const raw = text.slice(start, end);
    const value = read(raw);
    if (isWanted(value)) strings.push({ path: [...path], value, start, end, raw });
  });
  return strings;
}

/**
 * How many keys of a document are as asked.
 * @throws {SyntaxError} the text is not JSON
 */
export function countKeys(text: string, isCounted: (key: string) => boolean): number {
  let count = 0;
  walk(
    text,
    () => {},
    (key) => {
      if (isCounted(key)) count += 1;
    },
  );
  return count;
}

/** @param replacements of whole strings, in any order, none inside of another */
export function replaceStrings(text: string, replacements: readonly JsonReplacement[]): string {
  const parts: string[] = [];
  let position = 0;
  for (const { start, end, raw } of replacements.toSorted((one, other) => one.start - other.start)) {
    if (start < position || end < start || end > text.length)
      throw new RangeError("replacements must not overlap");
    parts.push(text.slice(position, start), raw);
    position = end;
  }
  return [...parts, text.slice(position)].join("");
}

interface Span {
  readonly start: number;
  readonly end: number;
}

const BLANK = /[ \t\n\r]*/y;
const LITERAL = /true|false|null|-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/y;
const ESCAPE = /\\(?:["\\/bfnrt]|u[0-9A-Fa-f]{4})/y;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const FIRST_PRINTABLE = 0x20;

/** Without recursion: a document may be nested as deep as it likes. */
function walk(
  text: string,
  onString: (span: Span, path: readonly (string | number)[]) => void,
  onKey: (key: string) => void = () => {},
): void {
  /** One entry for each open object (its present key) and array (its present index). */
  const path: (string | number)[] = [];
  let at = blank(text, 0);
  const readKey = () => {
    const end = stringEnd(text, at);
    const key = read(text.slice(at, end));
    onKey(key);
    at = blank(text, end);
    at = blank(text, expected(text, at, ":"));
    return key;
  };
  const openAndClose = (close: "}" | "]") => {
    at = blank(text, at + 1);
    if (text[at] !== close) return false;
    at = blank(text, at + 1);
    return true;
  };
  /** @returns whether another value follows */
  const next = () => {
    for (let last = path.at(-1); last !== undefined; last = path.at(-1)) {
      if (text[at] === ",") {
        at = blank(text, at + 1);
        path[path.length - 1] = typeof last === "number" ? last + 1 : readKey();
        return true;
      }
      at = blank(text, expected(text, at, typeof last === "number" ? "]" : "}"));
      path.pop();
    }
    return false;
  };
  for (let more = true; more; ) {
    const first = text[at];
    if (first === "{") {
      if (!openAndClose("}")) {
        path.push(readKey());
        continue;
      }
    } else if (first === "[") {
      if (!openAndClose("]")) {
        path.push(0);
        continue;
      }
    } else if (first === '"') {
      const end = stringEnd(text, at);
      onString({ start: at, end }, path);
      at = blank(text, end);
    } else {
      at = blank(text, match(LITERAL, text, at));
    }
    more = next();
  }
  if (at !== text.length) throw invalid(at);
}

/** A text without escapes is read without JSON.parse, which is slower. */
function read(raw: string): string {
  return raw.includes("\\") ? String(JSON.parse(raw)) : raw.slice(1, -1);
}

function stringEnd(text: string, start: number): number {
  let at = expected(text, start, '"');
  for (;;) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) return at + 1;
    if (code === BACKSLASH) at = match(ESCAPE, text, at);
    else if (code >= FIRST_PRINTABLE) at += 1;
    else throw invalid(at); // NaN after the end, too
  }
}

function blank(text: string, at: number): number {
  return match(BLANK, text, at);
}

function expected(text: string, at: number, character: string): number {
  if (text[at] !== character) throw invalid(at);
  return at + 1;
}

/** @returns where the match ends */
function match(pattern: RegExp, text: string, at: number): number {
  pattern.lastIndex = at;
  if (!pattern.test(text)) throw invalid(at);
  return pattern.lastIndex;
}

/** Without the text, which may be anybody's. */
function invalid(at: number): SyntaxError {
  return new SyntaxError(`not JSON at character ${at + 1}`);
}
