/**
 * The bytes of an unpadded base64url text, or null unless it is their one canonical spelling (RFC 4648 §3.5, §5).
 * `Buffer.from` skips "=", "+", "/", whitespace and stray trailing bits; encoding again shows that nothing was
 * skipped. Otherwise one signature would have many spellings and a token many cache keys.
 */
export function decodeBase64url(text: string): Buffer | null {
  const bytes = Buffer.from(text, "base64url");
  return bytes.toString("base64url") === text ? bytes : null;
}
