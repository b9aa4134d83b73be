/** The company's own id of a person: a lower-case UUID. Minted by {@link parseUserId} alone. */
export type UserId = string & { readonly UserId: unique symbol };

const NIL = "00000000-0000-0000-0000-000000000000";
const MAX = "ffffffff-ffff-ffff-ffff-ffffffffffff";

/** Any version, because the directory's Postgres permits any; neither nil nor max (RFC 9562 §5.9, §5.10). */
export function parseUserId(value: unknown): UserId | null {
  if (typeof value !== "string" || !/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(value)) return null;
  const lower = value.toLowerCase();
  return lower === NIL || lower === MAX ? null : (lower as UserId);
}
