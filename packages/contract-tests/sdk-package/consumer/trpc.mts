/** The app's own tRPC calls platform-api, and handles the errors of the SDK's client. */
import { type AppRouter, createPlatformClient, isPlatformError } from "@platform-api/client";
import { QueryClient } from "@tanstack/react-query";
import { createTRPCClient, httpBatchLink, isTRPCClientError, TRPCClientError } from "@trpc/client";
import type { inferRouterOutputs } from "@trpc/server";
import { createTRPCOptionsProxy } from "@trpc/tanstack-react-query";

const url = "http://127.0.0.1:9";
const client = createPlatformClient({ url, retries: 0, errorClass: TRPCClientError });
const queryClient = new QueryClient({ defaultOptions: { queries: { retry: false } } });
const platform = createTRPCOptionsProxy<AppRouter>({ client, queryClient });

export type Me = inferRouterOutputs<AppRouter>["org"]["me"];
export const plain = createTRPCClient<AppRouter>({ links: [httpBatchLink({ url: `${url}/trpc` })] });
export const me = (): Promise<Me> => plain.org.me.query();

const error: unknown = await queryClient.fetchQuery(platform.org.me.queryOptions()).catch((thrown) => thrown);
const kinds = [error instanceof TRPCClientError, isTRPCClientError(error), isPlatformError(error)];
process.stdout.write(JSON.stringify(kinds));
