// @vitest-environment happy-dom
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { type Reply, type Service, startService } from "../../testing/service.ts";
import { loadConfig } from "./config.ts";

const CONFIG = {
  issuer: "http://127.0.0.1:4003/",
  clientId: "platform-frontend",
  audience: "https://platform-api.example",
  platformUrl: "https://platform.example",
  agenticBackendUrl: "https://agentic.example",
};
let server: Service;

beforeAll(async () => {
  server = await startService();
  const { fetch } = globalThis;
  vi.stubGlobal("fetch", (path: string, init?: RequestInit) => fetch(`${server.url}${path}`, init));
});
afterAll(async () => {
  vi.unstubAllGlobals();
  await server.close();
});

it("loadConfig returns the known keys of /config.json", async () => {
  server.replies = { "/config.json": { body: { ...CONFIG, more: "is ignored" } } };
  await expect(loadConfig()).resolves.toEqual({ ...CONFIG, name: "Platform", legalLinks: [] });
});

it.each<[string, Reply, RegExp[]]>([
  ["is missing", { status: 404, body: "" }, [/answered 404/]],
  ["is an HTML page", { body: "<!doctype html>" }, [/it must be an object/]],
  ["is an array", { body: [] }, [/it must be an object/]],
  [
    "has several invalid keys",
    { body: { ...CONFIG, issuer: "auth.example", platformUrl: "ftp://platform.example", clientId: "" } },
    [/issuer must be an http/, /platformUrl must be an http/, /clientId must not be empty/],
  ],
  ["lacks a key", { body: { ...CONFIG, audience: undefined } }, [/audience must be a string/]],
])("loadConfig explains the error when /config.json %s", async (_, reply, messages) => {
  server.replies = { "/config.json": reply };
  const error = await loadConfig().catch((thrown: unknown) => thrown);
  for (const message of messages) expect(String(error)).toMatch(message);
});
