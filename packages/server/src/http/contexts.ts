import type { IncomingMessage } from "node:http";
import { type Context, createContext, type Services } from "../trpc/index.ts";

/** A request that was begun before Fastify saw it. */
interface Begun {
  readonly context: Context;
  /** How long its caller had already waited when Fastify got it. */
  readonly waitedMs: number;
}

const begun = new WeakMap<IncomingMessage, Begun>();

/** Hands what is known of a request on to Fastify's hooks and handlers, so that nothing is asked twice. */
export function handOn(request: IncomingMessage, begunThere: Begun): void {
  begun.set(request, begunThere);
}

/** Null for a request that Fastify was the first to see. */
export function begunOf(request: IncomingMessage): Begun | null {
  return begun.get(request) ?? null;
}

export function contextOf(services: Services, request: IncomingMessage): Context {
  return begun.get(request)?.context ?? createContext(services, request.rawHeaders);
}
