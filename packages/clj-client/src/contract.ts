/** The contract itself, for `platform-api directory check`. Only in this workspace: the tarball's `exports` omit it. */
export { within } from "./deadline.ts";
export { createExchange } from "./exchange.ts";
export { ABSENT_STATUS, ensureCall, findByEmailCall, type WireCall } from "./wire.ts";
export { readWireSource } from "./wire-source.ts";
