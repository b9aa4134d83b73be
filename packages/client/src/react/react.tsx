import type { AppRouter } from "@platform-api/server/router";
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import {
  createTRPCClient,
  type Operation,
  type TRPCClient,
  TRPCClientError,
  type TRPCLink,
} from "@trpc/client";
import { observable } from "@trpc/server/observable";
import { createTRPCContext, type TRPCOptionsProxy } from "@trpc/tanstack-react-query";
import { type ReactNode, useInsertionEffect, useMemo, useRef, useState } from "react";
import { platformLinks } from "../client.ts";
import {
  extendErrorClass,
  isPlatformError,
  type PlatformError,
  platformError,
  TokenUnavailable,
} from "../platform-error.ts";
import type { TokenSupplier } from "../token-supplier.ts";
import { createFreshToken, type FreshToken, type FreshTokenOptions } from "./fresh-token.ts";

export { createFreshToken, type FreshToken, type FreshTokenOptions } from "./fresh-token.ts";
export {
  type OptimisticRows,
  type OptimisticRowsOptions,
  type RowChange,
  useOptimisticRows,
} from "./optimistic-rows.ts";
export { type Pages, type PagesOptions, usePages } from "./pages.ts";

const { TRPCProvider, useTRPC, useTRPCClient } = createTRPCContext<AppRouter>();

/** Query and mutation options of every procedure, for `useQuery`, `useMutation` and the query client. */
export const usePlatform: () => TRPCOptionsProxy<AppRouter> = useTRPC;

/** The typed client itself, for calls outside queries. */
export const usePlatformClient: () => TRPCClient<AppRouter> = useTRPCClient;

export interface PlatformProviderProps {
  /** The server's base address. A different one creates a new client. */
  readonly url: string;
  /** As for {@link createFreshToken}, or a {@link FreshToken} that calls to other services share. */
  readonly token: TokenSupplier | FreshToken;
  /** Not used if `token` is a {@link FreshToken}, which has its own. */
  readonly refresh?: FreshTokenOptions["refresh"];
  /** Holds the answers for one user, or for one who acts for them. When that changes, pass a new one or `clear()` it. */
  readonly queryClient?: QueryClient;
  readonly fetch?: typeof fetch;
  readonly children?: ReactNode;
}

/** Provides the components below it with the client of platform-api and with TanStack Query's query client. */
export function PlatformProvider(props: PlatformProviderProps) {
  const [ownQueryClient] = useState(createPlatformQueryClient);
  const { url, queryClient = ownQueryClient, children } = props;
  const latest = useRef(props);
  useInsertionEffect(() => {
    latest.current = props;
  });
  const trpcClient = useMemo(() => {
    const fresh = freshTokenOf(() => latest.current);
    extendErrorClass(TRPCClientError);
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

/** A query client without retries: they would multiply with the retries of the platform-api client. */
export function createPlatformQueryClient(): QueryClient {
  return new QueryClient({ defaultOptions: { queries: { retry: false } } });
}

/** The props may change with every render; each call uses the latest. */
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

/** Sends each operation with the current token. An operation with its own token in `context` keeps it. */
function freshTokenLink(fresh: FreshToken): TRPCLink<AppRouter> {
  return () =>
    ({ op, next }) => {
      if ("token" in op.context) return next(op);
      return observable((observer) => {
        let end = () => {};
        let hasEnded = false;
        // The value is passed on when `call` resolves: a custom token decides whether the caller still gets it.
        let pass = () => {};
        const attempt = (token: string | null) =>
          new Promise<void>((resolve, reject) => {
            if (hasEnded) return;
            const withToken: Operation = { ...op, context: { ...op.context, token } };
            const { unsubscribe } = next(withToken).subscribe({
              next: (value) => {
                pass = () => observer.next(value);
              },
              complete: resolve,
              error: reject,
            });
            end = unsubscribe;
          });
        const succeed = () => {
          pass();
          observer.complete();
        };
        fresh.call(attempt).then(succeed, (error) => observer.error(supplierError(error)));
        return () => {
          hasEnded = true;
          end();
        };
      });
    };
}

/** An error that does not come from an attempt comes from the token supplier. */
function supplierError(error: unknown): PlatformError {
  return isPlatformError(error) ? error : platformError(new TokenUnavailable(error));
}
