import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileText } from "../pages/page.ts";
import { NGINX_FOLDERS, startProgram } from "../pages/programs.ts";
import { freePorts } from "../simulator/free-ports.ts";

const SHIPPED_PORTS = ["8080", "8081", "8082"];

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
    change(fileText("deploy/nginx/site.conf")),
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
  const lines = fileText("deploy/nginx/platform-api-servers.conf");
  writeFileSync(
    join(folder, "platform-api-servers.conf"),
    platformApiPorts.map((port) => lines.replaceAll(":4000", `:${port}`)).join(""),
  );
  const user = process.getuid?.() === 0 ? "user root;" : "";
  writeFileSync(
    join(folder, "nginx.conf"),
    `daemon off; ${user} pid ${folder}/pid; events {} http { ${NGINX_FOLDERS} include site.conf; }`,
  );
  const command = ["/usr/sbin/nginx", "-p", folder, "-c", join(folder, "nginx.conf"), "-e", "stderr"];
  const nginx = await startProgram(command, moved);
  return {
    ports: { frontend, platformApi, agenticBackend },
    log: () => readFileSync(join(folder, "platform.log"), "utf8").trim().split("\n"),
    stop: async () => {
      await nginx.stop();
      rmSync(folder, { recursive: true });
    },
  };
}
