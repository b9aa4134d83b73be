/** `node:crypto` on Node, without an import, which a browser's bundler could not resolve. */
const node = globalThis.process?.getBuiltinModule?.("node:crypto");

/**
 * SHA-256 of the whole token, in hex: synchronous on Node, asynchronous with WebCrypto.
 * @throws {TypeError} without either: browsers offer WebCrypto only on https and localhost
 */
export function tokenDigest(token: string): string | Promise<string> {
  return typeof node?.hash === "function" ? node.hash("sha256", token, "hex") : webDigest(token);
}

async function webDigest(token: string): Promise<string> {
  const bytes = await globalThis.crypto.subtle.digest("SHA-256", new TextEncoder().encode(token));
  return Array.from(new Uint8Array(bytes), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
