import { once } from "node:events";
import { createServer } from "node:http";
import { build } from "esbuild";
import { chromium } from "playwright-core";

const { APP_ORIGIN, CHROMIUM } = process.env;

/** The parameters that platform-api's discovery answers for Jane's address. */
export const JANE = { connection: "acme-entra", organization: "org_acme", login_hint: "jane@acme.example" };

/** Opens a page of a real browser, and closes the browser after the work. */
export async function inBrowser(work) {
  const browser = await chromium.launch({
    executablePath: CHROMIUM,
    args: ["--no-sandbox", "--disable-gpu"],
  });
  try {
    // The certificate of an identity provider on https is a local one.
    const page = await browser.newPage({ ignoreHTTPSErrors: true });
    page.setDefaultTimeout(20_000);
    page.on("pageerror", (error) => process.stderr.write(`page: ${error.message}\n`));
    page.on(
      "console",
      (message) => message.type() === "error" && process.stderr.write(`page: ${message.text()}\n`),
    );
    return await work(page);
  } finally {
    await browser.close();
  }
}

/** Serves these files, by path, on APP_ORIGIN during the work. Other paths get the file of `/`. */
export async function serving(files, work) {
  const types = { js: "text/javascript", css: "text/css", svg: "image/svg+xml" };
  const server = createServer(({ url }, response) => {
    const path = url.split("?")[0];
    const type = types[path.split(".").pop()] ?? "text/html";
    response.setHeader("content-type", `${type}; charset=utf-8`).end(files[path] ?? files["/"]);
  });
  server.listen(new URL(APP_ORIGIN).port, new URL(APP_ORIGIN).hostname);
  await once(server, "listening");
  try {
    return await work();
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

/** Bundles the script for a browser, and opens it as the only page of APP_ORIGIN. */
export async function onPage(script, work) {
  const stdin = { contents: script, resolveDir: import.meta.dirname };
  const { outputFiles } = await build({
    stdin,
    bundle: true,
    format: "esm",
    write: false,
    logLevel: "error",
  });
  const files = {
    "/": `<!doctype html><title>app</title><script type="module" src="/app.js"></script>`,
    "/app.js": outputFiles[0].text,
  };
  return serving(files, () =>
    inBrowser(async (page) => {
      await page.goto(APP_ORIGIN);
      return work(page);
    }),
  );
}

/** Signs Jane in on the login page that the page or popup is going to show. */
export async function signIn(page) {
  await page.getByRole("button", { name: "Sign in" }).click();
}

/** Opens a URL that is going to return to APP_ORIGIN. */
export function visit(url, work) {
  return serving({ "/": "<!doctype html><title>app</title>" }, () =>
    inBrowser(async (page) => {
      await page.goto(String(url));
      return work(page);
    }),
  );
}

/** Signs Jane in at an authorization URL. @returns the URL of the callback */
export function callbackOf(authorizationUrl) {
  return visit(authorizationUrl, async (page) => {
    await signIn(page);
    await page.waitForURL(`${APP_ORIGIN}/**`);
    return new URL(page.url());
  });
}
