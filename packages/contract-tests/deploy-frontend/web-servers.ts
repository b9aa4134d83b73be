import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { buildFrontend } from "@platform-api/frontend/build";
import { isInstalled, PROGRAMS, type Program, untilListening } from "../forward-auth/proxies.ts";
import { freePorts } from "../platform/free-ports.ts";

const DEPLOY = fileURLToPath(new URL("../../../deploy/frontend/", import.meta.url));
const IMAGE_SERVER = fileURLToPath(new URL("../../../apps/frontend/server/main.ts", import.meta.url));

export const shippedFile = (name: string): string => readFileSync(join(DEPLOY, name), "utf8");

export interface WebServer {
  readonly name: string;
  /** The Debian package that is missing here, or null. */
  readonly missing: string | null;
  start(config: string): Promise<RunningWebServer>;
}

/** Those whose configuration we ship, and our own. */
export const WEB_SERVERS: readonly WebServer[] = [
  ...PROGRAMS.filter(({ name }) => name !== "haproxy").map((program) => ({
    name: program.name,
    missing: isInstalled(program) ? null : program.debianPackage,
    start: (config: string) => startProgram(program, config),
  })),
  { name: "the server of the image", missing: null, start: startImageServer },
];

export interface RunningWebServer {
  readonly url: string;
  stop(): Promise<void>;
}

/** Serves a real build, with the shipped configuration in which only the port and paths are replaced. */
async function startProgram(
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
  const env = { ...process.env, HOME: folder };
  const child = spawn(path, command(join(folder, file), folder), { env, stdio: ["ignore", "pipe", "pipe"] });
  return whenListening(child, port, folder);
}

async function startImageServer(config: string): Promise<RunningWebServer> {
  const folder = mkdtempSync(join(tmpdir(), "deploy-frontend-image-"));
  writeFileSync(join(folder, "config.json"), config);
  const [port = 0] = await freePorts(1);
  const env = {
    ...{ HOST: "127.0.0.1", PORT: String(port), CONFIG_FILE: join(folder, "config.json") },
    SITE_FOLDER: await buildFrontend(),
  };
  const child = spawn(process.execPath, [IMAGE_SERVER], { env, stdio: ["ignore", "pipe", "pipe"] });
  return whenListening(child, port, folder);
}

/** `folder` is deleted when the server stops. */
async function whenListening(child: ChildProcess, port: number, folder: string): Promise<RunningWebServer> {
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
