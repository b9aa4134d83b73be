import { deepEqual } from "node:assert/strict";
import { once } from "node:events";
import express from "express";
import passport from "passport";
import Auth0Strategy from "passport-auth0";
import { inBrowser, JANE, signIn } from "./browser.mjs";
import { checkToken } from "./checks.mjs";

const { APP_ORIGIN, AUDIENCE, ISSUER, WEB_CLIENT_ID, WEB_CLIENT_SECRET } = process.env;
const options = {
  domain: new URL(ISSUER).host,
  clientID: WEB_CLIENT_ID,
  clientSecret: WEB_CLIENT_SECRET,
  callbackURL: `${APP_ORIGIN}/callback`,
};
passport.use(
  new Auth0Strategy(options, (token, _refreshToken, _extra, profile, done) => done(null, { token, profile })),
);

const app = express();
const session = {}; // of the only user
app.use((request, _response, next) => {
  request.session = session;
  next();
});
const scope = "openid profile email";
app.get("/login", passport.authenticate("auth0", { session: false, scope, audience: AUDIENCE }));
app.get("/callback", passport.authenticate("auth0", { session: false }), ({ user }, response) =>
  response.json(user),
);
const server = app.listen(new URL(APP_ORIGIN).port, new URL(APP_ORIGIN).hostname);
await once(server, "listening");
try {
  const { token, profile } = await inBrowser(async (page) => {
    await page.goto(`${APP_ORIGIN}/login`);
    await page.getByLabel("E-mail address").fill(JANE.login_hint);
    await signIn(page); // leads to Acme
    await page.getByText("Entra ID").waitFor();
    await signIn(page);
    await page.waitForURL(`${APP_ORIGIN}/callback**`);
    return JSON.parse(await page.textContent("body"));
  });
  // The profile is from /userinfo, which gets the token in the query.
  deepEqual([profile.displayName, profile.emails], ["Jane Doe", [{ value: JANE.login_hint }]]);
  await checkToken(token);
} finally {
  server.closeAllConnections();
  server.close();
}
