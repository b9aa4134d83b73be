import * as z from "zod/mini";
import "../config/zod-without-eval.ts";

const stateSchema = z.object({
  /** The page to return to. */
  page: z.catch(z.string().check(z.regex(/^\/(?![/\\])/)), "/"),
  /** The only address that may sign in, if this happens without a page of the identity provider. */
  silentFor: z.optional(z.string()),
});

/** What the app remembers while the browser is at the identity provider. */
export type SignInState = z.output<typeof stateSchema>;

/** @param stored a state as oidc-client-ts stores it. A damaged one leads to the first page */
export function signInStateOf(stored: string): SignInState {
  try {
    return stateSchema.parse(JSON.parse(stored).data);
  } catch {
    return { page: "/" };
  }
}

/** The current page as a sign-in returns to it: with its search, and never the callback itself. */
export function currentPage(): string {
  return location.pathname === "/callback" ? "/" : `${location.pathname}${location.search}`;
}
