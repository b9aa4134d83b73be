import type { OrganizationId } from "../organization.ts";

const ALPHABET = "abcdefghijklmnopqrstuvwxyz0123456789";
const RANDOM_CHARACTERS = 8;
/** The largest multiple of the alphabet's length that a byte can hold: larger bytes would favour its beginning. */
const FAIR_BYTES = 252;
/** Auth0: at most 50 of a–z, 0–9, `-` and `_`. */
const MAX_AUTH0_NAME = 50;
const HASH_DIGITS = 16;

/**
 * A new name for a connection of the organization. Auth0 takes letters, digits and hyphens, at most 128, with a letter or
 * a digit at both ends. An id has at most 64 characters and begins with one of those.
 */
export function newConnectionName(id: OrganizationId): string {
  return `${slugOf(id)}-${randomCharacters()}`;
}

/**
 * The name of the organization at Auth0. It ends with a hash of the id, because two ids can have the same slug, as `a.b` and
 * `a-b`, and what another has made must not be adopted.
 */
export async function auth0NameOf(id: OrganizationId): Promise<string> {
  const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(id)));
  const digits = [...hash].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return `${slugOf(id).slice(0, MAX_AUTH0_NAME - 1 - HASH_DIGITS)}-${digits.slice(0, HASH_DIGITS)}`;
}

function slugOf(id: OrganizationId): string {
  return id.toLowerCase().replaceAll(/[._]/g, "-");
}

function randomCharacters(): string {
  let characters = "";
  while (characters.length < RANDOM_CHARACTERS) {
    for (const byte of crypto.getRandomValues(new Uint8Array(RANDOM_CHARACTERS))) {
      if (byte < FAIR_BYTES) characters += ALPHABET[byte % ALPHABET.length];
    }
  }
  return characters.slice(0, RANDOM_CHARACTERS);
}
