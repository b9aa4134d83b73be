/** Builds the app of docs/first-app-react.md with the installed SDK, serves it on APP_ORIGIN, and tries it. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build, preview } from "vite";
import { walk } from "../walk.mjs";

const root = import.meta.dirname;
const outDir = mkdtempSync(join(tmpdir(), "react-app-"));
const { hostname, port } = new URL(process.env.APP_ORIGIN);
process.env.VITE_AUTH0_DOMAIN = process.env.ISSUER.replace(/\/$/, "");
process.env.VITE_AUTH0_CLIENT_ID = process.env.CLIENT_ID;
process.env.VITE_AUTH0_AUDIENCE = process.env.AUDIENCE;
process.env.VITE_PLATFORM_URL = process.env.PLATFORM_API_URL;

execFileSync("node_modules/.bin/tsc", ["-p", root], { stdio: "inherit" });
const built = { outDir, emptyOutDir: true, chunkSizeWarningLimit: 1_000 };
await build({ root, logLevel: "warn", build: built });
const address = { host: hostname, port: Number(port), strictPort: true };
const server = await preview({ root, logLevel: "warn", build: built, preview: address });
try {
  await walk();
} finally {
  await server.close();
  rmSync(outDir, { recursive: true });
}
