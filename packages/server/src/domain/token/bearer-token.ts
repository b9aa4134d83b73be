import { credentialOf } from "../../wire/index.ts";
import { Refusal } from "../refusal.ts";

/** The one credential of a request, exactly as sent and not verified. */
export type BearerToken = string & { readonly BearerToken: unique symbol };

/** Header names and values in wire order, as Node's `rawHeaders`: the parsed headers hide duplicates. */
export type RawHeaders = readonly string[];

/**
 * Reads the token from `Authorization: Bearer` (browsers) or `X-User-Token` (services).
 * @throws {Refusal} TOKEN_MISSING without either; CREDENTIALS_CONFLICT, see {@link credentialOf}
 */
export function bearerTokenOf(rawHeaders: RawHeaders): BearerToken {
  const credential = credentialOf(
    valuesOf(rawHeaders, "authorization"),
    valuesOf(rawHeaders, "x-user-token"),
  );
  if ("reason" in credential) {
    const { reason, detail, hint } = credential;
    throw new Refusal(reason, detail, { hint });
  }
  return credential.token as BearerToken;
}

/** Of a header, each in the order in which it was sent. @param name in lower case */
export function valuesOf(rawHeaders: RawHeaders, name: string): string[] {
  const values: string[] = [];
  for (let i = 0; i + 1 < rawHeaders.length; i += 2) {
    const found = rawHeaders[i];
    if (found?.length === name.length && found.toLowerCase() === name) values.push(rawHeaders[i + 1] ?? "");
  }
  return values;
}
