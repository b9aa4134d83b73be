import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { buildFrontend } from "@platform-api/frontend/build";
import { type RunningFrontend, serveFrontend } from "@platform-api/frontend/serve";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { button } from "./browser-suite.ts";
import { checkPage, picture } from "./check-page.ts";
import { describeWithChromium, SHOWN_MS } from "./chromium.ts";
import { buildDesign } from "./design-build.ts";

const ORIGIN = "http://127.0.0.1:1";
const config = {
  issuer: `${ORIGIN}/`,
  clientId: "design",
  audience: ORIGIN,
  platformUrl: ORIGIN,
  agenticBackendUrl: ORIGIN,
};

describeWithChromium("the page of the design", (launch) => {
  let browser: Browser;
  let served: RunningFrontend;
  let outDir: string;
  beforeAll(async () => {
    outDir = mkdtempSync(join(tmpdir(), "design-"));
    await buildDesign(fileURLToPath(new URL("../../../apps/frontend", import.meta.url)), outDir);
    // With the content security policy of the app, which its components must not break.
    served = await serveFrontend({ host: "127.0.0.1", port: 0, outDir, config });
    browser = await launch();
  }, 120_000);
  afterAll(async () => {
    await browser?.close();
    await served?.close();
    rmSync(outDir, { recursive: true, force: true });
  });

  async function open(): Promise<{ page: Page; errors: string[] }> {
    const page = await browser.newPage({ reducedMotion: "reduce" });
    page.setDefaultTimeout(SHOWN_MS);
    const errors: string[] = [];
    page.on("console", (message) => message.type() === "error" && errors.push(message.text()));
    page.on("pageerror", (error) => errors.push(error.message));
    await page.goto(`${served.url}/design.html`);
    await page.getByRole("heading", { level: 1, name: "Design" }).waitFor();
    return { page, errors };
  }

  it("has no axe violations in either theme, and nothing overflows", async () => {
    const { page, errors } = await open();
    await checkPage(page, "design");
    expect(errors).toEqual([]);
    await page.close();
  });

  it("shows menus, dialogs and toasts without axe violations", async () => {
    const { page } = await open();
    await button(page, "Role: Admin, light").click();
    await page.getByRole("menuitemradio", { name: "Owner" }).waitFor();
    await picture(page, "design-menu");
    await page.keyboard.press("Escape");
    await button(page, "Open a dialog").click();
    await page.getByRole("dialog", { name: "Invite people" }).waitFor();
    await checkPage(page, "design-dialog");
    await page.keyboard.press("Escape");
    await button(page, "Show a toast with an action").click();
    await page.getByText("Removed. Access ends within 10 seconds.").waitFor();
    await checkPage(page, "design-toast");
    await page.close();
  });

  it("is not part of the app", async () => {
    const files = readdirSync(await buildFrontend(), { recursive: true }).map(String);
    expect(files).toContain("index.html");
    expect(files.filter((file) => /design|gallery/.test(file))).toEqual([]);
  });
});
