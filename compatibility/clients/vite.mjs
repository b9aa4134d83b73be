import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { build, createServer, preview } from "vite";
import { inBrowser } from "./browser.mjs";
import { checkPage, HTML, SCRIPT } from "./page-script.mjs";

const { hostname: host, port } = new URL(process.env.APP_ORIGIN);
const root = join(import.meta.dirname, "../node_modules/.cache/vite-app");
const listen = { host, port: Number(port), strictPort: true };
const options = { root, configFile: false, logLevel: "error", server: listen, preview: listen };
rmSync(root, { recursive: true, force: true });
mkdirSync(root, { recursive: true });
writeFileSync(join(root, "index.html"), HTML);
writeFileSync(join(root, "app.js"), SCRIPT);

const development = await (await createServer(options)).listen();
await inBrowser(checkPage);
await development.close();

await build(options);
const built = await preview(options);
await inBrowser(checkPage);
await built.close();
