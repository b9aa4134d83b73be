import { AppRouter, TokenSupplier } from "./token-supplier.js";
import { Page } from "./organization.js";
import { InferDataFromTag, InfiniteData, QueryClient, QueryKey, UseMutationOptions, UseMutationResult } from "@tanstack/react-query";
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
interface OptimisticChange<Data, Variables, Answer> {
  /**
   * What is shown with the change: at once, and again with the server's `answer` when it is there, null before. It must not
   * change `shown` itself.
   */
  readonly apply: (shown: Data, variables: Variables, answer: Answer | null) => Data;
}
/** What one query showed before and with a change. */
interface Shown {
  readonly queryKey: QueryKey;
  readonly before: unknown;
  readonly after: unknown;
}
/** What a change has done to the queries. */
interface Applied {
  readonly shown: readonly Shown[];
  /** Those whose loading it has ended: they would have shown what was before the change. */
  readonly ended: readonly QueryKey[];
}
/**
 * A mutation whose effect is shown at once, in every query whose key begins with `queryKey`. After a refusal or an outage
 * they show what they showed before and are loaded again; `reasonOf(result.error)` is the server's reason. After a success
 * they show the server's answer and are not loaded again, because a list may lag behind it for a second.
 * @param mutation such as `platform.org.members.setRole.mutationOptions()`
 */
export declare function useOptimisticMutation<Answer, Failure, Variables, Key extends QueryKey>(mutation: Omit<UseMutationOptions<Answer, Failure, Variables>, "onMutate">, { queryKey, apply }: {
  readonly queryKey: Key;
} & OptimisticChange<InferDataFromTag<unknown, Key>, NoInfer<Variables>, NoInfer<Answer>>): UseMutationResult<Answer, Failure, Variables, Applied>;
interface PagesOptions<Item> {
  /** Such as `platform.org.members.list.infiniteQueryKey(input)`. A different one is a different list. */
  readonly queryKey: QueryKey;
  /** Loads one page: the first one without a cursor. */
  readonly load: (at: {
    readonly cursor?: string;
  }, signal: AbortSignal) => Promise<Page<Item>>;
}
/** A list that is loaded page by page. */
interface Pages<Item> {
  /** Those loaded so far. */
  readonly items: readonly Item[];
  /** `loading` and `failed`: there is no page yet. A list that is `ready` stays so, whatever fails later. */
  readonly status: "loading" | "ready" | "failed";
  /** Of the last call, which {@link loadMore} or {@link reload} repeats; null once it succeeded. */
  readonly error: Error | null;
  /** Whether more may follow. A page may be empty even so. */
  readonly hasMore: boolean;
  readonly isLoadingMore: boolean;
  readonly isReloading: boolean;
  /** Loads the next page, unless something is being loaded. */
  loadMore(): void;
  /** Loads the pages so far again. They stay visible meanwhile. */
  reload(): void;
}
/**
 * The items of a list with cursors. tRPC's own `infiniteQueryOptions` does not fit: it sends `direction`, which the server
 * refuses as an unknown field.
 */
export declare function usePages<Item>({ queryKey, load }: PagesOptions<Item>): Pages<Item>;
/** The pages with changed items: what {@link useOptimisticMutation} shows in a list. */
export declare function changeItems<Item, Cursor>(shown: InfiniteData<Page<Item>, Cursor>, change: (item: Item) => Item): InfiniteData<Page<Item>, Cursor>;
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
export type { Applied, FreshToken, FreshTokenOptions, OptimisticChange, Pages, PagesOptions };