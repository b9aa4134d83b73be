import { once } from "node:events";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { createServer } from "node:http";
import { extname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "vite";
import { configSchema, type FrontendConfig } from "./src/config.ts";

export type { FrontendConfig } from "./src/config.ts";

const ROOT = fileURLToPath(new URL(".", import.meta.url));
const TYPES: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".svg": "image/svg+xml",
  ".woff2": "font/woff2",
};

export interface ServeOptions {
  readonly host: string;
  /** 0 takes a free one; but the identity provider knows the callback of one origin only. */
  readonly port: number;
  readonly config: FrontendConfig;
  /** The folder of the built files; default `dist`. */
  readonly outDir?: string;
}

/** A running frontend. */
export interface RunningFrontend {
  readonly url: string;
  /** Ends every connection at once. */
  close(): Promise<void>;
}

/** Builds and serves. @throws when the build fails, the configuration is wrong, or the port is taken */
export async function startFrontend(options: ServeOptions): Promise<RunningFrontend> {
  await buildFrontend(options.outDir);
  return serveFrontend(options);
}

export async function buildFrontend(outDir = join(ROOT, "dist")): Promise<void> {
  await build({ root: ROOT, logLevel: "error", build: { outDir, emptyOutDir: true } });
}

/** Serves what {@link buildFrontend} has built, from memory. @throws when the port is taken */
export async function serveFrontend(options: ServeOptions): Promise<RunningFrontend> {
  const { host, port, outDir = join(ROOT, "dist") } = options;
  const config = configSchema.parse(options.config);
  const files = new Map([
    ["/config.json", { type: "application/json", body: Buffer.from(JSON.stringify(config)) }],
  ]);
  for (const name of readdirSync(outDir, { recursive: true, encoding: "utf8" })) {
    const file = join(outDir, name);
    if (!statSync(file).isFile()) continue;
    const type = TYPES[extname(name)] ?? "application/octet-stream";
    files.set(`/${relative(outDir, file)}`, { type, body: readFileSync(file) });
  }
  const headers = securityHeaders(config);
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? "/", "http://frontend");
    const isAsset = pathname.startsWith("/assets/");
    // Every address that is no file is one of the app's own pages.
    const file = files.get(pathname) ?? (isAsset ? undefined : files.get("/index.html"));
    const cacheControl = isAsset ? "public, max-age=31536000, immutable" : "no-cache";
    response.writeHead(file ? 200 : 404, {
      ...headers,
      "cache-control": cacheControl,
      "content-type": file?.type ?? "text/plain",
    });
    response.end(request.method === "HEAD" ? undefined : file?.body);
  });
  await once(server.listen(port, host), "listening");
  const address = server.address();
  const boundPort = typeof address === "object" && address !== null ? address.port : port;
  return {
    url: `http://${host}:${boundPort}`,
    close: async () => {
      const closed = once(server, "close");
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

/** No script but our own files, and no address but the services of the configuration. */
function securityHeaders({ issuer, platformUrl, agenticBackendUrl }: FrontendConfig): Record<string, string> {
  const origins = [issuer, platformUrl, agenticBackendUrl].map((url) => new URL(url).origin);
  return {
    "content-security-policy": [
      "default-src 'self'",
      `connect-src 'self' ${origins.join(" ")}`,
      "object-src 'none'",
      "base-uri 'none'",
      "form-action 'none'",
      "frame-ancestors 'none'",
    ].join("; "),
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
  };
}
