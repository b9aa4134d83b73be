import { signOutOf } from "./angular.mjs";

await signOutOf(
  (settings) => `
import { OAuthService, provideOAuthClient } from "angular-oauth2-oidc";
const { issuer, clientId, origin, scope, params } = ${JSON.stringify(settings)};
const oauth = (await start([provideHttpClient(), provideOAuthClient()])).get(OAuthService);
oauth.configure({
  issuer,
  clientId,
  scope,
  redirectUri: origin + "/callback",
  responseType: "code",
  customQueryParams: params,
  postLogoutRedirectUri: origin,
});
await oauth.loadDiscoveryDocumentAndTryLogin();
window.tokens = () => ({ access: oauth.getAccessToken(), refresh: oauth.getRefreshToken() });
window.signIn = () => oauth.initCodeFlow();
window.signOut = () => oauth.revokeTokenAndLogout();
document.title = oauth.hasValidAccessToken() ? "signed in" : "signed out";
`,
);
