import { Refusal, type UnverifiedClaims } from "../../domain/index.ts";
import { decodeBase64url } from "./base64url.ts";
import { type JsonObject, parseJsonObject } from "./strict-json.ts";

const MAX_TOKEN_LENGTH = 8_192;

/** The three parts of a compact serialization (RFC 7515 §3.1). */
export interface TokenParts {
  readonly header: JsonObject;
  readonly claims: Buffer;
  readonly signature: Buffer;
  /** What the signature covers: the first two parts as they were sent. */
  readonly signingInput: string;
}

/** A parsed token. Nothing in it is trusted. */
export interface CompactToken extends Omit<TokenParts, "header" | "claims"> {
  readonly header: JsonObject;
  readonly claims: UnverifiedClaims;
}

/** @throws {Refusal} TOKEN_INVALID */
export function parseCompactToken(token: string): CompactToken {
  const { header, claims, signature, signingInput } = splitToken(token);
  return { header, claims: parsePart(claims, "claims"), signature, signingInput };
}

/**
 * Five parts are a JWE, which is refused before anything is decrypted or inflated (CVE-2024-28176,
 * CVE-2026-29000); the JSON serialization is not base64url.
 * @throws {Refusal} TOKEN_INVALID
 */
export function splitToken(token: string): TokenParts {
  if (token.length > MAX_TOKEN_LENGTH) throw new Refusal("TOKEN_INVALID", "token: longer than 8 KiB");
  const parts = token.split(".");
  if (parts.length !== 3) throw new Refusal("TOKEN_INVALID", "token: not three parts");
  const [header = "", claims = "", signature = ""] = parts;
  return {
    header: headerOf(header),
    claims: decodePart(claims, "claims"),
    signature: decodePart(signature, "signature"),
    signingInput: token.slice(0, header.length + 1 + claims.length),
  };
}

let latest: { readonly text: string; readonly header: JsonObject } | undefined;

/** The tokens that an issuer signs with one key have the same header. */
function headerOf(text: string): JsonObject {
  if (latest?.text !== text) latest = { text, header: parsePart(decodePart(text, "header"), "header") };
  return latest.header;
}

/** RFC 7515 §2: base64url without padding, line breaks or other characters. */
function decodePart(text: string, part: string): Buffer {
  const bytes = decodeBase64url(text);
  if (bytes === null) throw new Refusal("TOKEN_INVALID", `${part}: not canonical base64url`);
  return bytes;
}

function parsePart(bytes: Buffer, part: string): JsonObject {
  try {
    return parseJsonObject(bytes);
  } catch (error) {
    const rule = error instanceof SyntaxError ? error.message : "unreadable";
    throw new Refusal("TOKEN_INVALID", `${part}: ${rule}`);
  }
}
