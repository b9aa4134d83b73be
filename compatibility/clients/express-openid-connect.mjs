import { once } from "node:events";
import express from "express";
import openidConnect from "express-openid-connect";
import { inBrowser, JANE, signIn } from "./browser.mjs";
import { checkToken } from "./checks.mjs";

const { APP_ORIGIN, AUDIENCE, ISSUER, WEB_CLIENT_ID, WEB_CLIENT_SECRET } = process.env;
const { auth, requiresAuth } = openidConnect;
const options = {
  issuerBaseURL: ISSUER,
  baseURL: APP_ORIGIN,
  clientID: WEB_CLIENT_ID,
  clientSecret: WEB_CLIENT_SECRET,
  secret: "a secret of at least 32 characters, for the cookie",
  authRequired: false,
  idpLogout: true,
};

/** Signs in to an app with these parameters, and signs out. */
async function tryWith(authorizationParams, check) {
  const app = express();
  app.use(
    auth({
      ...options,
      authorizationParams: { ...JANE, scope: "openid profile email", ...authorizationParams },
    }),
  );
  app.get("/", ({ oidc }, response) => response.send(oidc.isAuthenticated() ? "signed in" : "signed out"));
  app.get("/me", requiresAuth(), ({ oidc }, response) =>
    response.json({ email: oidc.user.email, token: oidc.accessToken?.access_token }),
  );
  const server = app.listen(new URL(APP_ORIGIN).port, new URL(APP_ORIGIN).hostname);
  await once(server, "listening");
  try {
    await inBrowser(async (page) => {
      await page.goto(`${APP_ORIGIN}/me`);
      await signIn(page);
      await page.waitForURL(`${APP_ORIGIN}/me`);
      await check(JSON.parse(await page.textContent("body")));
      await page.goto(`${APP_ORIGIN}/logout`);
      await page.getByText("signed out").waitFor();
    });
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

// Its defaults: an ID token by form post.
await tryWith({}, ({ email }) => {
  if (email !== "jane@acme.example") throw new Error(`signed in as ${email}`);
});
await tryWith({ response_type: "code", audience: AUDIENCE }, ({ token }) => checkToken(token));
