import { signOutOf } from "./angular.mjs";

await signOutOf(
  (settings) => `
import { provideRouter } from "@angular/router";
import { OidcSecurityService, provideAuth } from "angular-auth-oidc-client";
import { firstValueFrom } from "rxjs";
const { issuer, clientId, origin, scope, params } = ${JSON.stringify(settings)};
const config = {
  authority: issuer.slice(0, -1),
  clientId,
  scope,
  redirectUrl: origin + "/callback",
  responseType: "code",
  useRefreshToken: true,
  customParamsAuthRequest: params,
  postLogoutRedirectUri: origin,
};
const oidc = (await start([provideHttpClient(), provideRouter([]), provideAuth({ config })])).get(OidcSecurityService);
const { isAuthenticated } = await firstValueFrom(oidc.checkAuth());
window.tokens = async () => ({
  access: await firstValueFrom(oidc.getAccessToken()),
  refresh: await firstValueFrom(oidc.getRefreshToken()),
});
window.signIn = () => oidc.authorize();
window.signOut = () => firstValueFrom(oidc.logoffAndRevokeTokens());
document.title = isAuthenticated ? "signed in" : "signed out";
`,
);
