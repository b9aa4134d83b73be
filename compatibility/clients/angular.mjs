import { JANE, onPage, signIn } from "./browser.mjs";
import { checkRevoked, checkToken } from "./checks.mjs";

const { APP_ORIGIN, AUDIENCE, CLIENT_ID, ISSUER } = process.env;
const SETTINGS = {
  issuer: ISSUER,
  clientId: CLIENT_ID,
  origin: APP_ORIGIN,
  scope: "openid profile email offline_access",
  params: { ...JANE, audience: AUDIENCE },
};
const START = `
import "@angular/compiler";
import { provideHttpClient } from "@angular/common/http";
import { createApplication } from "@angular/platform-browser";
const start = async (providers) => (await createApplication({ providers })).injector;
`;
const titled = (page, title) => page.waitForFunction((expected) => document.title === expected, title);

/** Signs Jane in through an Angular library, and signs her out in its way that revokes the tokens. */
export function signOutOf(scriptOf) {
  return onPage(`${START}${scriptOf(SETTINGS)}`, async (page) => {
    await titled(page, "signed out");
    await page.evaluate(() => void window.signIn());
    await signIn(page);
    await titled(page, "signed in");
    const { access, refresh } = await page.evaluate(() => window.tokens());
    await checkToken(access);
    await page.evaluate(() => void window.signOut());
    await page.waitForURL(`${APP_ORIGIN}/`);
    await titled(page, "signed out");
    await checkRevoked(refresh);
  });
}
