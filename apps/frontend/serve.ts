import { once } from "node:events";
import { readdirSync, readFileSync } from "node:fs";
import { createServer } from "node:http";
import { extname, join, relative } from "node:path";
import { build } from "vite";
import { configSchema, type FrontendConfig } from "./src/config.ts";

export type { FrontendConfig } from "./src/config.ts";

const root = import.meta.dirname;
const TYPE_OF: Partial<Record<string, string>> = {
  ".html": "text/html",
  ".js": "text/javascript",
  ".css": "text/css",
  ".svg": "image/svg+xml",
  ".woff2": "font/woff2",
};

/** `config` becomes `/config.json`. `outDir` is the folder of the built files. */
export type FrontendOptions = { host: string; port: number; config: FrontendConfig; outDir?: string };

export type RunningFrontend = Awaited<ReturnType<typeof serveFrontend>>;

/** Builds the app into `outDir`. @throws when the build fails */
export async function buildFrontend(outDir = join(root, "dist")): Promise<void> {
  await build({ root, logLevel: "error", build: { outDir, emptyOutDir: true } });
}

/**
 * Serves the built app from memory. Every path that is not a file serves the app itself.
 * @throws if the configuration is invalid or the port is in use
 */
export async function serveFrontend({ host, port, outDir = join(root, "dist"), ...rest }: FrontendOptions) {
  const config = configSchema.parse(rest.config);
  const configFile = { type: "application/json", body: Buffer.from(JSON.stringify(config)) };
  const files = new Map([["/config.json", configFile]]);
  for (const entry of readdirSync(outDir, { recursive: true, withFileTypes: true })) {
    const file = join(entry.parentPath, entry.name);
    const type = TYPE_OF[extname(file)] ?? "application/octet-stream";
    if (entry.isFile()) files.set(`/${relative(outDir, file)}`, { type, body: readFileSync(file) });
  }
  const policy = securityHeaders(config);
  const server = createServer(({ url = "/" }, response) => {
    const [path = "/"] = url.split("?");
    const isAsset = path.startsWith("/assets/");
    const file = files.get(path) ?? (isAsset ? undefined : files.get("/index.html"));
    const cache = { "cache-control": isAsset && file ? "max-age=31536000, immutable" : "no-cache" };
    response.writeHead(file ? 200 : 404, { ...policy, ...cache, "content-type": file?.type ?? "text/plain" });
    response.end(file?.body);
  });
  await once(server.listen(port, host), "listening");
  const address = server.address();
  const close = async (): Promise<void> => {
    const closed = once(server.close(), "close");
    server.closeAllConnections();
    await closed;
  };
  return { url: `http://${host}:${typeof address === "object" ? address?.port : port}`, close };
}

/** Allows only our own scripts, and connections only to the configured services. */
function securityHeaders({ issuer, platformUrl, agenticBackendUrl }: FrontendConfig): Record<string, string> {
  const services = [issuer, platformUrl, agenticBackendUrl].map((url) => new URL(url).origin).join(" ");
  const rest = "object-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
  return {
    "content-security-policy": `default-src 'self'; connect-src 'self' ${services}; ${rest}`,
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
  };
}
