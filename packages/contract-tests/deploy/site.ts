import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { untilListening } from "../forward-auth/proxies.ts";
import { freePorts } from "../platform/free-ports.ts";

const FILES = fileURLToPath(new URL("../../../deploy/nginx/", import.meta.url));
const SHIPPED_PORTS = ["8080", "8081", "8082"];
const TEMPORARY = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"];

/** An nginx that runs `deploy/nginx/site.conf`. */
export interface RunningSite {
  readonly ports: {
    readonly frontend: number;
    readonly platformApi: number;
    readonly agenticBackend: number;
  };
  /** The lines of its access log. */
  log(): string[];
  stop(): Promise<void>;
}

/** `deploy/nginx/site.conf` with other ports, of the frontend, platform-api and agentic-backend, and with this folder. */
export function shippedSite(
  folder: string,
  ports: readonly number[],
  change = (site: string) => site,
): string {
  return SHIPPED_PORTS.reduce(
    (text, port, index) => text.replaceAll(`:${port}`, `:${ports[index]}`),
    change(readFileSync(join(FILES, "site.conf"), "utf8")),
  )
    .replaceAll("/srv/platform", folder)
    .replaceAll("/var/log/nginx", folder);
}

/**
 * Starts nginx with the shipped files, in which only ports and folders are replaced.
 * @param platformApiPorts of the processes of platform-api
 * @param change of the site, such as other listen lines
 */
export async function startSite(
  platformApiPorts: readonly number[],
  change: (site: string, folder: string) => string = (site) => site,
): Promise<RunningSite> {
  const folder = mkdtempSync(join(tmpdir(), "site-"));
  const [frontend = 0, platformApi = 0, agenticBackend = 0] = await freePorts(3);
  const moved = [frontend, platformApi, agenticBackend];
  mkdirSync(join(folder, "frontend"));
  writeFileSync(join(folder, "frontend/index.html"), "the app");
  writeFileSync(
    join(folder, "site.conf"),
    shippedSite(folder, moved, (site) => change(site, folder)),
  );
  const line = readFileSync(join(FILES, "platform-api-servers.conf"), "utf8");
  writeFileSync(
    join(folder, "platform-api-servers.conf"),
    platformApiPorts.map((port) => line.replace(":4000", `:${port}`)).join(""),
  );
  const user = process.getuid?.() === 0 ? "user root;" : "";
  const http = [...TEMPORARY.map((kind) => `${kind}_temp_path ${folder}/tmp;`), "include site.conf;"].join(
    " ",
  );
  writeFileSync(
    join(folder, "nginx.conf"),
    `daemon off; ${user} pid ${folder}/pid; events {} http { ${http} }`,
  );
  const child = spawn("/usr/sbin/nginx", ["-c", join(folder, "nginx.conf"), "-e", "stderr"]);
  const stop = async () => {
    const hasEnded = child.exitCode !== null || child.signalCode !== null;
    if (!hasEnded && child.kill("SIGTERM")) await once(child, "exit");
    rmSync(folder, { recursive: true });
  };
  await untilListening(frontend, child).catch(async (error) => {
    await stop();
    throw error;
  });
  return {
    ports: { frontend, platformApi, agenticBackend },
    log: () => readFileSync(join(folder, "platform.log"), "utf8").trim().split("\n"),
    stop,
  };
}
