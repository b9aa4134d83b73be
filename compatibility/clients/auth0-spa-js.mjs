import { equal } from "node:assert/strict";
import { JANE, onPage, signIn } from "./browser.mjs";
import { checkToken } from "./checks.mjs";

const { APP_ORIGIN, AUDIENCE, CLIENT_ID, ISSUER } = process.env;
const options = {
  domain: ISSUER.slice(0, -1),
  clientId: CLIENT_ID,
  authorizationParams: { ...JANE, audience: AUDIENCE, redirect_uri: APP_ORIGIN },
};
const SCRIPT = `
import { createAuth0Client } from "@auth0/auth0-spa-js";
const options = ${JSON.stringify(options)};
window.auth0 = await createAuth0Client(options); // signs in silently when a session exists
window.renewing = () => createAuth0Client({ ...options, useRefreshTokens: true, useRefreshTokensFallback: true });
if (location.search.includes("code=")) await window.auth0.handleRedirectCallback();
document.title = (await window.auth0.isAuthenticated()) ? "signed in" : "signed out";
`;
const titled = (page, title) => page.waitForFunction((expected) => document.title === expected, title);

await onPage(SCRIPT, async (page) => {
  await titled(page, "signed out");
  await page.evaluate(() => void window.auth0.loginWithRedirect());
  await signIn(page);
  await titled(page, "signed in");
  await checkToken(await page.evaluate(() => window.auth0.getTokenSilently()));

  // A reload signs in by an iframe, with response_mode=web_message.
  await page.goto(APP_ORIGIN);
  await titled(page, "signed in");
  await checkToken(await page.evaluate(() => window.auth0.getTokenSilently({ cacheMode: "off" })));

  await page.evaluate(() => void window.auth0.logout({ logoutParams: { returnTo: location.origin } }));
  await page.waitForURL(`${APP_ORIGIN}/`);
  await titled(page, "signed out");
  const error = () => window.auth0.getTokenSilently().catch((refused) => refused.error);
  equal(await page.evaluate(error), "login_required");

  const [popup] = await Promise.all([
    page.waitForEvent("popup"),
    page.evaluate(() => {
      window.done = window.auth0.loginWithPopup();
    }),
  ]);
  await signIn(popup);
  await page.evaluate(() => window.done);
  equal(await page.evaluate(async () => (await window.auth0.getUser()).email), "jane@acme.example");

  const renewed = await page.evaluate(async () => {
    const client = await window.renewing();
    await client.getTokenSilently({ cacheMode: "off" });
    return client.getTokenSilently({ cacheMode: "off" });
  });
  await checkToken(renewed);
});
