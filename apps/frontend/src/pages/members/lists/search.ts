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
}

/**
 * Whether the server finds them: by the whole user ID, by an address from its beginning, or by words of the name and of
 * the part before the @, each from its beginning.
 */
export function finds(query: string, { userId, email, name = null }: Searched): boolean {
  const text = query.trim().toLowerCase();
  if (isUserId(text)) return userId === text;
  if (text.includes("@")) return (email ?? "").startsWith(text);
  const words = [...wordsOf(name ?? ""), ...wordsOf((email ?? "").replace(/@.*$/, ""))];
  return wordsOf(text).every((start) => words.some((word) => word.startsWith(start)));
}

/** Without case and marks: Zoë and ZOE are one word. */
function wordsOf(text: string): readonly string[] {
  const plain = text.normalize("NFKD").replaceAll(/\p{M}/gu, "").toLowerCase();
  return plain.split(/[^\p{L}\p{N}]+/u).filter((word) => word !== "");
}
