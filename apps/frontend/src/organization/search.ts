import { canonicalUserId } from "@platform-api/client";

/** Whether the search is for one person. */
export function isUserId(query: string): boolean {
  return canonicalUserId(query) !== null;
}

/** What can be searched for. */
interface Searched {
  readonly userId?: string;
  readonly email: string | null;
  readonly name?: string | null;
  /** Whether the address is at none of the organization's domains, which would find everybody. */
  readonly outside?: boolean;
}

/**
 * Whether the server finds them: by the whole user ID, by words of the name and of the part before the @, each from its
 * beginning, or, with an @ and by a single letter, by an address from its beginning.
 */
export function finds(query: string, { userId, email, name = null, outside = false }: Searched): boolean {
  const text = query.trim().toLowerCase();
  if (isUserId(text)) return userId === text;
  const asked = wordsIn(text);
  if (text.includes("@") || asked.every((word) => SINGLE_LETTER.test(word)))
    return (email ?? "").startsWith(text);
  const company = outside ? (email ?? "").replace(/^.*@|\.[^.]*$/g, "") : "";
  const words = wordsIn(`${name ?? ""} ${(email ?? "").replace(/@.*$/, "")} ${company}`);
  return asked.every((start) => words.some((word) => word.startsWith(start)));
}

const SINGLE_LETTER = /^\p{ASCII}$/u;

function wordsIn(text: string): readonly string[] {
  return folded(text)
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== "");
}

/** As people compare names: Zoë and ZOE are one. */
export function folded(text: string): string {
  return text.normalize("NFKD").toUpperCase().toLowerCase().replaceAll(/\p{M}/gu, "");
}
