/** Builds the app of docs/first-app-next.md with the installed SDK, serves it on APP_ORIGIN, and tries it. */
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { walk } from "../walk.mjs";

const { APP_ORIGIN, AUDIENCE, ISSUER, PLATFORM_API_URL, WEB_CLIENT_ID, WEB_CLIENT_SECRET } = process.env;
const { hostname, port } = new URL(APP_ORIGIN);
const next = join(process.cwd(), "node_modules/next/dist/bin/next");
// A copy, because Next.js writes into the app's folder, and here, because it looks for the packages above that folder.
const cwd = mkdtempSync(".next-app-");
const env = {
  ...process.env,
  NEXT_TELEMETRY_DISABLED: "1",
  AUTH0_DOMAIN: ISSUER.replace(/\/$/, ""),
  AUTH0_CLIENT_ID: WEB_CLIENT_ID,
  AUTH0_CLIENT_SECRET: WEB_CLIENT_SECRET,
  AUTH0_AUDIENCE: AUDIENCE,
  APP_BASE_URL: APP_ORIGIN,
  NEXT_PUBLIC_PLATFORM_URL: PLATFORM_API_URL,
};

try {
  cpSync(import.meta.dirname, cwd, { recursive: true });
  const { status, stdout, stderr } = spawnSync(process.execPath, [next, "build"], {
    cwd,
    env,
    encoding: "utf8",
  });
  if (status !== 0) throw new Error(`${stdout}${stderr}`);
  const server = spawn(process.execPath, [next, "start", "-H", hostname, "-p", port], {
    cwd,
    env,
    stdio: "ignore",
  });
  try {
    while (!(await fetch(APP_ORIGIN).catch(() => null))) {
      if (server.exitCode !== null) throw new Error("next start has ended");
      await setTimeout(100);
    }
    const { status: refused } = await fetch(new URL("/api/me", APP_ORIGIN));
    if (refused !== 401) throw new Error(`/api/me without a token answered ${refused}`);
    await walk();
  } finally {
    server.kill();
    if (server.exitCode === null) await once(server, "exit");
  }
} finally {
  rmSync(cwd, { recursive: true });
}
