import { chromium } from "playwright-core";

const { APP_ORIGIN, CHROMIUM, SCREENSHOT, TOKEN } = process.env;

/** Signs in to the app at APP_ORIGIN in a real browser, checks what it shows, reloads it, and signs out. */
export async function walk() {
  const browser = await chromium.launch({ executablePath: CHROMIUM, args: ["--no-sandbox"] });
  try {
    const page = await browser.newPage({ viewport: { width: 640, height: 220 } });
    page.setDefaultTimeout(20_000);
    await page.goto(APP_ORIGIN);
    await page.getByLabel("E-mail address").fill("jane@acme.example");
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.getByText("This page plays Acme’s own sign-in").waitFor();
    await page.getByRole("button", { name: "Sign in" }).click();
    await expectJane(page);
    if (SCREENSHOT) await page.screenshot({ path: SCREENSHOT });

    let shownLogin = false;
    page.on("framenavigated", (frame) => {
      shownLogin ||= frame === page.mainFrame() && new URL(frame.url()).origin !== APP_ORIGIN;
    });
    await page.reload();
    await expectJane(page);
    if (shownLogin) throw new Error("The reload left the app to sign in again");

    await page.getByText("Sign out").click();
    await page.getByLabel("E-mail address").waitFor();
    await page.reload();
    await page.getByLabel("E-mail address").waitFor();
  } finally {
    await browser.close();
  }
}

async function expectJane(page) {
  await page.getByRole("heading", { name: "jane@acme.example" }).waitFor();
  await page.getByText("Acme (member)", { exact: true }).waitFor();
  await page.locator("code", { hasText: await userId() }).waitFor();
}

/** As platform-api says without the app. */
async function userId() {
  const response = await fetch(new URL("/validate", process.env.PLATFORM_API_URL), {
    headers: { authorization: `Bearer ${TOKEN}` },
  });
  if (!response.ok) throw new Error(`/validate answered ${response.status}`);
  return (await response.json()).userId;
}
