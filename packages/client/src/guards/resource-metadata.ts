import { isLoopback } from "@platform-api/server/wire";

export interface ProtectedResource {
  /** The address of what is protected, as its clients write it, such as `https://api.example/mcp`. */
  readonly resource: string;
  /** The issuers whose tokens are accepted, as they write themselves: for example with a slash at the end. */
  readonly authorizationServers: readonly string[];
  /** What a client may ask for. */
  readonly scopes?: readonly string[] | undefined;
}

/** What tells a client where to sign in (RFC 9728): a document, and where it has to be. */
export interface ProtectedResourceMetadata {
  /** The address of the document, for the option `resourceMetadata` of a guard. */
  readonly url: string;
  /** The path of a public route that answers with the document. */
  readonly path: string;
  readonly document: {
    readonly resource: string;
    readonly authorization_servers: readonly string[];
    readonly scopes_supported?: readonly string[];
    readonly bearer_methods_supported: readonly string[];
  };
}

const WELL_KNOWN = "/.well-known/oauth-protected-resource";

/**
 * The metadata of a resource, for any framework.
 * @throws {TypeError} naming what is not an https address without a fragment; http is for this machine alone
 */
export function protectedResourceMetadata({
  resource,
  authorizationServers,
  scopes,
}: ProtectedResource): ProtectedResourceMetadata {
  for (const issuer of authorizationServers) addressOf("authorizationServers", issuer);
  if (authorizationServers.length === 0) throw wrong("authorizationServers");
  const { origin, pathname, search } = addressOf("resource", resource);
  // RFC 9728 §3.1: between the host and what follows it.
  const path = `${WELL_KNOWN}${pathname === "/" ? "" : pathname}`;
  return {
    url: `${origin}${path}${search}`,
    path,
    document: {
      resource,
      authorization_servers: authorizationServers,
      ...(scopes !== undefined && { scopes_supported: scopes }),
      bearer_methods_supported: ["header"], // guards read no other place
    },
  };
}

function addressOf(option: string, text: string): URL {
  const url = typeof text === "string" && /^https?:\/\/[^\s#]+$/.test(text) ? new URL(text) : null;
  const isSafe = url?.protocol === "https:" || (url !== null && isLoopback(url.hostname));
  if (url === null || !isSafe || url.username !== "" || url.password !== "") throw wrong(option);
  return url;
}

function wrong(option: string): TypeError {
  return new TypeError(`protectedResourceMetadata: ${option} must be an https address without a fragment`);
}
