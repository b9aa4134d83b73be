import { isOrganizationName } from "@platform-api/client";

export const NAME_RULE =
  "Use 1 to 100 visible characters, one of them a letter, digit or symbol, and no web address. Put a space behind a colon or around a slash.";

/** What is wrong with a name of an organization or a connection, by the server's own rule; null if nothing is. */
export function nameProblem(name: string): string | null {
  if (name.trim() === "") return "Enter a name.";
  return isOrganizationName(name.trim()) ? null : NAME_RULE;
}
