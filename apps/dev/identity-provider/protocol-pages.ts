import type { ErrorOut, KoaContextWithOIDC } from "oidc-provider";
import { endSession } from "./end-session.ts";
import { Html, html } from "./pages/html.ts";
import { showMessage } from "./pages/message.ts";
import { type PageContext, redirect } from "./pages/page.ts";
import { isAppClient } from "./tenant/app-clients.ts";

/** Shows an error that must not go back to the application, such as an unregistered redirect URI. */
export function showError(ctx: KoaContextWithOIDC, out: ErrorOut, appOrigins: readonly string[]): void {
  const { error: code, error_description: description = code } = out;
  const message =
    code === "invalid_redirect_uri"
      ? unregistered(ctx.oidc.client, appOrigins)
      : { text: `${description.slice(0, 1).toUpperCase()}${description.slice(1)}.` };
  showMessage(ctx, ctx.status, { title: "This request failed", ...message, code });
}

function unregistered(client: KoaContextWithOIDC["oidc"]["client"], appOrigins: readonly string[]) {
  const text = "The application asked to return to a URL that it has not registered.";
  return client !== undefined && isAppClient(client)
    ? { text: `${text} Set APP_ORIGINS to its origin, and restart the stack.`, known: appOrigins }
    : { text, known: client?.redirectUris ?? [] };
}

/** Ends the session. Like Auth0, asks first unless the application sends an ID token of the session. */
export async function showLogout(ctx: KoaContextWithOIDC, form: string): Promise<void> {
  const { session, entities, provider } = ctx.oidc;
  const { postLogoutRedirectUri, state } = session?.state ?? {};
  const target = new URL(
    typeof postLogoutRedirectUri === "string"
      ? postLogoutRedirectUri
      : ctx.oidc.urlFor("end_session_success"),
  );
  if (session === undefined || entities.IdTokenHint?.payload.sub !== session.accountId) {
    const action = html`${new Html(form)}<button form="op.logoutForm" name="logout" value="yes" autofocus>Sign out</button>`;
    const formTargets = [target.origin];
    const text = "This ends your session here and in every application that you signed in to with it.";
    showMessage(ctx, 200, { title: "Sign out?", text, action, formTargets });
    return;
  }
  if (typeof state === "string") target.searchParams.set("state", state);
  await endSession(session, provider);
  ctx.oidc.cookies.set(provider.cookieName("session"), null);
  redirect(ctx, target.href);
}

/** The root page, to which no login leads. */
export function showWelcome(ctx: PageContext): void {
  const text =
    "This identity provider stands in for Auth0. Applications send users to /authorize to sign in.";
  const action = html`<p><a href="/users">Users: block, delete, end sessions</a></p>
<p class="note">From a terminal: <code>./platform token jane@acme.example</code></p>`;
  showMessage(ctx, 200, { title: "Identity provider", text, action });
}

/** The last page of a logout without a redirect. */
export function showLoggedOut(ctx: KoaContextWithOIDC): void {
  showMessage(ctx, 200, { title: "Signed out", text: "You can close this window." });
}
