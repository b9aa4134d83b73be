// biome-ignore-all lint/suspicious/noTsIgnore: an error is expected only in an app without tRPC
import type { AppRouter } from "@platform-api/server/router";

/** @ts-ignore: unknown without @trpc/client in the app */
export type InstalledClient = import("@trpc/client").TRPCClient<AppRouter>;

/** @ts-ignore: unknown without @trpc/client in the app */
export type InstalledError = import("@trpc/client").TRPCClientError<AppRouter>;

/**
 * The type of the app's own tRPC, which its other tRPC packages accept, or ours if the app has no tRPC. An unknown type
 * has every key; a comparison with `any` would make the result unknown, too.
 */
export type IfInstalled<Installed, Own> = string extends keyof Installed ? Own : Installed;
