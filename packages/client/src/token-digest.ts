/** `node:crypto` where there is one, without an import that a browser's bundler would stumble over. */
const node = globalThis.process?.getBuiltinModule?.("node:crypto");

/**
 * SHA-256 of the whole token, in hex: at once on Node, after a turn where there is only WebCrypto.
 * @throws {TypeError} where there is neither: WebCrypto needs https or localhost
 */
export function tokenDigest(token: string): string | Promise<string> {
  return typeof node?.hash === "function" ? node.hash("sha256", token, "hex") : webDigest(token);
}

async function webDigest(token: string): Promise<string> {
  const bytes = await globalThis.crypto.subtle.digest("SHA-256", new TextEncoder().encode(token));
  return Array.from(new Uint8Array(bytes), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
