import { expect, it } from "vitest";
import { answer } from "./answer.ts";
import { siteFile } from "./site.ts";

const HTML = "<p>app</p>".repeat(20);
const app = siteFile("text/html", Buffer.from(HTML));
const font = siteFile("font/woff2", Buffer.from("a font ".repeat(20)));
const site = new Map([
  ["/index.html", app],
  ["/assets/font.woff2", font],
  ["/tiny.svg", siteFile("image/svg+xml", Buffer.from("<svg/>"))],
]);
const ask = (url: string, headers: Record<string, string> = {}, method = "GET") =>
  answer(site, { method, url, headers });

it.each([
  ["/", 200, "no-cache"],
  ["/o/acme/members?page=2", 200, "no-cache"],
  ["/../../etc/passwd", 200, "no-cache"],
  ["/%", 200, "no-cache"],
  ["//elsewhere.example", 200, "no-cache"],
  ["/assets/font.woff2", 200, "public, max-age=31536000, immutable"],
  ["/assets/gone.js", 404, "no-cache"],
  ["/assets/../index.html", 404, "no-cache"],
])("answers %s with %i and %s", (url, status, cache) => {
  expect(ask(url)).toMatchObject({ status, headers: { "cache-control": cache } });
});

it.each([
  ["gzip", true],
  ["gzip, deflate, br, zstd", true],
  ["br;q=1.0, GZIP;q=0.8", true],
  ["gzip;q=0", false],
  ["gzip; q=0.000", false],
  ["gzip;q=0.001", true],
  ["x-gzip-like", false],
  ["identity", false],
  ["", false],
])("the app is gzipped for accept-encoding %j: %s", (accepted, isGzipped) => {
  const { headers, body } = ask("/", { "accept-encoding": accepted });
  expect(headers["content-encoding"]).toBe(isGzipped ? "gzip" : undefined);
  expect(headers.vary).toBe("accept-encoding");
  expect(body).toBe(isGzipped ? app.gzipped : app.body);
});

it.each(["/assets/font.woff2", "/tiny.svg"])("sends %s as it is, to everyone", (url) => {
  const { headers } = ask(url, { "accept-encoding": "gzip" });
  expect([headers["content-encoding"], headers.vary]).toEqual([undefined, undefined]);
});

it.each([
  [app.etag, 304],
  [app.etag.replace("W/", ""), 304],
  [`"other", ${app.etag}`, 304],
  ["*", 304],
  ['"other"', 200],
  [font.etag, 200],
])("the server answers if-none-match %s with %i", (etag, status) => {
  const { headers, body, ...rest } = ask("/", { "if-none-match": etag });
  expect(rest.status).toBe(status);
  expect(headers).toMatchObject({ etag: app.etag, vary: "accept-encoding", "cache-control": "no-cache" });
  expect(body?.length).toBe(status === 304 ? undefined : HTML.length);
});

it.each(["POST", "PUT", "DELETE", "OPTIONS"])("refuses %s", (method) => {
  expect(ask("/", {}, method)).toMatchObject({ status: 405, headers: { allow: "GET, HEAD" } });
});
