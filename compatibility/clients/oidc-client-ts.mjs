import { equal } from "node:assert/strict";
import { JANE, onPage, signIn } from "./browser.mjs";
import { checkRevoked, checkToken } from "./checks.mjs";

const { APP_ORIGIN, AUDIENCE, CLIENT_ID, ISSUER } = process.env;
const { login_hint, ...extraQueryParams } = JANE;
const options = {
  authority: ISSUER,
  client_id: CLIENT_ID,
  redirect_uri: `${APP_ORIGIN}/callback`,
  silent_redirect_uri: `${APP_ORIGIN}/silent`,
  post_logout_redirect_uri: APP_ORIGIN,
  scope: "openid profile email offline_access",
  revokeTokensOnSignout: true, // both
  extraQueryParams: { ...extraQueryParams, audience: AUDIENCE },
};
const SCRIPT = `
import { UserManager } from "oidc-client-ts";
const manager = (window.manager = new UserManager(${JSON.stringify(options)}));
if (location.pathname === "/silent") await manager.signinSilentCallback();
else {
  if (location.pathname === "/callback") await manager.signinRedirectCallback();
  document.title = (await manager.getUser()) ? "signed in" : "signed out";
}
`;
const titled = (page, title) => page.waitForFunction((expected) => document.title === expected, title);

await onPage(SCRIPT, async (page) => {
  await titled(page, "signed out");
  await page.evaluate((hint) => void window.manager.signinRedirect({ login_hint: hint }), login_hint);
  await signIn(page);
  await titled(page, "signed in");
  const user = await page.evaluate(() => window.manager.getUser());
  equal(user.profile.email, "jane@acme.example");
  await checkToken(user.access_token);
  const renewed = await page.evaluate(() => window.manager.signinSilent());
  await checkToken(renewed.access_token);
  await page.evaluate(() => void window.manager.signoutRedirect());
  await page.waitForURL(`${APP_ORIGIN}/`);
  await titled(page, "signed out");
  await checkRevoked(renewed.refresh_token);
});
