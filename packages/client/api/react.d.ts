import { AppRouter, TokenSupplier } from "./token-supplier.js";
import { Page } from "./organization.js";
import { QueryClient, QueryKey } from "@tanstack/react-query";
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
   * somebody else has signed in: a call is never repeated for another user, nor for somebody who acts for the user.
   */
  call<T>(attempt: (token: string | null) => Promise<T>): Promise<T>;
}
export declare function createFreshToken({ token, refresh }: FreshTokenOptions): FreshToken;
/** A change of one row. */
interface RowChange<Row> {
  /** The row, as {@link OptimisticRowsOptions.idOf} names it. Changes of one row are sent one after another. */
  readonly id: string;
  /** The row with the change, as it is shown until the server answers. It must not change `row` itself. */
  readonly apply: (row: Row) => Row;
  /** Sends the change. Resolves with the row as the server answers it, and rejects with a refusal or an outage. */
  readonly send: () => Promise<Row>;
  /** The row before the change, for one that the list may not contain, such as a removed member to be restored. */
  readonly absent?: Row;
}
interface OptimisticRowsOptions<Row> {
  /** The beginning of the key of every list that contains the rows. They are loaded again 2 s after the last change. */
  readonly queryKey: QueryKey;
  /** As loaded, such as {@link Pages.items}. */
  readonly rows: readonly Row[];
  readonly idOf: (row: Row) => string;
  /** The order of the list. It says where a row appears that the list does not contain. */
  readonly compare: (one: Row, other: Row) => number;
}
interface OptimisticRows<Row> {
  /** The loaded rows with all changes that wait for an answer or have just been answered. */
  readonly rows: readonly Row[];
  /** Why the last change of a row failed, by its id, until {@link dismiss} or the next change of the row. */
  readonly errors: ReadonlyMap<string, Error>;
  /** Shows a change at once and sends it. Resolves with the server's row. */
  change(change: RowChange<Row>): Promise<Row>;
  dismiss(id: string): void;
}
/**
 * The rows of a list, with changes that show at once. A change is laid over the loaded rows and never written into them:
 * when it fails, it is taken away, and the row shows what it would show without it, whatever else has changed meanwhile.
 * After a success the row shows the server's answer until the lists have been loaded again.
 */
export declare function useOptimisticRows<Row>(options: OptimisticRowsOptions<Row>): OptimisticRows<Row>;
interface PagesOptions<Item, One extends Page<Item> = Page<Item>> {
  /** Such as `platform.org.members.list.infiniteQueryKey(input)`. A different one is a different list. */
  readonly queryKey: QueryKey;
  /** Loads one page: the first one without a cursor. */
  readonly load: (at: {
    readonly cursor?: string;
  }, signal: AbortSignal) => Promise<One & Page<Item>>;
}
/** A list that is loaded page by page. */
interface Pages<Item, One extends Page<Item> = Page<Item>> {
  /** Those loaded so far. */
  readonly items: readonly Item[];
  /** The first page, with what it tells of the whole list, such as the total of `org.members.list`. Null until it is loaded. */
  readonly first: One | null;
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
export declare function usePages<Item, One extends Page<Item> = Page<Item>>({ queryKey, load }: PagesOptions<Item, One>): Pages<Item, One>;
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
  /** Holds the answers for one user, or for one who acts for them. When that changes, pass a new one or `clear()` it. */
  readonly queryClient?: QueryClient;
  readonly fetch?: typeof fetch;
  readonly children?: ReactNode;
}
/** Provides the components below it with the client of platform-api and with TanStack Query's query client. */
export declare function PlatformProvider(props: PlatformProviderProps): import("react").JSX.Element;
/** A query client without retries: they would multiply with the retries of the platform-api client. */
export declare function createPlatformQueryClient(): QueryClient;
export type { FreshToken, FreshTokenOptions, OptimisticRows, OptimisticRowsOptions, Pages, PagesOptions, RowChange };