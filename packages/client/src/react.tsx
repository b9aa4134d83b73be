import type { AppRouter } from "@platform-api/server/router";
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { createTRPCClient, type Operation, type TRPCClient, type TRPCLink } from "@trpc/client";
import { observable } from "@trpc/server/observable";
import { createTRPCContext, type TRPCOptionsProxy } from "@trpc/tanstack-react-query";
import { type ReactNode, useInsertionEffect, useMemo, useRef, useState } from "react";
import { platformLinks, type TokenSupplier } from "./client.ts";
import { createFreshToken, type FreshToken, type FreshTokenOptions } from "./fresh-token.ts";
import { isPlatformError, type PlatformError, platformError, TokenUnavailable } from "./platform-error.ts";

export { createFreshToken, type FreshToken, type FreshTokenOptions } from "./fresh-token.ts";

const { TRPCProvider, useTRPC, useTRPCClient } = createTRPCContext<AppRouter>();

/** Query and mutation options of every procedure, for `useQuery`, `useMutation` and the query client. */
export const usePlatform: () => TRPCOptionsProxy<AppRouter> = useTRPC;

/** The typed client itself, for calls outside of queries. */
export const usePlatformClient: () => TRPCClient<AppRouter> = useTRPCClient;

export interface PlatformProviderProps {
  /** The server's base address; another one begins with a new client. */
  readonly url: string;
  /** As for {@link createFreshToken}, or one that is shared with the calls of other services. */
  readonly token: TokenSupplier | FreshToken;
  /** Not used where `token` is a {@link FreshToken}, which has its own. */
  readonly refresh?: FreshTokenOptions["refresh"];
  /** Holds one person's answers: give another person another one, or `clear()` it. */
  readonly queryClient?: QueryClient;
  readonly fetch?: typeof fetch;
  readonly children?: ReactNode;
}

/** Gives the components below it the client of platform-api, and TanStack Query its query client. */
export function PlatformProvider(props: PlatformProviderProps) {
  const [ownQueryClient] = useState(createPlatformQueryClient);
  const { url, queryClient = ownQueryClient, children } = props;
  const latest = useRef(props);
  useInsertionEffect(() => {
    latest.current = props;
  });
  const trpcClient = useMemo(() => {
    const fresh = freshTokenOf(() => latest.current);
    const send: typeof fetch = (input, init) => (latest.current.fetch ?? globalThis.fetch)(input, init);
    return createTRPCClient<AppRouter>({
      links: platformLinks({ url, fetch: send }, freshTokenLink(fresh)),
    });
  }, [url]);
  return (
    <QueryClientProvider client={queryClient}>
      <TRPCProvider trpcClient={trpcClient} queryClient={queryClient}>
        {children}
      </TRPCProvider>
    </QueryClientProvider>
  );
}

/** A query client that leaves trying again to the client below it: the two would multiply. */
export function createPlatformQueryClient(): QueryClient {
  return new QueryClient({ defaultOptions: { queries: { retry: false } } });
}

/** What a component gives may be new at every render; who asks gets the last. */
function freshTokenOf(latest: () => PlatformProviderProps): FreshToken {
  const own = createFreshToken({
    token: () => {
      const { token } = latest();
      if (typeof token === "function") return token();
      return typeof token === "string" ? token : null;
    },
    refresh: async () => latest().refresh?.(),
  });
  return {
    call(attempt) {
      const { token } = latest();
      return (typeof token === "object" && token !== null ? token : own).call(attempt);
    },
  };
}

/** Sends each operation with the token that is fresh, by the links behind it; one that names its own keeps that. */
function freshTokenLink(fresh: FreshToken): TRPCLink<AppRouter> {
  return () =>
    ({ op, next }) => {
      if ("token" in op.context) return next(op);
      return observable((observer) => {
        let end = () => {};
        let isOver = false;
        const attempt = (token: string | null) =>
          new Promise<void>((resolve, reject) => {
            if (isOver) return;
            const withToken: Operation = { ...op, context: { ...op.context, token } };
            const { unsubscribe } = next(withToken).subscribe({
              next: observer.next,
              complete: resolve,
              error: reject,
            });
            end = unsubscribe;
          });
        fresh.call(attempt).then(observer.complete, (error) => observer.error(ownError(error)));
        return () => {
          isOver = true;
          end();
        };
      });
    };
}

/** What no attempt has ended with comes of getting the token. */
function ownError(error: unknown): PlatformError {
  return isPlatformError(error) ? error : platformError(new TokenUnavailable(error));
}
