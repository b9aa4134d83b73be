import type { IncomingMessage } from "node:http";
import type { Site, SiteFile } from "./site.ts";

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Buffer;
}

type Asked = Pick<IncomingMessage, "method" | "url" | "headers">;

/** Answers with a file. Any path that is not a file is a page of the app, except below `/assets/`. */
export function answer(site: Site, { method = "GET", url = "/", headers }: Asked): Answer {
  if (method !== "GET" && method !== "HEAD") {
    return { status: 405, headers: { allow: "GET, HEAD", "cache-control": "no-cache" } };
  }
  const [path = "/"] = url.split("?");
  const isAsset = path.startsWith("/assets/");
  const file = site.get(path) ?? (isAsset ? undefined : site.get("/index.html"));
  if (file === undefined) {
    const plain = { "content-type": "text/plain", "cache-control": "no-cache" };
    return { status: 404, headers: plain, body: Buffer.from("Not found\n") };
  }
  const cache = isAsset ? "public, max-age=31536000, immutable" : "no-cache";
  const known = { etag: file.etag, "cache-control": cache, ...(file.gzipped && { vary: "accept-encoding" }) };
  if (isKnown(headers["if-none-match"], file)) return { status: 304, headers: known };
  const gzipped = acceptsGzip(headers["accept-encoding"]) ? file.gzipped : null;
  const content = { "content-type": file.type, ...(gzipped && { "content-encoding": "gzip" }) };
  return { status: 200, headers: { ...known, ...content }, body: gzipped ?? file.body };
}

/** The weak comparison of RFC 9110 §13.1.2: a proxy may have removed or added `W/`. */
function isKnown(ifNoneMatch: string | undefined, { etag }: SiteFile): boolean {
  if (ifNoneMatch === undefined) return false;
  const opaque = (tag: string) => tag.trim().replace(/^W\//, "");
  return ifNoneMatch.trim() === "*" || ifNoneMatch.split(",").some((tag) => opaque(tag) === opaque(etag));
}

/** RFC 9110 §12.5.3: a weight of 0 refuses. */
function acceptsGzip(acceptEncoding: string | readonly string[] = ""): boolean {
  return String(acceptEncoding)
    .split(",")
    .some((coding) => /^\s*gzip\s*(?:;\s*q=(?:1(?:\.0*)?|0?\.0*[1-9]\d*)\s*)?$/i.test(coding));
}
