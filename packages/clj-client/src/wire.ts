import { z } from "zod";

/** The user to find or create. */
export interface NewUser {
  readonly email: string;
  readonly name?: string | undefined;
}

/** A user of the directory. */
export interface DirectoryUser {
  /** A lower-case UUID of any version, except nil and max. */
  readonly id: string;
  /** The address as the directory stores it. Compare it with the requested one before you trust `id`. */
  readonly email: string;
  readonly emailVerified: boolean;
}

/** A user that exists now. `created` says whether this call has created it. */
export interface EnsuredUser extends DirectoryUser {
  readonly created: boolean;
}

/** One request of the contract, and what counts as its answer. */
export interface WireCall<Answer> {
  readonly method: "GET" | "POST";
  /** Relative to the service's base address. */
  readonly path: string;
  readonly body: NewUser | null;
  readonly statuses: readonly number[];
  readonly answer: z.ZodType<Answer>;
}

/** The status for a user that does not exist. */
export const ABSENT_STATUS = 404;

const NIL = "00000000-0000-0000-0000-000000000000";
const MAX = "ffffffff-ffff-ffff-ffff-ffffffffffff";

const userFields = z.object({
  // Not `z.uuid()`: it accepts nil and max, and refuses versions that PostgreSQL permits.
  id: z
    .guid()
    .toLowerCase()
    .refine((id) => id !== NIL && id !== MAX),
  email: z.string().min(1).max(320), // RFC 3696 §3: 64 + "@" + 255
  email_verified: z.boolean(),
});

const directoryUser = userFields.transform(inOurSpelling);
const ensuredUser = userFields.extend({ created: z.boolean() }).transform(inOurSpelling);

function inOurSpelling<Fields extends { email_verified: boolean }>({ email_verified, ...rest }: Fields) {
  return { ...rest, emailVerified: email_verified };
}

export function ensureCall(rule: "ensure" | "by-email", { email, name }: NewUser): WireCall<EnsuredUser> {
  const path = `api/v1/users/${rule}`;
  return { method: "POST", path, body: { email, name }, statuses: [200, 201], answer: ensuredUser };
}

/** @throws {TypeError} the address cannot be a path segment */
export function findByEmailCall(email: string): WireCall<DirectoryUser> {
  const path = `admin/user/${pathSegment(email)}`;
  return { method: "GET", path, body: null, statuses: [200], answer: directoryUser };
}

/**
 * Encoding alone is not enough: `..` survives it, a proxy that decodes before it routes restores `../x`, and a lone
 * surrogate cannot be encoded at all.
 */
function pathSegment(email: string): string {
  if (!/^[^@\s\p{Cc}\p{Cs}]+@[^@\s\p{Cc}\p{Cs}]+$/u.test(email) || email.includes("..")) {
    throw new TypeError("not an e-mail address");
  }
  return encodeURIComponent(email);
}
