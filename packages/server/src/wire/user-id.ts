/** A user id in its canonical form: a lower-case UUID of any version, because PostgreSQL permits any. */
export const USER_ID_PATTERN = "^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$";
const ANY_CASE = new RegExp(USER_ID_PATTERN, "i");

/** Nil and max (RFC 9562 §5.9, §5.10) identify no user. */
const RESERVED = new Set(["00000000-0000-0000-0000-000000000000", "ffffffff-ffff-ffff-ffff-ffffffffffff"]);

/** The canonical form of a user id in any case; null for everything else. */
export function canonicalUserId(value: unknown): string | null {
  if (typeof value !== "string" || !ANY_CASE.test(value)) return null;
  const userId = value.toLowerCase();
  return RESERVED.has(userId) ? null : userId;
}

/** Whether the value is a user id in its canonical form. */
export function isUserId(value: unknown): value is string {
  return typeof value === "string" && canonicalUserId(value) === value;
}
