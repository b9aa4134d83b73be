import { Refusal } from "../refusal.ts";

/** The one credential of a request, exactly as sent; nothing is known about it yet. */
export type BearerToken = string & { readonly BearerToken: unique symbol };

/** Header names and values in wire order, as Node's `rawHeaders`: the parsed headers hide duplicates. */
export type RawHeaders = readonly string[];

/**
 * Reads the token from `Authorization: Bearer` (browsers) or `X-User-Token` (services).
 * @throws {Refusal} TOKEN_MISSING without either; CREDENTIALS_CONFLICT when the headers contradict each other or
 * themselves: a proxy and this server would otherwise disagree about whose request it is (RFC 6750 §2)
 */
export function bearerTokenOf(rawHeaders: RawHeaders): BearerToken {
  const authorization = valuesOf(rawHeaders, "authorization");
  const userToken = valuesOf(rawHeaders, "x-user-token");
  if (authorization.length > 1 || userToken.length > 1) throw conflict("a credential header is repeated");

  const credentials = [...authorization.map(bearerCredential), ...userToken];
  const [token, other] = credentials;
  if (token === undefined) throw new Refusal("TOKEN_MISSING", "neither Authorization nor X-User-Token");
  for (const credential of credentials) {
    if (credential === "") throw conflict("a credential is empty");
    if (/[\s,]/.test(credential)) throw conflict("whitespace or a comma inside a credential");
  }
  if (other !== undefined && other !== token) throw conflict("Authorization and X-User-Token differ");
  return token as BearerToken;
}

function bearerCredential(authorization: string): string {
  const match = /^bearer(?: +(.*))?$/i.exec(authorization);
  if (match === null) throw conflict("an Authorization scheme other than Bearer");
  return match[1] ?? "";
}

function valuesOf(rawHeaders: RawHeaders, name: string): string[] {
  const values: string[] = [];
  for (let i = 0; i + 1 < rawHeaders.length; i += 2) {
    if (rawHeaders[i]?.toLowerCase() === name) values.push(rawHeaders[i + 1] ?? "");
  }
  return values;
}

function conflict(detail: string): Refusal {
  return new Refusal("CREDENTIALS_CONFLICT", detail);
}
