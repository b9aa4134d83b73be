/** The longest subject that a token may have: OpenID Connect Core, section 2. */
const MOST_CHARACTERS = 255;

/** What a whole value is made of, from the first character of the key to its last: neither begins nor ends in a blank. */
const KEY = String.raw`[^\s\p{Cc}](?:[^\p{Cc}]*[^\s\p{Cc}])?`;
/** How Auth0 writes a strategy. */
const STRATEGY = "[a-z][a-z0-9_-]*";

/** What is a subject among the values of a store. */
export interface SubjectRule {
  /** Whether the whole text is a subject of a known strategy. */
  isSubject(text: string): boolean;
  /** Whether a text only looks like a subject: an unknown strategy, or a subject somewhere inside it. */
  resembles(text: string): boolean;
  /**
   * Matches every text that has a subject of a known strategy somewhere, and some that have none. The pattern means the
   * same to JavaScript and to PostgreSQL. In JSON it misses a subject whose strategy or pipe is written as an escape.
   */
  readonly pattern: string;
  /** The same for a whole value, or one inside of JSON or an array, of whatever strategy. */
  readonly shape: string;
}

/** @param strategies that are known, such as `waad` and `google-oauth2` */
export function subjectRule(strategies: Iterable<string>): SubjectRule {
  const known = `(?:${[...strategies].map(escaped).join("|")})`;
  const pattern = `(?:^|[^A-Za-z0-9_-])${known}[|][^ ]`;
  const subject = new RegExp(`^${known}[|]${KEY}$`, "u");
  const anyStrategy = new RegExp(`^${STRATEGY}[|]${KEY}$`, "u");
  const mention = new RegExp(pattern, "u");
  const isSubject = (text: string) => isShort(text) && subject.test(text) && text.isWellFormed();
  return {
    isSubject,
    resembles: (text) =>
      text.includes("|") &&
      !isSubject(text) &&
      (mention.test(text) || (isShort(text) && anyStrategy.test(text))),
    pattern,
    shape: `(?:^|["{,])${STRATEGY}[|][^ ]`,
  };
}

function isShort(text: string): boolean {
  if (text.length <= MOST_CHARACTERS) return true;
  return text.length <= 2 * MOST_CHARACTERS && [...text].length <= MOST_CHARACTERS;
}

/** As JavaScript and PostgreSQL both read it. */
function escaped(name: string): string {
  return name.replaceAll(/[^A-Za-z0-9_-]/g, "\\$&");
}
