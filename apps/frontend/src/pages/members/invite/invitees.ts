import { canonicalEmail } from "@platform-api/client";

/** What somebody typed or pasted for one person. */
export interface Invitee {
  /** The same for two texts that mean the same. */
  readonly id: string;
  /** As it is shown and edited. */
  readonly text: string;
  /** As the server will know it; null if this is not an e-mail address. */
  readonly email: string | null;
}

/** How many addresses the server takes at a time. */
export const MAX_INVITEES = 100;

/** Mail programs put these around what they copy. They are invisible. */
const INVISIBLE = /[\u200b-\u200f\u202a-\u202e\u2060\u2066-\u2069]/g;
/** `<address>`, a comma, or a word, which may contain quoted text. */
const TOKEN = /<([^<>]*)>|,|(?:"[^"]*"|[^\s,<>"])+/g;
/** What a sentence or a program may leave around an address. */
const AROUND = /^[\s"'([{]+|[\s"')\]}.:]+$/g;

/**
 * Reads the people in a text of any form: lines, commas, semicolons, spaces, `Name <address>`. A name before `<address>`
 * is left out. Anything else that is not an address is kept, also in brackets, so that somebody can correct it.
 */
export function parseInvitees(text: string): readonly Invitee[] {
  const found = text
    .replace(INVISIBLE, "")
    .split(/[\n\r;]+/)
    .flatMap(readEntry);
  return distinct(found.map(inviteeOf));
}

/** Adds people to a list, each once. */
export function withInvitees(present: readonly Invitee[], text: string): readonly Invitee[] {
  return distinct([...present, ...parseInvitees(text)]);
}

/** Whether the text is complete as it is typed, so that the next space ends it. */
export function isAddress(text: string): boolean {
  return canonicalEmail(text.trim()) !== null;
}

function distinct(all: readonly Invitee[]): readonly Invitee[] {
  return all.filter(({ id }, index) => all.findIndex((each) => each.id === id) === index);
}

function readEntry(entry: string): string[] {
  const found: string[] = [];
  /** The words since the last address, in the parts that commas make. */
  let parts: string[][] = [[]];
  const keep = (kept: readonly string[][]) => {
    found.push(...kept.map((words) => words.join(" ")).filter((words) => words !== ""));
    parts = [[]];
  };
  for (const [token, inside] of entry.matchAll(TOKEN)) {
    if (inside !== undefined) {
      // A name has at most one comma: Doe, Jane <jane@acme.example>
      keep(addressIn(inside) === null ? parts : parts.slice(0, -2));
      keep([[inside.trim()]]);
    } else if (token === ",") {
      if (parts.at(-1)?.length !== 0) parts.push([]);
    } else if (token.replace(/"[^"]*"/g, "").includes("@")) {
      keep(parts);
      found.push(token);
    } else parts.at(-1)?.push(token);
  }
  keep(parts);
  return found;
}

function inviteeOf(text: string): Invitee {
  return addressIn(text) ?? { id: `not an address: ${text.toLowerCase()}`, text, email: null };
}

/** The address that a text is, apart from what stands around it. */
function addressIn(text: string): Invitee | null {
  const plain = text.replace(AROUND, "").replace(/^mailto:/i, "");
  for (const candidate of [text, plain]) {
    const email = canonicalEmail(candidate);
    if (email !== null) return { id: email, text: candidate, email };
  }
  return null;
}
