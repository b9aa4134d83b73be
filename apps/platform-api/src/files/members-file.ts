import { type DeclaredMember, parseUserId, ROLES } from "@platform-api/server/domain";
import { z } from "zod";
import { parsed } from "../config/values.ts";
import { emailAddress, FileError, location, organizationId, problemOfEntry } from "./json-file.ts";

/** What is wrong with one line, and how to fix it. */
export interface LineProblem {
  readonly index: number;
  readonly problem: string;
}

const line = z.strictObject({
  organization: organizationId,
  userId: parsed(parseUserId, "is not a user id (expected the user directory's UUID)"),
  email: emailAddress,
  // The weakest role: a file has to name a stronger one.
  role: z.enum(ROLES).default("member"),
});

const fileSchema = z.union([z.array(z.unknown()), z.strictObject({ members: z.array(z.unknown()) })], {
  error: "must be a list, or { members: [...] }, of { organization, userId, email, role? }",
});

/**
 * Parses a members file. The problems of single lines are returned, so that the caller can report them together with
 * those that only the directory and the store reveal.
 * @throws {FileError} when the file does not hold a list
 */
export function parseMembersFile(value: unknown): { members: DeclaredMember[]; problems: LineProblem[] } {
  const file = fileSchema.safeParse(value);
  if (!file.success) {
    const problems = file.error.issues.map(({ message }) => `the file ${message}`);
    throw new FileError("members", problems);
  }
  const members: DeclaredMember[] = [];
  const problems: LineProblem[] = [];
  for (const [index, entry] of (Array.isArray(file.data) ? file.data : file.data.members).entries()) {
    const { success, data, error } = line.safeParse(entry, { error: problemOfEntry });
    if (success) {
      const { organization: organizationId, ...rest } = data;
      members.push({ index, organizationId, ...rest });
    }
    for (const { path, message } of error?.issues ?? []) {
      problems.push({ index, problem: `${location([index, ...path])}: ${message}` });
    }
  }
  return { members, problems: [...problems, ...repetitions(members)] };
}

/** Where a line is, and which member it declares. */
export function nameOf({ index, email, organizationId }: DeclaredMember): string {
  return `[${index}] ${email} in ${organizationId}`;
}

function repetitions(members: readonly DeclaredMember[]): LineProblem[] {
  const first = new Map<string, DeclaredMember>();
  return members.flatMap((member) => {
    const key = `${member.organizationId} ${member.userId}`;
    const before = first.get(key);
    if (before !== undefined) {
      const problem = `${nameOf(member)}: [${before.index}] has this user in this organization already`;
      return [{ index: member.index, problem }];
    }
    first.set(key, member);
    return [];
  });
}
