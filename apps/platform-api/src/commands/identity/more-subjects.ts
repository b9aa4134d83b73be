import type { SubjectKey } from "@platform-api/server/domain";
import { UsageError } from "../../terminal/terminal.ts";
import { whoIs } from "./who.ts";

/** Subjects that nothing links to the user, or no longer. */
export const SUBJECTS_OPTION = [
  "--subject <subject>",
  "also what is stored of this subject, which nothing links to the user any more, such as waad|abc or default:waad|abc; may be repeated",
  (text: string, others: readonly string[]) => [...others, text],
  [] as readonly string[],
] as const;

/** @param tenant of a subject that does not say @throws {UsageError} */
export function subjectsOf(texts: readonly string[], tenant: string): readonly SubjectKey[] {
  return texts.map((text) => {
    const who = whoIs(text, undefined, tenant);
    if ("userId" in who)
      throw new UsageError(`--subject: "${text}" is a UUID, not a subject such as waad|abc`);
    return who;
  });
}
