import { AppRouter, TokenSupplier } from "./client.js";
import { TRPCClient } from "@trpc/client";
import { QueryClient } from "@tanstack/react-query";
import { TRPCOptionsProxy } from "@trpc/tanstack-react-query";
import { ReactNode } from "react";
interface FreshTokenOptions {
  /** The present token; a function is asked at every call, which fails when it takes more than 4 s. */
  readonly token: TokenSupplier | undefined;
  /**
   * Gets a new token and resolves with it, null where there is none to be had. It runs once for all the calls
   * that found the token expired; a rejection counts as null, and so does taking more than 30 s.
   */
  readonly refresh?: (() => Promise<string | null | undefined>) | undefined;
}
/** A token that is renewed when a service says that it has expired: once, for every call that waits for it. */
interface FreshToken {
  /**
   * Runs `attempt` with the present token, and once more with a new one where it rejects with `TOKEN_EXPIRED`: an
   * error of the SDK, or any `Error` with that `reason`. Where there is no new token that rejection stands, and where
   * somebody else has signed in meanwhile: a call is never repeated for another person.
   */
  call<T>(attempt: (token: string | null) => Promise<T>): Promise<T>;
}
export declare function createFreshToken({ token, refresh }: FreshTokenOptions): FreshToken;
/** Query and mutation options of every procedure, for `useQuery`, `useMutation` and the query client. */
export declare const usePlatform: () => TRPCOptionsProxy<AppRouter>;
/** The typed client itself, for calls outside of queries. */
export declare const usePlatformClient: () => TRPCClient<AppRouter>;
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
export declare function PlatformProvider(props: PlatformProviderProps): import("react").JSX.Element;
/** A query client that leaves trying again to the client below it: the two would multiply. */
export declare function createPlatformQueryClient(): QueryClient;
export type { FreshToken, FreshTokenOptions };