export const MAX_JSON_DEPTH = 32;

const [QUOTE, BACKSLASH] = [0x22, 0x5c];
/** `{` and `[`, `}` and `]`, without the bit in which the two differ. */
const [OPENING, CLOSING] = [0x5b, 0x5d];

/** Whether arrays and objects nest deeper than {@link MAX_JSON_DEPTH}, in one pass and without parsing. */
export function isTooDeep(json: string): boolean {
  let depth = 0;
  let inString = false;
  for (let at = 0; at < json.length; at++) {
    const unit = json.charCodeAt(at);
    if (inString) {
      if (unit === BACKSLASH) at += 1;
      else if (unit === QUOTE) inString = false;
    } else if (unit === QUOTE) inString = true;
    else if ((unit & ~0x20) === OPENING) {
      depth += 1;
      if (depth > MAX_JSON_DEPTH) return true;
    } else if ((unit & ~0x20) === CLOSING) depth -= 1;
  }
  return false;
}
