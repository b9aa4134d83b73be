/** A user's access token, or a function that returns it, called once per operation. Null sends none, as for `discover`. */
export type TokenSupplier = string | (() => string | null | undefined | Promise<string | null | undefined>);

/** The header that carries the token. */
export type TokenHeader = "authorization" | "x-user-token";
