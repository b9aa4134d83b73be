import { Refusal } from "../refusal.ts";
import { type RawHeaders, valuesOf } from "../token/bearer-token.ts";
import type { Service } from "./principal.ts";

/** What a machine has at the identity provider. */
export interface ClientCredentials {
  readonly clientId: string;
  readonly secret: string;
}

/** Who tries credentials. */
export interface Trying {
  /** The key by which the client is limited. */
  readonly address: string;
  /** Counts a question to the issuer, before it is asked. @throws {Refusal} RATE_LIMITED */
  readonly count: () => void;
}

/**
 * Tells which service has these credentials, as the issuer says. What it has confirmed counts for an hour; what it has
 * refused is asked again.
 * @throws {Refusal} TOKEN_INVALID for wrong ones; CLIENT_NOT_ALLOWED for a client that is not a service; AUTH0_UNAVAILABLE,
 * which says nothing about them; RATE_LIMITED
 */
export type CheckCredentials = (
  credentials: ClientCredentials,
  trying: Trying,
  signal: AbortSignal,
) => Promise<Service>;

/**
 * Reads `Authorization: Basic` as a client authenticates itself by it (RFC 6749 §2.3.1): both parts are form-encoded, so
 * that a client id may have a colon. Null for a request that has no such header.
 * @throws {Refusal} CREDENTIALS_CONFLICT where it has another credential too; TOKEN_INVALID for one that is malformed
 */
export function clientCredentialsOf(rawHeaders: RawHeaders): ClientCredentials | null {
  const credentials = ["authorization", "x-user-token"].flatMap((name) => valuesOf(rawHeaders, name));
  const [encoded] = credentials.flatMap((each) => /^basic (.*)/i.exec(each)?.[1] ?? []);
  if (encoded === undefined) return null;
  if (credentials.length > 1) throw new Refusal("CREDENTIALS_CONFLICT", "Basic beside another credential");
  const [clientId = "", ...rest] = textOf(encoded).split(":");
  const secret = rest.join(":");
  if (clientId === "" || secret === "")
    throw wrongCredentials("the header Authorization: Basic is malformed");
  return { clientId: formDecoded(clientId), secret: formDecoded(secret) };
}

export function wrongCredentials(detail: string): Refusal {
  return new Refusal("TOKEN_INVALID", detail, { hint: "the client id or its secret is wrong" });
}

/** Empty for what is not base64 of UTF-8. */
function textOf(base64: string): string {
  try {
    const bytes = Uint8Array.from(atob(base64), (each) => each.charCodeAt(0));
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return "";
  }
}

function formDecoded(text: string): string {
  return new URLSearchParams(`value=${text.replaceAll("&", "%26")}`).get("value") ?? "";
}
