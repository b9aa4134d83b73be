import { hexOf } from "../encoding.ts";
import type { OrganizationId } from "../organization.ts";

const RANDOM_CHARACTERS = 8;
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
  const hash = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(id));
  const digits = hexOf(new Uint8Array(hash));
  return `${slugOf(id).slice(0, MAX_AUTH0_NAME - 1 - HASH_DIGITS)}-${digits.slice(0, HASH_DIGITS)}`;
}

function slugOf(id: OrganizationId): string {
  return id.toLowerCase().replaceAll(/[._]/g, "-");
}

/** Of letters and digits. A few are likelier than others by one in a million. */
function randomCharacters(): string {
  const [random = 0n] = crypto.getRandomValues(new BigUint64Array(1));
  return random.toString(36).padStart(RANDOM_CHARACTERS, "0").slice(-RANDOM_CHARACTERS);
}
