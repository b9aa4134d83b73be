import { spawn } from "node:child_process";
import { once } from "node:events";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { buildFrontend } from "@platform-api/frontend/serve";
import { PROGRAMS, type Program, untilListening } from "../forward-auth/proxies.ts";
import { freePorts } from "../platform/free-ports.ts";

const DEPLOY = fileURLToPath(new URL("../../../deploy/frontend/", import.meta.url));

export const shippedFile = (name: string): string => readFileSync(join(DEPLOY, name), "utf8");

/** The web servers whose configuration we ship. */
export const WEB_SERVERS: readonly Program[] = PROGRAMS.filter(({ name }) => name !== "haproxy");

export interface RunningWebServer {
  readonly url: string;
  stop(): Promise<void>;
}

/** Serves a real build, with the shipped configuration in which only the port and paths are replaced. */
export async function startWebServer(
  { name, path, files: [file], command }: Program,
  config: string,
): Promise<RunningWebServer> {
  const folder = mkdtempSync(join(tmpdir(), `deploy-frontend-${name}-`));
  const root = join(folder, "root");
  mkdirSync(root);
  cpSync(await buildFrontend(), root, { recursive: true });
  writeFileSync(join(root, "config.json"), config);
  const [port = 0] = await freePorts(1);
  const temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"];
  const configuration = shippedFile(file)
    .replaceAll(":4002", `:${port}`)
    .replaceAll("/var/www/platform", root)
    .replace("\nhttp {", `\nhttp { ${temporary.map((kind) => `${kind}_temp_path tmp;`).join(" ")}`);
  writeFileSync(join(folder, file), configuration);
  const child = spawn(path, command(join(folder, file), folder), {
    env: { ...process.env, HOME: folder },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const stop = async () => {
    const hasEnded = child.exitCode !== null || child.signalCode !== null;
    if (!hasEnded && child.kill("SIGTERM")) await once(child, "exit");
    rmSync(folder, { recursive: true });
  };
  await untilListening(port, child).catch(async (error) => {
    await stop();
    throw error;
  });
  return { url: `http://127.0.0.1:${port}`, stop };
}
