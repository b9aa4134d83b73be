import { AppRouter, TokenSupplier } from "./token-supplier.js";
import { QueryClient } from "@tanstack/react-query";
import { TRPCClient } from "@trpc/client";
import { TRPCOptionsProxy } from "@trpc/tanstack-react-query";
import { ReactNode } from "react";
interface FreshTokenOptions {
  /** The current token. A function is called for every call, which fails when the function takes more than 4 s. */
  readonly token: TokenSupplier | undefined;
  /**
   * Resolves with a new token, or null when none is available. It runs once for all calls that found the token expired.
   * A rejection counts as null, and so does taking more than 30 s.
   */
  readonly refresh?: (() => Promise<string | null | undefined>) | undefined;
}
/** A token that is renewed when a service reports it as expired: once for all calls that wait for it. */
interface FreshToken {
  /**
   * Runs `attempt` with the current token. If it rejects with `TOKEN_EXPIRED` (an error of the SDK, or any `Error` with
   * that `reason`), it runs once more with a new token. The rejection stands when no new token is available, or when
   * another user has signed in: a call is never repeated for another user.
   */
  call<T>(attempt: (token: string | null) => Promise<T>): Promise<T>;
}
export declare function createFreshToken({ token, refresh }: FreshTokenOptions): FreshToken;
/** Query and mutation options of every procedure, for `useQuery`, `useMutation` and the query client. */
export declare const usePlatform: () => TRPCOptionsProxy<AppRouter>;
/** The typed client itself, for calls outside queries. */
export declare const usePlatformClient: () => TRPCClient<AppRouter>;
export interface PlatformProviderProps {
  /** The server's base address. A different one creates a new client. */
  readonly url: string;
  /** As for {@link createFreshToken}, or a {@link FreshToken} that calls to other services share. */
  readonly token: TokenSupplier | FreshToken;
  /** Not used if `token` is a {@link FreshToken}, which has its own. */
  readonly refresh?: FreshTokenOptions["refresh"];
  /** Holds the answers for one user. When another user signs in, pass a new one or `clear()` it. */
  readonly queryClient?: QueryClient;
  readonly fetch?: typeof fetch;
  readonly children?: ReactNode;
}
/** Provides the components below it with the client of platform-api and with TanStack Query's query client. */
export declare function PlatformProvider(props: PlatformProviderProps): import("react").JSX.Element;
/** A query client without retries: they would multiply with the retries of the platform-api client. */
export declare function createPlatformQueryClient(): QueryClient;
export type { FreshToken, FreshTokenOptions };