import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { extname, join, relative } from "node:path";
import { gzipSync } from "node:zlib";

const TYPE_OF: Partial<Record<string, string>> = {
  ".html": "text/html",
  ".js": "text/javascript",
  ".css": "text/css",
  ".svg": "image/svg+xml",
  ".png": "image/png",
  ".woff2": "font/woff2",
};
/** Fonts and pictures are compressed already. */
const COMPRESSIBLE = /^text\/|json|svg/;

/** A file as it is sent. */
export interface SiteFile {
  readonly type: string;
  readonly body: Buffer;
  /** Null where compression saves nothing. */
  readonly gzipped: Buffer | null;
  /** Weak, because it stands for both bodies. */
  readonly etag: string;
}

/** Files by their path, such as `/assets/index-1a2b.js`. */
export type Site = ReadonlyMap<string, SiteFile>;

/** Reads all files of a folder, and compresses each of them once. */
export function readSite(folder: string): Map<string, SiteFile> {
  const site = new Map<string, SiteFile>();
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    const file = join(entry.parentPath, entry.name);
    const type = TYPE_OF[extname(file)] ?? "application/octet-stream";
    if (!entry.isDirectory()) site.set(`/${relative(folder, file)}`, siteFile(type, readFileSync(file)));
  }
  return site;
}

export function siteFile(type: string, body: Buffer): SiteFile {
  const gzipped = COMPRESSIBLE.test(type) ? gzipSync(body, { level: 9 }) : null;
  const hash = createHash("sha256").update(body).digest("base64url").slice(0, 22);
  return {
    type,
    body,
    etag: `W/"${hash}"`,
    gzipped: gzipped !== null && gzipped.length < body.length ? gzipped : null,
  };
}
