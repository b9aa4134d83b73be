import { boundedBody } from "../bounded-body.ts";
import { memberOf, parseJsonObject } from "./strict-json.ts";

const MAX_BODY_BYTES = 65_536;
const MAX_KEYS = 20;

/**
 * Fetches a key set (RFC 7517 §5) and returns its entries, unchecked. Any other answer throws, so that the last good
 * set stays: another status, a redirect, a body that is not a strict JSON object with a non-empty `keys` array, or a
 * set that is too large.
 */
export async function fetchJwks(
  url: string,
  { fetch, signal }: { readonly fetch: typeof globalThis.fetch; readonly signal: AbortSignal },
): Promise<readonly unknown[]> {
  const response = await fetch(url, { redirect: "error", headers: { accept: "application/json" }, signal });
  if (response.status !== 200) throw new Error(`status ${response.status}`);
  const body = await boundedBody(response.body, MAX_BODY_BYTES);
  if (body === null) throw new Error("body: longer than 64 KiB");
  const keys = memberOf(parseJsonObject(body), "keys");
  if (!Array.isArray(keys)) throw new Error("keys: not an array");
  if (keys.length === 0) throw new Error("keys: empty");
  if (keys.length > MAX_KEYS) throw new Error("keys: more than 20");
  return keys;
}
