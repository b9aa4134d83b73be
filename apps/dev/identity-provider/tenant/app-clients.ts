import type { ClientMetadata, Provider } from "oidc-provider";

/** Your own single-page app: a public client with PKCE. */
export const APP_SPA_CLIENT = { clientId: "app-spa" } as const;

/** Your own web server, which keeps a secret. Both ways to send it work, as at Auth0. */
export const APP_WEB_CLIENT = { clientId: "app-web", clientSecret: "app-web-development-secret" } as const;

const APP_CLIENT_IDS: readonly string[] = [APP_SPA_CLIENT.clientId, APP_WEB_CLIENT.clientId];

/** oidc-provider wants a redirect URI, https for `id_token`. {@link allowAppOrigins} decides instead of this one. */
const REDIRECT_URIS = ["https://app.invalid/"];

/** The applications that developers bring along. They may return to any URL of their origins. */
export const APP_CLIENTS: readonly ClientMetadata[] = [
  {
    client_id: APP_SPA_CLIENT.clientId,
    client_name: "Your single-page app",
    token_endpoint_auth_method: "none",
    grant_types: ["authorization_code", "refresh_token"],
    response_types: ["code"],
    redirect_uris: REDIRECT_URIS,
  },
  {
    client_id: APP_WEB_CLIENT.clientId,
    client_secret: APP_WEB_CLIENT.clientSecret,
    client_name: "Your web app",
    token_endpoint_auth_method: "client_secret_post",
    grant_types: ["authorization_code", "implicit", "refresh_token"],
    // The last two are what express-openid-connect sends without, or with, an API.
    response_types: ["code", "id_token", "code id_token"],
    redirect_uris: REDIRECT_URIS,
  },
];

/** A URL without user, fragment, and the spelling that parsers repair: backslashes, white space, control characters. */
const PLAIN_URL = /^https?:\/\/[^\s\\/?#@\p{Cc}]+(?:[/?][^\s\\#\p{Cc}]*)?$/iu;

/** Whether the client is one of {@link APP_CLIENTS}. */
export function isAppClient({ clientId }: { readonly clientId: string }): boolean {
  return APP_CLIENT_IDS.includes(clientId);
}

/**
 * Lets your own apps return to any URL of these origins. Auth0 compares whole URLs, but here nobody should have to
 * register the callback of their framework.
 */
export function allowAppOrigins({ Client }: Provider, origins: readonly string[]): void {
  const isAllowed = (uri: string) => {
    const origin = PLAIN_URL.test(uri) ? URL.parse(uri)?.origin : undefined;
    return origin !== undefined && origins.includes(origin);
  };
  for (const method of ["redirectUriAllowed", "postLogoutRedirectUriAllowed"] as const) {
    const isRegistered = Client.prototype[method];
    Client.prototype[method] = function (uri) {
      return isAppClient(this) ? isAllowed(uri) : isRegistered.call(this, uri);
    };
  }
}
