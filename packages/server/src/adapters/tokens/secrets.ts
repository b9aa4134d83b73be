/** RFC 7518 §3.2: a key of at least the size of the hash output. */
const MIN_SECRET_BYTES = 32;

/**
 * Published secrets that are long enough: defaults of jwt.io and Supabase, RFC examples, placeholders from tutorials.
 * Attackers try these first. A list of further guesses would never be complete.
 */
const PUBLISHED_SECRETS = new Set([
  "a-string-secret-at-least-256-bits-long",
  "a-valid-string-secret-that-is-at-least-384-bits-long",
  "a-valid-string-secret-that-is-at-least-512-bits-long-which-is-very-long",
  "super-secret-jwt-token-with-at-least-32-characters-long",
  "your-super-secret-jwt-token-with-at-least-32-characters-long",
  "my-32-character-ultra-secure-and-ultra-long-secret",
  "pleaseChangeThisSecretForANewOne",
  "THIS IS USED TO SIGN AND VERIFY JWT TOKENS, REPLACE IT WITH YOUR OWN SECRET, IT CAN BE ANY STRING",
  "09d25e094faa6ca2556c818166b7a9563b93f7099f6f0f4caa6cf63b88e8d3e7",
  "404E635266556A586E3272357538782F413F4428472B4B6250645367566B5970",
  "AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow",
  "hJtXIZ2uSN5kbQfbtTNWbpdmhkV8FJG-Onbc6mxCcYg",
]);

/** Why an HMAC secret must not be used, without quoting it; null when it may be. */
export function secretProblem(secret: string): string | null {
  if (Buffer.byteLength(secret, "utf8") < MIN_SECRET_BYTES) return "shorter than 32 bytes";
  if (new Set(secret).size === 1) return "one repeated character";
  if (PUBLISHED_SECRETS.has(secret)) return "a published example";
  return null;
}
