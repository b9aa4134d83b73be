import { sendRaw } from "../forward-auth/requests.ts";

let serial = 0;

/** A unique text that is planted where a client or an upstream can put one. It is also a word of an address. */
export function canary(): string {
  serial += 1;
  return `canary-${process.pid}-${serial}`;
}

/** Base64 of "canary" wherever it begins in a group of three bytes. */
const ENCODED = ["Y2FuYXJ5", "jYW5hcn", "NhbmFye"];
/** Plain in any case, with escapes, or inside a part of a token. */
const CANARY = new RegExp(`canary|%63anary|\\\\u0063anary|${ENCODED.join("|")}`, "i");

/** Whether a text holds a planted text in any form. */
export function holdsCanary(text: string): boolean {
  return CANARY.test(text) || ENCODED.some((part) => text.includes(part));
}

/** A whole answer, as it is on the wire. */
export interface RawAnswer {
  readonly status: number;
  readonly text: string;
}

/** Sends exactly this text on a connection of its own, and reads until the server ends it. */
export async function exchange(url: string, request: string): Promise<RawAnswer> {
  const text = await sendRaw(Number(new URL(url).port), request);
  return { status: Number(/^HTTP\/1\.1 (\d{3})/.exec(text)?.[1] ?? 0), text };
}

/** A request with these header lines, which ends its connection. */
export function get(path: string, ...headers: readonly string[]): string {
  return requestOf("GET", path, headers, "");
}

export function post(path: string, body: string, ...headers: readonly string[]): string {
  const length = `content-length: ${Buffer.byteLength(body)}`;
  return requestOf("POST", path, ["content-type: application/json", length, ...headers], body);
}

export function requestOf(method: string, path: string, headers: readonly string[], body: string): string {
  return `${[`${method} ${path} HTTP/1.1`, "host: x", "connection: close", ...headers].join("\r\n")}\r\n\r\n${body}`;
}
