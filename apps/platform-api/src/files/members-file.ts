import {
  type CanonicalEmail,
  type OrganizationId,
  parseEmail,
  parseOrganizationId,
  parseUserId,
  ROLES,
  type Role,
  type UserId,
} from "@platform-api/server/domain";
import { z } from "zod";
import { location, parseJsonFile } from "./json-file.ts";

/** One membership of an older system, as a file tells it. */
export interface DeclaredMember {
  /** Its place in the list, from 0. */
  readonly index: number;
  readonly organizationId: OrganizationId;
  readonly userId: UserId;
  readonly email: CanonicalEmail;
  readonly role: Role;
}

/** What is wrong with one line, and how to mend it. */
export interface LineProblem {
  readonly index: number;
  readonly problem: string;
}

/** A file that cannot be imported; every problem says where it is and how to mend it. Nothing is written then. */
export class MembersFileError extends Error {
  constructor(problems: readonly string[]) {
    super(
      `the members file cannot be imported, and nothing was changed:\n${problems.map((problem) => `  ${problem}`).join("\n")}`,
    );
    this.name = "MembersFileError";
  }
}

const line = z.strictObject({
  organization: parsed(parseOrganizationId, "must be 1 to 64 letters, digits, dots, hyphens, underscores"),
  userId: parsed(parseUserId, "is no user id: it must be the UUID that the user directory has"),
  email: parsed(parseEmail, "is no e-mail address such as jane@acme.example"),
  // The weakest: a stronger one must be said.
  role: z.enum(ROLES).default("member"),
});

const fileSchema = z.union([z.array(z.unknown()), z.strictObject({ members: z.array(z.unknown()) })], {
  error: "must be a list, or { members: [...] }, of { organization, userId, email, role? }",
});

/**
 * Reads a members file. Problems of single lines do not hide those that only the directory and the store can tell,
 * so both are for the caller to put together.
 * @throws {MembersFileError} when it is no list at all
 */
export function parseMembersFile(json: string): { members: DeclaredMember[]; problems: LineProblem[] } {
  const file = fileSchema.safeParse(parseFile(json));
  if (!file.success)
    throw new MembersFileError(file.error.issues.map(({ message }) => `the file ${message}`));
  const members: DeclaredMember[] = [];
  const problems: LineProblem[] = [];
  for (const [index, value] of (Array.isArray(file.data) ? file.data : file.data.members).entries()) {
    const { success, data, error } = line.safeParse(value);
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

/** A line in words: where it is, and whom it means. */
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

function parsed<T extends string>(parse: (text: string) => T | null, message: string) {
  return z.string().transform((text, ctx): T => {
    const value = parse(text);
    if (value !== null) return value;
    ctx.addIssue({ code: "custom", message });
    return z.NEVER;
  });
}

function parseFile(json: string): unknown {
  try {
    return parseJsonFile(json);
  } catch (error) {
    throw new MembersFileError([error instanceof Error ? error.message : ""]);
  }
}
