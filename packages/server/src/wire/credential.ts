/**
 * The one token of a request, exactly as sent, or why the request is refused. `detail` is for logs, `hint` completes the
 * message for the client. Both quote nothing.
 */
type Credential =
  | { readonly token: string }
  | {
      readonly reason: "TOKEN_MISSING" | "CREDENTIALS_CONFLICT";
      readonly detail: string;
      readonly hint?: string;
    };

const NO_SCHEME = "the Authorization header has no scheme: send `Authorization: Bearer <token>`";

/**
 * Reads the token from each value of `Authorization` and of `X-User-Token`. Headers that contradict each other or
 * themselves are a conflict: a proxy and this server would otherwise disagree about whose request it is (RFC 6750 §2).
 */
export function credentialOf(
  authorization: readonly string[],
  userToken: readonly string[] = [],
): Credential {
  if (authorization.length > 1 || userToken.length > 1) return conflict("a credential header is repeated");
  const credentials: string[] = [...userToken];
  for (const value of authorization) {
    const bearer = /^bearer(?: +|$)/i.exec(value);
    if (bearer === null) {
      if (!/\s/.test(value)) return { ...conflict("no Authorization scheme"), hint: NO_SCHEME };
      return conflict("an Authorization scheme other than Bearer");
    }
    credentials.unshift(value.slice(bearer[0].length));
  }
  const [token, other = token] = credentials;
  if (token === undefined) {
    return { reason: "TOKEN_MISSING", detail: "neither Authorization nor X-User-Token" };
  }
  for (const credential of credentials) {
    if (credential === "") return conflict("a credential is empty");
    if (/[\s,]/.test(credential)) return conflict("whitespace or a comma inside a credential");
  }
  return other === token ? { token } : conflict("Authorization and X-User-Token differ");
}

function conflict(detail: string) {
  return { reason: "CREDENTIALS_CONFLICT", detail } as const;
}
