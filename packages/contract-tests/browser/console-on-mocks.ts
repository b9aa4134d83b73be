import {
  type PlatformHandlers,
  platformHandlers,
  type TestOrganization,
  type TestUser,
} from "@platform-api/client/testing";
import { buildFrontend } from "@platform-api/frontend/build";
import { type FrontendConfigFile, type RunningFrontend, serveFrontend } from "@platform-api/frontend/serve";
import { getResponse } from "msw";
import type { Browser, BrowserContext, Page, Route } from "playwright-core";
import { afterAll, beforeAll, type TestContext } from "vitest";
import { freePorts } from "../platform/free-ports.ts";
import { describeWithChromium } from "./chromium.ts";

const HOST = "127.0.0.1";
const CLIENT_ID = "platform-frontend";

/** The customer of a test, and where it begins. */
export interface ConsoleOptions {
  readonly organizations: readonly TestOrganization[];
  readonly users: readonly TestUser[];
  /** The address of the user who is signed in. Without it the page begins signed out. */
  readonly as?: string;
  /** Such as `/o/acme/members`. */
  readonly path: string;
  /** Added to `/config.json`. */
  readonly config?: Partial<FrontendConfigFile>;
  /** Called before the page is opened. */
  readonly prepare?: (page: Page) => Promise<unknown>;
}

/** The built frontend in a browser, signed in, with platform-api's mocks behind it. */
export interface Console {
  readonly page: Page;
  /** Plays platform-api: it can refuse, slow down, go down, and be changed by others. */
  readonly platform: PlatformHandlers;
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

function configAt(origin: string): FrontendConfigFile {
  return {
    issuer: `${origin}/issuer/`,
    clientId: CLIENT_ID,
    audience: "https://platform-api.example",
    platformUrl: `${origin}/platform`,
    agenticBackendUrl: `${origin}/agentic`,
  };
}

/** Opens the console. */
export async function openConsole(
  context: BrowserContext,
  url: string,
  { organizations, users, as, path, config, prepare }: ConsoleOptions,
): Promise<Console> {
  const platform = platformHandlers({ url: `${url}/platform`, organizations, users });
  if (as !== undefined) await signIn(context, { email: as, url, platform });
  if (config !== undefined) {
    const json = { ...configAt(url), ...config };
    await context.route(`${url}/config.json`, (route) => route.fulfill({ json }));
  }
  await context.route(`${url}/platform/**`, (route) => answer(route, platform));
  await context.route(`${url}/agentic/**`, (route) =>
    route.fulfill({ json: { runs: [], nextCursor: null } }),
  );
  const page = await context.newPage();
  await prepare?.(page);
  await page.goto(`${url}${path}`);
  return { page, platform };
}

interface SignedIn {
  readonly email: string;
  readonly url: string;
  readonly platform: PlatformHandlers;
}

/** Stores the session of a user, as the frontend does after a sign-in. */
async function signIn(context: BrowserContext, { email, url, platform }: SignedIn): Promise<void> {
  const session = {
    access_token: platform.tokenFor(email),
    token_type: "Bearer",
    scope: "openid profile email offline_access",
    profile: { sub: `auth0|${email}`, iss: `${url}/issuer/`, aud: CLIENT_ID, email },
    expires_at: Math.floor(Date.now() / 1_000) + 3_600,
  };
  await context.addInitScript(([key, value]) => sessionStorage.setItem(key, value), [
    `oidc.user:${url}/issuer/:${CLIENT_ID}`,
    JSON.stringify(session),
  ] as const);
}

async function answer(route: Route, { handlers }: PlatformHandlers): Promise<void> {
  const asked = route.request();
  const body = asked.postDataBuffer();
  const request = new Request(asked.url(), {
    method: asked.method(),
    headers: await asked.allHeaders(),
    ...(body && { body: new Uint8Array(body) }),
  });
  const response = await getResponse([...handlers], request);
  if (response === undefined || response.type === "error") return route.abort("connectionrefused");
  await route.fulfill({
    status: response.status,
    headers: Object.fromEntries(response.headers),
    body: Buffer.from(await response.arrayBuffer()),
  });
}
