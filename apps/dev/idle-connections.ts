/**
 * How long the services keep an idle connection open. With Node's 5 s, a busy process closes connections that a client
 * has just begun to use, and all attempts of a request can meet one.
 */
export const IDLE_MS = 3_600_000;
