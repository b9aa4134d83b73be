import { createContext, runInContext } from "node:vm";
import { type FrontendConfigFile, securityHeaders } from "@platform-api/frontend/serve";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { heading } from "../browser/browser-suite.ts";
import { describeWithChromium, SHOWN_MS } from "../browser/chromium.ts";
import { fileText, readPage } from "../pages/page.ts";
import { describeWith } from "../pages/programs.ts";
import { type RunningWebServer, WEB_SERVERS } from "./web-servers.ts";

const PAGE = readPage("docs/deploy-frontend.md");
const [CONFIG = ""] = PAGE.code("json");
const text = z.string();
const configShape = z.object({
  issuer: text,
  clientId: text,
  audience: text,
  platformUrl: text,
  agenticBackendUrl: text,
});
const config: FrontendConfigFile = configShape.parse(JSON.parse(CONFIG));
const HEADERS = securityHeaders(config);
const POLICY = HEADERS["content-security-policy"] ?? "";

describe("the headers of docs/deploy-frontend.md", () => {
  it("are the headers that the app is developed with", () => {
    const [documented = ""] = PAGE.code("").filter((text) => text.startsWith("Content-Security-Policy"));
    const entries = documented.trim().split("\n");
    const sent = Object.entries(HEADERS).map(([name, value]) => `${name}: ${value}`);
    expect(entries.map((line) => line.replace(/^.+?:/, (name) => name.toLowerCase()))).toEqual(sent);
  });

  it("are those of CloudFront", () => {
    const policy = fileText("deploy/frontend/response-headers-policy.json");
    for (const value of Object.values(HEADERS)) if (value !== "nosniff") expect(policy).toContain(value);
    expect(policy).toContain("ContentTypeOptions");
  });

  it.each([
    ["/", "/index.html"],
    ["/callback", "/index.html"],
    ["/o/acme/members", "/index.html"],
    ["/o/acme.example/runs/7", "/index.html"],
    ["/config.json", "/config.json"],
    ["/logo.svg", "/logo.svg"],
    ["/assets/gone.js", "/assets/gone.js"],
  ])("the function of CloudFront answers %s with %s", (uri, file) => {
    const context = createContext({ event: { request: { uri } } });
    runInContext(
      `${fileText("deploy/frontend/cloudfront-function.js")}\nresult = handler(event).uri;`,
      context,
    );
    expect(context).toHaveProperty("result", file);
  });
});

const suite = ({ start }: (typeof WEB_SERVERS)[number]) => {
  let server: RunningWebServer;
  beforeAll(async () => {
    server = await start(CONFIG);
  }, 120_000);
  afterAll(() => server?.stop());

  const get = async (path: string) => {
    const response = await fetch(`${server.url}${path}`);
    const { status, headers } = response;
    for (const [name, value] of Object.entries(HEADERS))
      expect(headers.get(name), `${path} ${name}`).toBe(value);
    return {
      status,
      cache: headers.get("cache-control"),
      type: headers.get("content-type"),
      body: await response.text(),
    };
  };

  it("answers every page with the app, which is asked for again at each visit", async () => {
    for (const path of ["/", "/o/acme/members", "/callback?code=c&state=s", "/index.html"]) {
      const { status, cache, type, body } = await get(path);
      expect([path, status, cache, type?.split(";")[0]]).toEqual([path, 200, "no-cache", "text/html"]);
      expect(body).toContain('<div id="root">');
    }
  });

  it("answers each file of the build with its type, to be kept for a year, and a missing one with 404", async () => {
    const { body } = await get("/");
    const files = [...body.matchAll(/"(\/assets\/[^"]+)"/g)].map(([, file = ""]) => file);
    expect(files.map((file) => file.split(".").at(-1))).toEqual(expect.arrayContaining(["js", "css", "svg"]));
    for (const file of files) {
      const { status, cache, type } = await get(file);
      expect([status, cache]).toEqual([200, "public, max-age=31536000, immutable"]);
      expect(type, file).toMatch(/javascript|text\/css|image\/svg\+xml/);
    }
    for (const gone of ["/assets/gone.js", "/assets/gone/gone.css"]) {
      const { status, cache, body: text } = await get(gone);
      expect([gone, status, cache]).toEqual([gone, 404, "no-cache"]);
      expect(text).not.toContain('<div id="root">');
    }
  });

  it("answers /config.json with the configuration, which no browser keeps", async () => {
    const { status, cache, type, body } = await get("/config.json");
    expect([status, cache, type?.split(";")[0]]).toEqual([200, "no-cache", "application/json"]);
    expect(JSON.parse(body)).toMatchObject(config);
  });

  it("compresses scripts", async () => {
    const [, script] = /src="(\/assets\/[^"]+\.js)"/.exec((await get("/")).body) ?? [];
    const { headers } = await fetch(`${server.url}${script}`, { headers: { "accept-encoding": "gzip" } });
    expect(headers.get("content-encoding")).toBe("gzip");
  });

  describeWithChromium("in Chromium", (launch) => {
    let browser: Browser;
    beforeAll(async () => {
      browser = await launch();
    });
    afterAll(() => browser?.close());

    it("shows the sign-in page, within the policy", async () => {
      const page = await browser.newPage();
      page.setDefaultTimeout(SHOWN_MS);
      const complaints: string[] = [];
      page.on("console", (message) => {
        if (message.type() === "error") complaints.push(message.text());
      });
      page.on("pageerror", (error) => complaints.push(error.message));
      await page.goto(`${server.url}/o/acme/members`);
      await heading(page, "Sign in to Platform").waitFor();
      expect(await page.evaluate(() => document.fonts.ready.then(({ size }) => size))).toBeGreaterThan(0);
      expect(complaints).toEqual([]);
      // Another host is out of reach for the page.
      const refused = await page.evaluate(
        () =>
          new Promise((resolve) => {
            document.addEventListener("securitypolicyviolation", (event) =>
              resolve(event.effectiveDirective),
            );
            fetch("https://elsewhere.example").catch(() => {});
          }),
      );
      expect(refused).toBe("connect-src");
    });
  });
};
for (const server of WEB_SERVERS)
  describeWith(server.needed, `the frontend served by ${server.name}`, () => suite(server));

it("the policy names each service of the configuration", () => {
  for (const url of [config.issuer, config.platformUrl, config.agenticBackendUrl])
    expect(POLICY).toContain(new URL(url).origin);
});
