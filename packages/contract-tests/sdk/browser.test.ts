import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { build } from "vite";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type Listening, listen } from "../../client/src/test-servers/listening.ts";
import { describeWithChromium, SHOWN_MS } from "../browser/chromium.ts";

describeWithChromium("the SDK's handlers in a browser", (launch) => {
  let server: Listening;
  const paths: string[] = [];

  beforeAll(async () => {
    const files = await pageFiles();
    server = await listen(({ url: path = "" }, response) => {
      paths.push(path);
      const location = path.replace("/moved", "");
      if (location !== path) return response.writeHead(307, { location }).end();
      const [type, body] = files.get(path) ?? [
        "text/html",
        '<script type="module" src="/page.js"></script><body>',
      ];
      return response.setHeader("content-type", type).end(body);
    });
  });
  afterAll(() => server?.close());

  it("answer the calls of a page with results, refusals and outages", async () => {
    const browser = await launch();
    try {
      const page = await browser.newPage();
      page.setDefaultTimeout(SHOWN_MS);
      await page.goto(server.url);
      await page.waitForFunction(() => document.body.textContent?.startsWith("{"));
      expect(JSON.parse((await page.textContent("body")) ?? "")).toEqual({
        roles: ["owner"],
        method: "password",
        outage: ["KEYS_UNAVAILABLE", 2_000],
        silence: null,
        redirect: [null, true],
      });
      expect(paths.filter((path) => path.includes("/trpc/"))).toEqual(["/moved/trpc/org.me"]);
    } finally {
      await browser.close();
    }
  });
});

/** The page's script and MSW's worker, by path. */
async function pageFiles(): Promise<ReadonlyMap<string, [type: string, body: string]>> {
  const built = await build({
    configFile: false,
    logLevel: "error",
    build: {
      write: false,
      target: "es2022",
      rolldownOptions: { input: fileURLToPath(new URL("page.ts", import.meta.url)) },
    },
  });
  const outputs = [built].flat().flatMap((result) => ("output" in result ? result.output : []));
  const code = outputs.find((file) => file.type === "chunk" && file.isEntry);
  const worker = createRequire(import.meta.url).resolve("msw/mockServiceWorker.js");
  return new Map([
    ["/page.js", ["text/javascript", code?.type === "chunk" ? code.code : ""]],
    ["/mockServiceWorker.js", ["text/javascript", readFileSync(worker, "utf8")]],
  ]);
}
