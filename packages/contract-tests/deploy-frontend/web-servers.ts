import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buildFrontend } from "@platform-api/frontend/build";
import { PROGRAMS, type Program } from "../forward-auth/proxies.ts";
import { fileText, ROOT } from "../pages/page.ts";
import { NGINX_FOLDERS, type ProgramName, startProgram } from "../pages/programs.ts";
import { freePorts } from "../simulator/free-ports.ts";

export interface WebServer {
  readonly name: string;
  readonly needed: readonly ProgramName[];
  start(config: string): Promise<RunningWebServer>;
}

/** Those whose configuration we ship, and our own. */
export const WEB_SERVERS: readonly WebServer[] = [
  ...PROGRAMS.filter(({ name }) => name === "nginx" || name === "caddy").map((program) => ({
    name: program.name,
    needed: [program.name],
    start: (config: string) => startShipped(program, config),
  })),
  { name: "the server of the image", needed: [], start: startImageServer },
];

export interface RunningWebServer {
  readonly url: string;
  stop(): Promise<void>;
}

/** Serves a real build, with the shipped configuration in which only the port and paths are replaced. */
async function startShipped(
  { name, path, files: [file], command }: Program,
  config: string,
): Promise<RunningWebServer> {
  const folder = mkdtempSync(join(tmpdir(), `deploy-frontend-${name}-`));
  const root = join(folder, "root");
  mkdirSync(root);
  cpSync(await buildFrontend(), root, { recursive: true });
  writeFileSync(join(root, "config.json"), config);
  const [port = 0] = await freePorts(1);
  const configuration = fileText(`deploy/frontend/${file}`)
    .replaceAll(":4002", `:${port}`)
    .replaceAll("/var/www/platform", root)
    .replace("\nhttp {", `\nhttp { ${NGINX_FOLDERS}`);
  writeFileSync(join(folder, file), configuration);
  const env = { ...process.env, HOME: folder };
  return serve([path, ...command(join(folder, file), folder)], { env, port, folder });
}

async function startImageServer(config: string): Promise<RunningWebServer> {
  const folder = mkdtempSync(join(tmpdir(), "deploy-frontend-image-"));
  writeFileSync(join(folder, "config.json"), config);
  const [port = 0] = await freePorts(1);
  const env = {
    HOST: "127.0.0.1",
    PORT: String(port),
    CONFIG_FILE: join(folder, "config.json"),
    SITE_FOLDER: await buildFrontend(),
  };
  return serve([process.execPath, join(ROOT, "apps/frontend/server/main.ts")], { env, port, folder });
}

/** `folder` is deleted when the server stops. */
async function serve(
  command: readonly string[],
  { env, port, folder }: { env: NodeJS.ProcessEnv; port: number; folder: string },
): Promise<RunningWebServer> {
  const remove = () => rmSync(folder, { recursive: true });
  const running = await startProgram(command, [port], { env }).catch((error) => {
    remove();
    throw error;
  });
  return { url: `http://127.0.0.1:${port}`, stop: () => running.stop().finally(remove) };
}
