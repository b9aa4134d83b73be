import type { KoaContextWithOIDC, Provider } from "oidc-provider";
import { endSession } from "./end-session.ts";
import { showMessage } from "./pages/message.ts";
import type { PageContext } from "./pages/page.ts";

/** The path of Auth0's own logout, which its SDKs use by default. */
export const V2_LOGOUT = "/v2/logout";

type LogoutContext = PageContext &
  Pick<KoaContextWithOIDC, "req" | "res" | "querystring" | "redirect" | "cookies">;

/** Ends the session without a question and returns to the application (`client_id`, `returnTo`). */
export async function answerV2Logout(ctx: LogoutContext, provider: Provider): Promise<void> {
  const query = new URLSearchParams(ctx.querystring);
  const returnTo = query.get("returnTo");
  const client = await provider.Client.find(query.get("client_id") ?? "");
  if (returnTo !== null && client?.postLogoutRedirectUriAllowed(returnTo) !== true) {
    const text = "The application asked to return to a URL that it has not registered.";
    return showMessage(ctx, 400, { title: "This request failed", text, code: "invalid_request" });
  }
  const session = await provider.Session.get(provider.createContext(ctx.req, ctx.res));
  await endSession(session, provider);
  ctx.cookies.set(provider.cookieName("session"), null);
  if (returnTo !== null) return ctx.redirect(returnTo);
  showMessage(ctx, 200, { title: "Signed out", text: "You can close this window." });
}
