/** What the SDK may know of the server: types. */
export type { Reason } from "../domain/index.ts";
export type { AppRouter } from "./app-router.ts";
