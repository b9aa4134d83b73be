import type { AppRouter } from "@platform-api/server/router";
import type { TRPCLink } from "@trpc/client";
import { observable } from "@trpc/server/observable";
import { platformError } from "./platform-error.ts";
import { namedError } from "./waiting.ts";

/** Ends a call as soon as its signal aborts, whether it waits for a response, a retry or a token. */
export const abortLink: TRPCLink<AppRouter> = () => {
  return ({ op, next }) =>
    observable((observer) => {
      const { signal } = op;
      const leave = () =>
        observer.error(platformError(namedError("AbortError", "the caller aborted the call")));
      if (signal?.aborted) return leave();
      // Listen before the call starts: the token supplier may be what aborts it.
      signal?.addEventListener("abort", leave, { once: true });
      // Unsubscribing ends everything below, so that no other link listens to a signal that outlives many calls.
      const { unsubscribe } = next({ ...op, signal: null }).subscribe(observer);
      return () => {
        signal?.removeEventListener("abort", leave);
        unsubscribe();
      };
    });
};
