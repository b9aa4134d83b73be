import { readFileSync } from "node:fs";
import { get } from "node:http";
import { gunzipSync } from "node:zlib";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { checkPage } from "../browser/check-page.ts";
import { describeWithChromium, SHOWN_MS } from "../browser/chromium.ts";
import { stackOfTests } from "../simulator/of-tests.ts";
import { fresh, logins } from "../simulator/people.ts";
import { describeServer } from "./description.ts";

const stack = stackOfTests();
/** The viewer is another product's page: how large its buttons are is not ours. */
const SWAGGER_UI = { fingers: false };

it("allows scripts and styles from its own host only, and no framing", async () => {
  const { headers } = await fetch(`${stack.url}/docs`);
  expect(headers.get("content-security-policy")).toBe(
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; " +
      "base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  );
  expect(headers.get("x-content-type-options")).toBe("nosniff");
  expect(headers.get("cache-control")).toBe("no-store");
});

it.each([
  ["gzip, deflate, br", true],
  ["*;q=0.1, gzip;q=0.5", true],
  ["gzip;q=0", false],
  ["identity", false],
])("sends the viewer to a client that accepts %j, with gzip: %s", async (accepted, gzipped) => {
  const body = await new Promise<{ encoding: unknown; bytes: Buffer }>((resolve) => {
    const options = { headers: { "accept-encoding": accepted } };
    get(`${stack.url}/docs/swagger-ui.css`, options, async (response) => {
      const bytes = Buffer.concat(await response.toArray());
      resolve({ encoding: response.headers["content-encoding"], bytes });
    });
  });
  expect(body.encoding).toBe(gzipped ? "gzip" : undefined);
  const css = (gzipped ? gunzipSync(body.bytes) : body.bytes).toString("utf8");
  expect(css).toContain(".swagger-ui");
});

it("uses the colours of the frontend", async () => {
  const colours = (css: string) =>
    new Map(
      [...css.matchAll(/(--[\w-]+): (light-dark\(.+\)|#\w+);/g)].map(([, name, value]) => [name, value]),
    );
  const own = colours(await (await fetch(`${stack.url}/docs/page.css`)).text());
  const theme = colours(
    readFileSync(new URL("../../../apps/frontend/src/design/theme.css", import.meta.url), "utf8"),
  );
  expect(own.size).toBeGreaterThan(15);
  for (const [name, value] of own) expect(theme.get(name), name).toBe(value);
});

describeWithChromium("the viewer in a browser", (launch) => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await launch();
  });
  afterAll(() => browser?.close());

  interface Visit {
    readonly page: Page;
    readonly asked: string[];
    readonly complaints: string[];
  }

  async function visit(colorScheme: "light" | "dark"): Promise<Visit> {
    const page = await (await browser.newContext({ colorScheme })).newPage();
    page.setDefaultTimeout(SHOWN_MS);
    const asked: string[] = [];
    const complaints: string[] = [];
    page.on("request", (request) => asked.push(request.url()));
    page.on("console", (message) => {
      if (message.type() === "error" || message.type() === "warning") complaints.push(message.text());
    });
    page.on("pageerror", (error) => complaints.push(error.message));
    await page.goto(`${stack.url}/docs`);
    await page.locator(".opblock").first().waitFor();
    return { page, asked, complaints };
  }

  it.each([
    ["light", "rgb(20, 21, 26)"],
    ["dark", "rgb(238, 239, 243)"],
  ] as const)("shows every operation in %s mode and calls no other host", async (scheme, colour) => {
    const { page, asked, complaints } = await visit(scheme);
    const { operations } = await describeServer(stack.url);
    const shown = await page.locator(".opblock-summary").allInnerTexts();
    for (const name of operations.keys()) {
      const [method = "", path = ""] = name.split(" ");
      expect(
        shown.some((text) => text.includes(method) && text.includes(path)),
        name,
      ).toBe(true);
    }
    expect(shown).toHaveLength(operations.size);
    await page.getByRole("button", { name: /check/ }).first().click();
    const cell = page.locator("td.header-col").first();
    expect(await cell.evaluate((element) => getComputedStyle(element).color)).toBe(colour);
    expect([...new Set(asked.map((url) => new URL(url).origin))]).toEqual([stack.url]);
    expect(complaints).toEqual([]);
    await page.context().close();
  });

  it("has no axe violations with parts expanded, and does not scroll sideways", async () => {
    const { page } = await visit("light");
    await checkPage(page, "docs", { ...SWAGGER_UI, axe: false }); // the last check sees all of this and more
    await page.getByRole("button", { name: "Authorize" }).click();
    await page.getByRole("dialog", { name: "Available authorizations" }).waitFor();
    await checkPage(page, "docs-credentials", SWAGGER_UI);
    await page.getByRole("button", { name: "Close" }).first().click();
    for (const operation of ["#operations-Health-livez", ".opblock-patch"]) {
      const block = page.locator(operation).first();
      await block.locator(".opblock-summary-control").click();
      await block.getByRole("button", { name: "Try it out" }).click();
      if (operation.startsWith("#")) await block.getByRole("button", { name: "Execute" }).click();
    }
    await page.locator(".live-responses-table .highlight-code").first().waitFor();
    await page.locator(".models-control").click();
    for (const schema of (await page.locator(".models [aria-expanded=false]").all()).slice(0, 3))
      await schema.click();
    await checkPage(page, "docs-expanded", SWAGGER_UI);
    await page.context().close();
  });

  it("calls the server with the token that the user entered", async () => {
    const { page, asked, complaints } = await visit("light");
    const email = `${fresh("docs")}@acme.example`;
    await page.getByRole("button", { name: "Authorize" }).click();
    const form = page.locator(".auth-container", { hasText: "X-User-Token" });
    await form.getByRole("textbox").fill(await logins(stack).entra(email));
    await form.getByRole("button", { name: "Authorize with these credentials" }).click();
    await page.getByRole("button", { name: "Close" }).first().click();
    const operation = page.locator(".opblock", { hasText: "/organizations/me" });
    await operation.locator(".opblock-summary-control").click();
    await operation.getByRole("button", { name: "Try it out" }).click();
    await operation.getByRole("button", { name: "Execute" }).click();
    const answer = await operation.locator(".live-responses-table .highlight-code").first().textContent();
    expect(answer).toContain(email);
    expect([...new Set(asked.map((url) => new URL(url).origin))]).toEqual([stack.url]);
    expect(complaints).toEqual([]);
    await page.context().close();
  });
});
