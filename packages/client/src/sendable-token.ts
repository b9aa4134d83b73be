import { localRefusal, type PlatformError } from "./platform-error.ts";

/** The server refuses longer ones; much longer ones would not even pass as a header. */
const MAX_TOKEN_LENGTH = 8_192;

export function hasTokenLength(token: unknown): token is string {
  return typeof token === "string" && token.length > 0 && token.length <= MAX_TOKEN_LENGTH;
}

/**
 * The token, if a header can carry it: visible ASCII without a comma. `fetch` would throw a TypeError for a newline
 * or a letter outside Latin-1, which reads like a lost connection, and two tokens in one string are two callers.
 * @throws {PlatformError} TOKEN_INVALID for anything else
 */
export function sendableToken(token: unknown): string {
  if (hasTokenLength(token) && /^[!-+\--~]+$/.test(token)) return token;
  throw tokenInvalid();
}

export function tokenInvalid(): PlatformError {
  return localRefusal("TOKEN_INVALID", "The access token is not valid here; sign in again");
}
