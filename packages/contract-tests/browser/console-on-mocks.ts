import type { PlatformClient } from "@platform-api/client";
import type { PlatformHandlers } from "@platform-api/client/testing";
import { buildFrontend } from "@platform-api/frontend/build";
import { type RunningFrontend, serveFrontend } from "@platform-api/frontend/serve";
import { type Customer, configAt, type MockedPlatform, mockPlatform } from "@platform-api/frontend/testing";
import type { Browser, BrowserContext, Page, Route } from "playwright-core";
import { afterAll, beforeAll, type TestContext } from "vitest";
import { freePorts } from "../simulator/free-ports.ts";
import { describeWithChromium } from "./chromium.ts";

const HOST = "127.0.0.1";

/** Where a test begins. */
export interface ConsoleOptions extends Customer {
  /** Called before the page is opened. */
  readonly prepare?: (page: Page) => Promise<unknown>;
}

/** The built frontend in a browser, signed in, with platform-api's mocks behind it. */
export interface Console {
  readonly page: Page;
  /** Plays platform-api: it can refuse, slow down, go down, and be changed by others. */
  readonly platform: PlatformHandlers;
  /** platform-api as another person uses it at the same time. */
  clientOf(email: string): PlatformClient;
}

export interface ConsoleSuite {
  /** Opens a page in a new browser profile, closed after the test. */
  open(test: Pick<TestContext, "onTestFinished">, options: ConsoleOptions): Promise<Console>;
}

/** A suite in a real browser, for the many states of a page. Nothing but the frontend is served. */
export function describeConsole(name: string, suite: (shared: ConsoleSuite) => void): void {
  describeWithChromium(name, (launch) => {
    let browser: Browser;
    let frontend: RunningFrontend;
    beforeAll(async () => {
      browser = await launch();
      frontend = await serveConsole();
    }, 120_000);
    afterAll(async () => {
      await browser?.close();
      await frontend?.close();
    });
    suite({
      async open({ onTestFinished }, options) {
        const context = await browser.newContext({ reducedMotion: "reduce" });
        onTestFinished(() => context.close());
        return openConsole(context, frontend.url, options);
      },
    });
  });
}

/** Serves the built frontend with platform-api below its own address, where {@link openConsole} answers. */
export async function serveConsole(): Promise<RunningFrontend> {
  const [port = 0] = await freePorts(1);
  const origin = `http://${HOST}:${port}`;
  return serveFrontend({ host: HOST, port, outDir: await buildFrontend(), config: configAt(origin) });
}

/** Opens the console. */
export async function openConsole(
  context: BrowserContext,
  url: string,
  { prepare, path, ...customer }: ConsoleOptions,
): Promise<Console> {
  const mocked = mockPlatform(url, customer);
  const { platform, config, session, clientOf } = mocked;
  if (session !== null) {
    await context.addInitScript(([key, value]) => sessionStorage.setItem(key, value), session);
  }
  await context.route(`${url}/config.json`, (route) => route.fulfill({ json: config }));
  await context.route(`${url}/platform/**`, (route) => answer(route, mocked));
  await context.route(`${url}/agentic/**`, (route) =>
    route.fulfill({ json: { runs: [], nextCursor: null, canFail: false } }),
  );
  const page = await context.newPage();
  await prepare?.(page);
  await page.goto(`${url}${path}`);
  return { page, platform, clientOf };
}

async function answer(route: Route, { ask }: MockedPlatform): Promise<void> {
  const asked = route.request();
  const body = asked.postDataBuffer();
  const request = new Request(asked.url(), {
    method: asked.method(),
    headers: await asked.allHeaders(),
    ...(body && { body: new Uint8Array(body) }),
  });
  const response = await ask(request).catch(() => null);
  if (response === null) return route.abort("connectionrefused");
  await route.fulfill({
    status: response.status,
    headers: Object.fromEntries(response.headers),
    body: Buffer.from(await response.arrayBuffer()),
  });
}
