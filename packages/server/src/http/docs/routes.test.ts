import { gunzipSync, gzipSync } from "node:zlib";
import Fastify from "fastify";
import { expect, it } from "vitest";
import { registerDocsRoutes, type ViewerFile } from "./routes.ts";

it("T75: decodes and inflates each viewer file once, for any number of requests", async () => {
  const text = "viewer ".repeat(50_000);
  const decoded: ViewerFile[] = [];
  const gzipped = gzipSync(text);
  const app = Fastify();
  registerDocsRoutes(app, (file) => {
    decoded.push(file);
    return gzipped;
  });
  const ask = (encoding: string) =>
    app.inject({ url: "/docs/swagger-ui-bundle.js", headers: { "accept-encoding": encoding } });
  const requests = ["gzip", "identity"].flatMap((encoding) => Array(20).fill(encoding));
  for (const { headers, rawPayload } of await Promise.all(requests.map(ask))) {
    expect(Number(headers["content-length"])).toBe(rawPayload.length);
    const plain = headers["content-encoding"] === "gzip" ? gunzipSync(rawPayload) : rawPayload;
    expect(plain.toString()).toBe(text);
  }
  expect(decoded).toEqual(["swagger-ui-bundle.js"]);
  gzipped.fill(0); // can no longer be inflated
  expect((await ask("identity")).body).toBe(text);
});
