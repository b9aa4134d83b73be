import { createHash } from "node:crypto";
import { once } from "node:events";
import {
  existsSync,
  globSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
} from "node:fs";
import { createServer } from "node:http";
import { extname, join, relative } from "node:path";
import { build, type Rolldown } from "vite";
import { configSchema, type FrontendConfigFile } from "./src/config.ts";

export type { FrontendConfigFile } from "./src/config.ts";

const root = import.meta.dirname;
const TYPE_OF: Partial<Record<string, string>> = {
  ".html": "text/html",
  ".js": "text/javascript",
  ".css": "text/css",
  ".svg": "image/svg+xml",
  ".woff2": "font/woff2",
};

/** `config` becomes `/config.json`. `outDir` is the folder of the built files. */
export type FrontendOptions = { host: string; port: number; config: FrontendConfigFile; outDir: string };

export type RunningFrontend = Awaited<ReturnType<typeof serveFrontend>>;

const workspace = join(root, "../..");
const cache = join(workspace, "node_modules/.cache/frontend");
/** What the build depends on: our sources, and the lockfile for those of others. */
const SOURCES = [
  "{apps/frontend,packages/client,packages/server}/**",
  "pnpm-lock.yaml",
  "tsconfig.base.json",
];
const GENERATED = ["node_modules", "dist", ".types"];

/**
 * Builds the app, unless a build of the same sources exists.
 * @returns the folder of the built files, which nothing changes later
 * @throws when the build fails
 */
export async function buildFrontend(): Promise<string> {
  const sources = sourceFiles();
  const outDir = join(cache, hashOf(sources));
  if (existsSync(outDir)) return outDir;
  mkdirSync(cache, { recursive: true });
  const unfinished = mkdtempSync(join(cache, "unfinished-"));
  try {
    const built = await build({ root, logLevel: "error", build: { outDir: unfinished, emptyOutDir: true } });
    refuseUnlisted(built, sources);
    renameSync(unfinished, outDir);
  } catch (error) {
    rmSync(unfinished, { recursive: true });
    if (!existsSync(outDir)) throw error; // otherwise another process built it meanwhile
  }
  return outDir;
}

function sourceFiles(): string[] {
  const exclude = ({ name }: { name: string }) => GENERATED.includes(name);
  return globSync(SOURCES, { cwd: workspace, withFileTypes: true, exclude })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

function hashOf(files: readonly string[]): string {
  // With another NODE_ENV, React is another one.
  const hash = createHash("sha256").update(String(process.env.NODE_ENV));
  for (const file of files) {
    const content = readFileSync(file);
    hash.update(`\0${relative(workspace, file)}\0${content.length}\0`).update(content);
  }
  return hash.digest("hex");
}

/** A build from a file that is not hashed would be used again after that file has changed. */
function refuseUnlisted(built: Awaited<ReturnType<typeof build>>, sources: readonly string[]): void {
  const outputs: Rolldown.RolldownOutput[] = [built].flat().filter((one) => "output" in one);
  const chunks = outputs.flatMap(({ output }) => output).filter((file) => file.type === "chunk");
  const files = chunks.flatMap(({ moduleIds }) => moduleIds.map((id) => id.replace(/\?.*$/, "")));
  for (const file of files) {
    if (!file.startsWith(workspace) || file.includes("/node_modules/") || sources.includes(file)) continue;
    throw new Error(`add ${relative(workspace, file)} to the SOURCES of the build`);
  }
}

/**
 * Serves the built app from memory. Every path that is not a file serves the app itself.
 * @throws if the configuration is invalid or the port is in use
 */
export async function serveFrontend({ host, port, outDir, ...rest }: FrontendOptions) {
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

/**
 * Allows only our own scripts and styles, connections only to the configured services, and images only of ours and the
 * logo. `docs/deploy-frontend.md` and `deploy/frontend` quote the result.
 */
export function securityHeaders(config: FrontendConfigFile): Record<string, string> {
  const { issuer, platformUrl, agenticBackendUrl, emailVerificationUrl = issuer, logo } = config;
  const urls = [issuer, platformUrl, agenticBackendUrl, emailVerificationUrl];
  const services = [...new Set(urls.map((url) => new URL(url).origin))].join(" ");
  const images = logo === undefined || logo.startsWith("/") ? "" : ` ${new URL(logo).origin}`;
  const rest = "object-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
  return {
    "content-security-policy": `default-src 'self'; connect-src 'self' ${services}; img-src 'self'${images}; ${rest}`,
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
  };
}
