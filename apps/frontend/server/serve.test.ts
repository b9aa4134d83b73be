import { connect } from "node:net";
import { afterAll, beforeAll, expect, it } from "vitest";
import { buildFrontend } from "../build.ts";
import {
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

it("answers with the app", async () => {
  const html = await (await get("/callback?code=c&state=s")).text();
  expect(html).toContain("<title>Loading…</title>");
  // What the policy forbids.
  expect(html).not.toMatch(/<script(?![^>]* src=)|<style|style=|https?:/);
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

it("sends a script gzipped where the browser accepts that, and nothing to one that has it", async () => {
  const [, script = ""] = /src="(\/assets\/[^"]+\.js)"/.exec(await (await get("/")).text()) ?? [];
  const sent = async (headers: Record<string, string>) => {
    const response = await fetch(`${frontend.url}${script}`, { headers });
    return { status: response.status, headers: response.headers, text: await response.text() };
  };
  const plain = await sent({ "accept-encoding": "identity" });
  expect(plain.headers.get("content-type")).toBe("text/javascript");
  expect(plain.headers.get("cache-control")).toBe("public, max-age=31536000, immutable");
  const gzipped = await sent({ "accept-encoding": "br, gzip" });
  expect(plain.headers.get("content-encoding")).toBeNull();
  expect(gzipped.headers.get("content-encoding")).toBe("gzip");
  expect(gzipped.text).toBe(plain.text);
  expect(Number(gzipped.headers.get("content-length"))).toBeLessThan(plain.text.length / 2);
  const known = await sent({ "if-none-match": gzipped.headers.get("etag") ?? "" });
  expect([known.status, known.text]).toEqual([304, ""]);
  expect(known.headers.get("content-security-policy")).toContain("default-src 'self'");
});

it("answers HEAD like GET, without the body", async () => {
  const length = (await (await get("/")).arrayBuffer()).byteLength;
  const headers = { "accept-encoding": "identity" };
  const head = await fetch(frontend.url, { method: "HEAD", headers });
  expect([head.status, Number(head.headers.get("content-length")), await head.text()]).toEqual([
    200,
    length,
    "",
  ]);
});

it("close ends open connections at once", async () => {
  const short = await serveFrontend(options);
  const socket = connect(Number(new URL(short.url).port), "127.0.0.1");
  socket.on("error", () => {});
  await new Promise((resolve) => socket.once("connect", resolve));
  await short.close();
  await expect(fetch(short.url)).rejects.toThrow();
});
