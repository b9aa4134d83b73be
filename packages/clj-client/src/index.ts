export { type CallOptions, type CljClient, type CljClientOptions, createCljClient } from "./client.ts";
export { CljClientError, type CljFailure } from "./error.ts";
export type { DirectoryUser, EnsuredUser, NewUser } from "./wire.ts";
