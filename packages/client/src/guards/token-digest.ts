/** `node:crypto` on Node, without an import, which a browser's bundler could not resolve. */
const node = globalThis.process?.getBuiltinModule?.("node:crypto");

/**
 * SHA-256 of the whole token, a byte a character: the shortest key is the fastest. Synchronous on Node, asynchronous with
 * WebCrypto.
 * @throws {TypeError} without either: browsers offer WebCrypto only on https and localhost
 */
export function tokenDigest(token: string): string | Promise<string> {
  return typeof node?.hash === "function" ? node.hash("sha256", token, "binary") : webDigest(token);
}

async function webDigest(token: string): Promise<string> {
  const bytes = await globalThis.crypto.subtle.digest("SHA-256", new TextEncoder().encode(token));
  return String.fromCharCode(...new Uint8Array(bytes));
}
