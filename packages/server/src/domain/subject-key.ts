import { sha256 } from "@noble/hashes/sha2.js";
import { base64urlOfBytes } from "./encoding.ts";

/** The issuer's key of a user within one tenant. */
export interface SubjectKey {
  readonly tenant: string;
  readonly subject: string;
}

/**
 * Names a subject to services, which learn nothing of it, and is the key under which everything that is known of it is
 * stored. Minted by {@link loginIdOf}; {@link parseLoginId} takes back what was named so.
 */
export type LoginId = string & { readonly LoginId: unique symbol };

/**
 * SHA-256 of both as a JSON array, which no two subjects share: JSON escapes the lone surrogates that UTF-8 has not. The
 * library runs in browsers too, where the SDK's mocks are, and WebCrypto is not synchronous.
 */
export function loginIdOf({ tenant, subject }: SubjectKey): LoginId {
  const text = JSON.stringify([tenant, subject]);
  const known = recent.get(text);
  if (known !== undefined) return known;
  const loginId = base64urlOfBytes(sha256(new TextEncoder().encode(text))) as LoginId;
  if (recent.size >= MOST_RECENT) recent.clear();
  recent.set(text, loginId);
  return loginId;
}

/** A request asks for the name of its subject several times, and each token of the same user again: 5 µs each. */
const recent = new Map<string, LoginId>();
const MOST_RECENT = 4_096;

/** The name of a subject, of which nothing may be known; null for a text that cannot be one. */
export function parseLoginId(text: string): LoginId | null {
  return /^[A-Za-z0-9_-]{43}$/.test(text) ? (text as LoginId) : null;
}

export function isSameSubject(one: SubjectKey, { tenant, subject }: SubjectKey): boolean {
  return one.tenant === tenant && one.subject === subject;
}
