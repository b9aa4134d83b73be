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
/**
 * The metadata of a resource, for any framework.
 * @throws {TypeError} naming what is not an https address without a fragment; http is for this machine alone
 */
export declare function protectedResourceMetadata({ resource, authorizationServers, scopes }: ProtectedResource): ProtectedResourceMetadata;