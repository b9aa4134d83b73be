import { equal } from "node:assert/strict";
import { checkToken } from "./checks.mjs";

const { APP_ORIGIN, PLATFORM_API_URL, TOKEN } = process.env;

/** A page that asks platform-api from another origin, through all entries for browsers. */
export const SCRIPT = `
import { PlatformProvider, usePlatform } from "@platform-api/client/react";
import { useQuery } from "@tanstack/react-query";
import { createElement } from "react";
import { createRoot } from "react-dom/client";

const address = ${JSON.stringify({ url: PLATFORM_API_URL, token: TOKEN })};
function User() {
  const { data, error } = useQuery(usePlatform().auth.validate.queryOptions());
  return error?.message ?? data?.userId ?? "asking";
}
const provider = createElement(PlatformProvider, address, createElement(User));
createRoot(document.getElementById("root")).render(provider);
`;
export const HTML = `<!doctype html><title>app</title><p id="root"></p><script type="module" src="/app.js"></script>`;

/** Fails unless the page shows Jane's user id. */
export async function checkPage(page) {
  await page.goto(APP_ORIGIN);
  await page.waitForFunction(() => !["", "asking"].includes(document.getElementById("root").textContent));
  equal(await page.textContent("#root"), await checkToken(TOKEN));
}
