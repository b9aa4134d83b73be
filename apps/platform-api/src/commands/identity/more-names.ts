import type { CanonicalEmail, Person } from "@platform-api/server/domain";
import { toEmail } from "../../terminal/arguments.ts";
import { UsageError } from "../../terminal/terminal.ts";
import { whoIs } from "./who.ts";

/** Subjects that nothing links to the user, or no longer. */
export const SUBJECTS_OPTION = [
  "--subject <subject>",
  "also what is stored of this subject, which nothing links to the user any more, such as waad|abc or default:waad|abc; may be repeated",
  (text: string, others: readonly string[]) => [...others, text],
  [] as readonly string[],
] as const;

/** Addresses that nothing links to the user, or no longer. */
export const ADDRESSES_OPTION = [
  "--address <address>",
  "also what is stored of this address of theirs, such as an open invitation; may be repeated",
  (text: string, others: readonly CanonicalEmail[]) => [...others, toEmail(text)],
  [] as readonly CanonicalEmail[],
] as const;

export interface MoreNames {
  readonly subject: readonly string[];
  readonly address: readonly CanonicalEmail[];
}

/** @param tenant of a subject that does not say @throws {UsageError} */
export function namesOf(
  { subject, address }: MoreNames,
  tenant: string,
): Pick<Person, "subjects" | "addresses"> {
  const subjects = subject.map((text) => {
    const who = whoIs(text, undefined, tenant);
    if ("userId" in who)
      throw new UsageError(`--subject: "${text}" is a UUID, not a subject such as waad|abc`);
    return who;
  });
  return { subjects, addresses: address };
}
