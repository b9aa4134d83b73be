/** The types of the server that the SDK imports. */
export type { Reason } from "../wire/index.ts";
export type { AppRouter } from "./app-router.ts";
