import { once } from "node:events";
import { existsSync, readFileSync, statSync } from "node:fs";
import { type IncomingMessage, request } from "node:http";
import { join } from "node:path";
import { securityHeaders } from "@platform-api/frontend/serve";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { button, heading, signInBySso, startRun, userIdOn } from "../browser/browser-suite.ts";
import { findChromium } from "../browser/chromium.ts";
import { LOOPBACK, listeners } from "../pages/listening.ts";
import { readPage } from "../pages/page.ts";
import { describeWith } from "../pages/programs.ts";
import { prepareTrial, type Trial } from "./trial.ts";

const { text: PAGE } = readPage("docs/deploy.md");
const NEEDED = ["nginx", "postgres", "chromium", "curl", "start-stop-daemon", "root"] as const;
const MINUTES = 60_000;
/** The user and the group. */
const NOBODY = "65534";
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

describeWith(NEEDED, "a bare Debian machine, set up from docs/deploy.md alone", () => {
  let trial: Trial;
  let browser: Browser;
  let printed = "";
  beforeAll(async () => {
    trial = await prepareTrial();
    printed = await trial.run(...Array.from({ length: 10 }, (_, index) => index + 1));
    const launch = findChromium();
    if (launch !== null) browser = await launch();
  }, 8 * MINUTES);
  afterAll(async () => {
    await browser?.close();
    await trial?.clean();
  }, 2 * MINUTES);

  /** The user of the token in the output of the last step. */
  const userIn = (output: string) => /"userId":"([^"]+)"/.exec(output)?.[1];

  it("prints what the page says", () => {
    expect(printed).toContain("the frontend answers 200\n");
    expect(printed.match(/^\{"status":"ready"\}$/gm)).toHaveLength(2);
    expect(printed).toContain("metrics through the proxy: 404\n");
    expect(printed).toMatch(/^platform_api_build_info\{version="[^"]+",node="v24/m);
    expect(userIn(printed)).toMatch(UUID);
  });

  it("signs Jane in through nginx in a browser, where she starts a run and sees her UUID", {
    timeout: 3 * MINUTES,
  }, async () => {
    const page = await browser.newPage();
    page.setDefaultTimeout(20_000);
    const complaints: string[] = [];
    page.on("console", (message) => {
      if (message.type() === "error") complaints.push(message.text());
    });
    const site = { url: trial.url("FRONTEND_PORT"), issuer: `${trial.url("IDENTITY_PROVIDER_PORT")}/` };
    await signInBySso(page, site, "jane@acme.example", "Continue with Acme (Entra ID)");
    await heading(page, "Runs").waitFor();
    await startRun(page, "Summarize the tickets");
    await button(page, "Approve").click();
    await page.getByText("Succeeded", { exact: true }).waitFor();
    expect(await userIdOn(page)).toBe(userIn(printed));
    expect(complaints).toEqual([]);
    const presses = ["Continue", "Continue with Acme (Entra ID)", "Sign in", "Use an example", "Start run"];
    for (const press of [...presses, "Approve"]) expect(PAGE).toContain(`**${press}**`);
  });

  it("gives each request of a browser one id, in the logs of nginx and of platform-api", async () => {
    const ofProxy = (port: string) =>
      trial
        .log("platform.log")
        .split("\n")
        .filter((line) => line.includes(`] ${new URL(trial.url(port)).port} "`))
        .map((line) => line.split(" ").at(-1));
    const idsOfApi = () =>
      [...trial.log("platform-api.log").matchAll(/"request_id":"([^"]+)"/g)].map(([, id]) => id);
    expect(ofProxy("PUBLIC_API_PORT").length).toBeGreaterThan(6);
    expect(ofProxy("PUBLIC_BACKEND_PORT").length).toBeGreaterThan(1);
    // The proxy itself answers the one for /metrics. The page in the browser may still ask for more.
    await expect
      .poll(() => ofProxy("PUBLIC_API_PORT").filter((id) => !idsOfApi().includes(id ?? "")))
      .toHaveLength(1);
  });

  it("logs no code and no token", () => {
    const logs = ["platform.log", "platform-api.log", "agentic-backend.log"].map(trial.log).join("");
    expect(logs).toContain('"GET /callback"');
    expect(logs).not.toMatch(/[?&]code=|eyJ/);
  });

  it.each(["/metrics", "/metrics/", "//metrics", "/%6detrics", "/x/../metrics", "/metrics?a"])(
    "nginx itself answers 404 to %s",
    async (path) => {
      const { status, headers } = await fetch(`${trial.url("PUBLIC_API_PORT")}${path}`);
      expect([status, headers.get("content-type")]).toEqual([404, "text/html"]);
    },
  );

  it.each([
    ["PUBLIC_API_PORT", 32_768, [400, 401, 404]],
    ["PUBLIC_API_PORT", 32_769, [413]],
    ["PUBLIC_BACKEND_PORT", 131_072, [400, 401, 404]],
    ["PUBLIC_BACKEND_PORT", 131_073, [413]],
  ])("a request to %s with a body of %i bytes gets one of %j", async (port, bytes, statuses) => {
    const body = "a".repeat(bytes);
    const headers = { "content-type": "text/plain" };
    const { status } = await fetch(`${trial.url(port)}/runs`, { method: "POST", body, headers });
    expect(statuses).toContain(status);
  });

  it("serves the frontend with the policy of its configuration", async () => {
    const config = JSON.parse(readFileSync(join(trial.home, "frontend/config.json"), "utf8"));
    const { headers } = await fetch(`${trial.url("FRONTEND_PORT")}/o/acme/members`);
    for (const [name, value] of Object.entries(securityHeaders(config)))
      expect(headers.get(name)).toBe(value);
  });

  it("listens on the loopback address only", async () => {
    const all = listeners();
    const used = (await trial.portsInUse()).map((name) => new URL(trial.url(name)).port);
    expect(used.length).toBeGreaterThan(10);
    for (const port of used) {
      const addresses = all.filter((each) => each.port === Number(port)).map(({ address }) => address);
      expect(addresses, port).toEqual([LOOPBACK]);
    }
  });

  it("runs the services without a right of root, and nginx cannot read their secrets", () => {
    const idsOf = (name: string) => {
      const pid = readFileSync(join(trial.home, "run", `${name}.pid`), "utf8").trim();
      return /^Uid:\t(\d+)\t(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.slice(1);
    };
    for (const name of ["platform-api", "agentic-backend"]) expect(idsOf(name)).toEqual([NOBODY, NOBODY]);
    for (const name of ["platform-api.env", "agentic-backend.env"]) {
      const { mode, uid, gid } = statSync(join(trial.home, "etc", name));
      expect([mode & 0o777, uid, `${gid}`]).toEqual([0o640, 0, NOBODY]);
    }
    expect(readFileSync(join(trial.home, "nginx/nginx.conf"), "utf8")).toMatch(/^user www-data;$/m);
  });

  it("limits each client by its own address, which it cannot choose", async () => {
    const discover = async (localAddress: string, forwardedFor: string) => {
      const url = `${trial.url("PUBLIC_API_PORT")}/public/auth/discover`;
      const headers = { "content-type": "application/json", "x-forwarded-for": forwardedFor };
      const sent = request(url, { method: "POST", localAddress, headers });
      sent.end(JSON.stringify({ email: "jane@acme.example" }));
      const [answer]: IncomingMessage[] = await once(sent, "response");
      answer?.resume();
      return answer?.statusCode;
    };
    const statuses = new Set<number | undefined>();
    for (let index = 0; index < 70; index += 1) statuses.add(await discover("127.0.0.2", `192.0.2.${index}`));
    expect([...statuses]).toEqual([200, 429]);
    expect(await discover("127.0.0.3", "127.0.0.2")).toBe(200);
  });

  it("stops everything, and starts again with the same user", { timeout: 4 * MINUTES }, async () => {
    await trial.run(1, 12);
    await expect.poll(() => trial.portsInUse()).toEqual([]);
    expect(trial.processes()).toEqual([]);
    expect(PAGE).toContain("run the blocks 1, 5 and 9.");
    const again = await trial.run(1, 5, 9, 10);
    expect(userIn(again)).toBe(userIn(printed));
  });

  it("leaves no process, no port and no file when it is removed", { timeout: 2 * MINUTES }, async () => {
    await trial.run(1, 12, 13);
    await expect.poll(() => trial.portsInUse()).toEqual([]);
    expect(trial.processes()).toEqual([]);
    expect(existsSync(trial.home)).toBe(false);
  });
});
