import { randomBytes, scryptSync, timingSafeEqual } from "node:crypto";

/** The default password of the example accounts. It is public and protects nothing. */
export const DEVELOPMENT_PASSWORD = "platform-development";

/** Auth0's default too. */
export const MIN_PASSWORD_LENGTH = 8;

const KEY_LENGTH = 32;

/** A salted scrypt hash, because people type real passwords even into a development server. */
export function hashPassword(password: string): string {
  const salt = randomBytes(16);
  return [salt, scryptSync(password, salt, KEY_LENGTH)].map((part) => part.toString("base64url")).join(".");
}

/** Whether `hash` was made of this password. */
export function matchesPassword(password: string, hash: string): boolean {
  const [salt = "", key = ""] = hash.split(".");
  const expected = Buffer.from(key, "base64url");
  const actual = scryptSync(password, Buffer.from(salt, "base64url"), KEY_LENGTH);
  return expected.length === actual.length && timingSafeEqual(expected, actual);
}
