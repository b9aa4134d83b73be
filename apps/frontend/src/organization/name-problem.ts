import { isName, NAME_LENGTHS, type Named } from "@platform-api/client";

export function nameRule(of: Named): string {
  return `Use 1 to ${NAME_LENGTHS[of]} visible characters, one of them a letter, digit or symbol, and no web address. Put a space behind a colon or around a slash.`;
}

/** What is wrong with a name, by the server's own rule; null if nothing is. */
export function nameProblem(of: Named, name: string): string | null {
  const text = name.trim();
  if (text === "") return "Enter a name.";
  const { length } = Array.from(text);
  const most = NAME_LENGTHS[of];
  if (length > most) return `Make it shorter: it has ${length} of ${most} characters.`;
  return isName(of, text) ? null : nameRule(of);
}
