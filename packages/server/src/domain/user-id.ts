import { canonicalUserId } from "../wire/index.ts";

/** The company's own id of a user: a lower-case UUID. Minted by {@link parseUserId} alone. */
export type UserId = string & { readonly UserId: unique symbol };

/** The user id in its canonical form; null for a value that is not one. */
export function parseUserId(value: unknown): UserId | null {
  return canonicalUserId(value) as UserId | null;
}
