import { connect } from "node:net";
import { afterAll, beforeAll, expect, it } from "vitest";
import {
  buildFrontend,
  type FrontendConfigFile,
  type FrontendOptions,
  type RunningFrontend,
  securityHeaders,
  serveFrontend,
} from "./serve.ts";

const config = {
  issuer: "https://login.example/",
  clientId: "platform-frontend",
  audience: "https://platform-api.example",
  platformUrl: "https://platform.example/base",
  agenticBackendUrl: "https://agentic.example",
};
let options: FrontendOptions;
let frontend: RunningFrontend;

beforeAll(async () => {
  options = { host: "127.0.0.1", port: 0, config, outDir: await buildFrontend() };
  frontend = await serveFrontend(options);
}, 60_000);
afterAll(() => frontend?.close());

const get = (path: string) => fetch(`${frontend.url}${path}`);

it.each(["/", "/runs/7", "/callback?code=c&state=s"])("answers %s with the app", async (path) => {
  const response = await get(path);
  expect(response.status).toBe(200);
  expect(response.headers.get("cache-control")).toBe("no-cache");
  const html = await response.text();
  expect(html).toContain("<title>Loading…</title>");
  // What the policy forbids.
  expect(html).not.toMatch(/<script(?![^>]* src=)|<style|style=|https?:/);
});

it("answers with its files, which browsers may keep", async () => {
  const [, script = ""] = /src="(\/assets\/[^"]+\.js)"/.exec(await (await get("/")).text()) ?? [];
  const response = await get(script);
  expect(response.headers.get("content-type")).toBe("text/javascript");
  expect(response.headers.get("cache-control")).toContain("immutable");
  expect((await get("/assets/gone.js")).status).toBe(404);
});

it("says where the services are, and lets the page talk to those alone", async () => {
  const response = await get("/config.json");
  expect(await response.json()).toEqual({ ...config, name: "Platform", legalLinks: [] });
  const policy = response.headers.get("content-security-policy");
  expect(policy).toContain(
    "connect-src 'self' https://login.example https://platform.example https://agentic.example;",
  );
  expect(policy).toContain("default-src 'self'");
  expect(policy).toContain("img-src 'self';");
  expect(policy).toContain("frame-ancestors 'none'");
  expect(policy).not.toContain("unsafe");
  expect(response.headers.get("x-content-type-options")).toBe("nosniff");
  expect(response.headers.get("referrer-policy")).toBe("no-referrer");
});

it.each<[string, Partial<FrontendConfigFile>, string]>([
  ["nothing more", {}, "https://agentic.example; img-src 'self'; "],
  ["a logo of its own", { logo: "/logo.svg" }, "https://agentic.example; img-src 'self'; "],
  ["a logo elsewhere", { logo: "https://cdn.example/a/logo.svg" }, "img-src 'self' https://cdn.example; "],
  [
    "a service that sends the verification e-mail again",
    { emailVerificationUrl: "https://verify.example/again" },
    "https://agentic.example https://verify.example; ",
  ],
  [
    "the same on a known origin",
    { emailVerificationUrl: "https://login.example/again" },
    "https://agentic.example; ",
  ],
])("with %s, the policy allows that alone", (_, more, allowed) => {
  const { "content-security-policy": policy } = securityHeaders({ ...config, ...more });
  expect(policy).toContain(allowed);
});

it("refuses a port that is taken, and a wrong configuration", async () => {
  const port = Number(new URL(frontend.url).port);
  await expect(serveFrontend({ ...options, port })).rejects.toThrow(/EADDRINUSE/);
  await expect(serveFrontend({ ...options, config: { ...config, issuer: "login" } })).rejects.toThrow(
    /issuer/,
  );
});

it("close ends open connections at once", async () => {
  const short = await serveFrontend(options);
  const socket = connect(Number(new URL(short.url).port), "127.0.0.1");
  socket.on("error", () => {});
  await new Promise((resolve) => socket.once("connect", resolve));
  await short.close();
  await expect(fetch(short.url)).rejects.toThrow();
});
