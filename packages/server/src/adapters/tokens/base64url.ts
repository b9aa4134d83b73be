/**
 * Decodes unpadded base64url, or returns null if the text is not the canonical spelling (RFC 4648 §3.5, §5).
 * `Buffer.from` skips "=", "+", "/", whitespace and stray trailing bits; encoding again shows whether it did.
 * Otherwise a signature would have many spellings and a token many cache keys.
 */
export function decodeBase64url(text: string): Buffer | null {
  const bytes = Buffer.from(text, "base64url");
  return bytes.toString("base64url") === text ? bytes : null;
}
