import { authRouter } from "./auth-router.ts";
import { discoverRouter } from "./discover-router.ts";
import { router } from "./init.ts";
import { orgRouter } from "./org-router.ts";

export const appRouter = router({ auth: authRouter, discover: discoverRouter, org: orgRouter });

/** The names of all procedures. */
export const PROCEDURES: readonly string[] = Object.keys(appRouter._def.procedures);

export type AppRouter = typeof appRouter;
