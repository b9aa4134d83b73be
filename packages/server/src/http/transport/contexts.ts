import type { IncomingMessage } from "node:http";
import { type Context, createContext, type Services } from "../../trpc/index.ts";
import type { SenderOf } from "./senders.ts";

/** What the procedures of a request work on. */
export type ContextOf = (request: IncomingMessage) => Context;

export function contextsFor(services: Services, senderOf: SenderOf): ContextOf {
  return (request) => createContext(services, senderOf(request));
}
