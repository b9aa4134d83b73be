import { Refused } from "./refused.ts";

/**
 * The one token of a request, as the server reads it. `Headers` has joined repeated headers with a comma, which is
 * refused just as repeating is.
 */
export function credentialOf(headers: Headers): string | Refused {
  const authorization = headers.get("authorization");
  const userToken = headers.get("x-user-token");
  const credentials = [
    ...(authorization === null ? [] : [bearerCredential(authorization)]),
    ...(userToken === null ? [] : [userToken]),
  ];
  const [token, other = token] = credentials;
  if (token === undefined) return new Refused("TOKEN_MISSING");
  if (other !== token || credentials.some((credential) => !/^[^\s,]+$/.test(credential))) {
    return new Refused("CREDENTIALS_CONFLICT");
  }
  return token;
}

function bearerCredential(authorization: string): string {
  return /^bearer +(.*)$/i.exec(authorization)?.[1] ?? "";
}
