import type { AppRouter } from "@platform-api/server/router";
import type { TRPCLink } from "@trpc/client";
import { observable } from "@trpc/server/observable";
import { platformError } from "./platform-error.ts";

/** Ends a call as soon as its caller has gone, whatever it waits for: an answer, a pause, a token. */
export const abortLink: TRPCLink<AppRouter> = () => {
  return ({ op, next }) =>
    observable((observer) => {
      const { signal } = op;
      const leave = () =>
        observer.error(platformError(new DOMException("the caller has gone", "AbortError")));
      if (signal?.aborted) return leave();
      // Before anything is begun: a token supplier may be what ends the call.
      signal?.addEventListener("abort", leave, { once: true });
      // Ending the subscription ends the rest: nothing else has to listen to a signal that may outlive many calls.
      const { unsubscribe } = next({ ...op, signal: null }).subscribe(observer);
      return () => {
        signal?.removeEventListener("abort", leave);
        unsubscribe();
      };
    });
};
