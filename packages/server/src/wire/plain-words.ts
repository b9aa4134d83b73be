/** What zod finds wrong with a field, as far as the words below need it. */
export interface FieldIssue {
  readonly code?: string | undefined;
  readonly expected?: string;
  readonly keys?: readonly string[];
  readonly values?: readonly unknown[];
  readonly origin?: string;
  readonly minimum?: number | bigint;
  readonly maximum?: number | bigint;
}

/**
 * What zod itself finds wrong with a field, to follow the field's name. What a schema says of its own is said as it is.
 * @param isMissing whether there is no such field
 * @returns undefined for an issue that only its schema can word
 */
export function inPlainWords(issue: FieldIssue, isMissing: boolean): string | undefined {
  const { expected = "", keys = [], values = [], origin = "", minimum, maximum } = issue;
  switch (issue.code) {
    case "unrecognized_keys":
      return `unknown ${keys.length === 1 ? "key" : "keys"} ${keys.join(", ")}`;
    case "invalid_type":
      return isMissing ? "is missing" : `must be ${TYPE_NAMES[expected] ?? expected}`;
    case "invalid_value":
      return isMissing ? "is missing" : `must be one of ${values.join(", ")}`;
    case "too_small":
      return minimum === 1 && origin in COUNTED ? "must not be empty" : `must be at least ${minimum}`;
    case "too_big":
      return origin in COUNTED
        ? `must have at most ${maximum} ${COUNTED[origin]}`
        : `must be at most ${maximum}`;
    default:
      return undefined;
  }
}

const TYPE_NAMES: Readonly<Record<string, string>> = {
  array: "a list",
  boolean: "true or false",
  int: "a whole number",
  number: "a number",
  object: "an object",
  string: "a string",
};

/** What has a length, and of what. */
const COUNTED: Readonly<Record<string, string>> = { array: "entries", string: "characters" };
