import { REFUSALS } from "@platform-api/server/wire";
import { localRefusal, type PlatformError } from "./platform-error.ts";

/** The server refuses longer tokens. Much longer ones would not fit into a header. */
const MAX_TOKEN_LENGTH = 8_192;

export function hasTokenLength(token: unknown): token is string {
  return typeof token === "string" && token.length > 0 && token.length <= MAX_TOKEN_LENGTH;
}

/**
 * The token, if a header can carry it: visible ASCII without a comma. For a newline or a letter outside Latin-1 `fetch`
 * would throw a TypeError, which looks like a lost connection. Two tokens in one string would be two users.
 * @throws {PlatformError} TOKEN_INVALID for anything else
 */
export function sendableToken(token: unknown): string {
  if (hasTokenLength(token) && /^[!-+\--~]+$/.test(token)) return token;
  throw tokenInvalid();
}

export function tokenInvalid(): PlatformError {
  return localRefusal("TOKEN_INVALID", REFUSALS.TOKEN_INVALID.message);
}
