import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { API_AUDIENCE, APP_SPA_CLIENT, APP_WEB_CLIENT } from "../apps/dev/identity-provider/index.ts";
import { readStartConfig } from "../apps/dev/start/config.ts";
import { issuerOf, trustEnvironment } from "../apps/dev/start/environment.ts";
import { type Environment, run } from "./run.ts";

const ROOT = join(import.meta.dirname, "..");
const PORTS = [
  ...(["PLATFORM_API_PORT", "AGENTIC_BACKEND_PORT", "FRONTEND_PORT"] as const),
  ...(["IDENTITY_PROVIDER_PORT", "USER_DIRECTORY_PORT", "DYNAMODB_PORT"] as const),
  ...(["MAILBOX_PORT", "MAILBOX_SMTP_PORT", "DNS_PORT"] as const),
];
const START_MS = 60_000;

/** A development stack that clients run against. */
export interface Stack {
  /** The environment of a client. Its TOKEN is Jane's. */
  clientEnvironment(): Promise<Environment>;
  stop(): Promise<void>;
}

/** Starts the stack as `pnpm start` does, on free ports and with data of its own. */
export async function startStack(environment: Environment, needsTls: boolean): Promise<Stack> {
  const data = mkdtempSync(join(tmpdir(), "compatibility-"));
  const ports = await freePorts(PORTS.length + 1);
  const appOrigin = `http://localhost:${ports.pop()}`;
  const settings: Environment = {
    ...environment,
    ...Object.fromEntries(PORTS.map((name, index) => [name, String(ports[index])])),
    DATA_FOLDER: data,
    APP_ORIGINS: appOrigin,
    IDENTITY_PROVIDER_TLS: needsTls ? "1" : "0",
  };
  const config = readStartConfig(settings);
  const child = spawn(process.execPath, ["apps/dev/start/main.ts"], { cwd: ROOT, env: settings });
  const exited = once(child, "exit");
  const stop = async () => {
    child.kill("SIGTERM");
    await exited;
    rmSync(data, { recursive: true, force: true });
  };
  let output = "";
  const ready = new Promise<void>((resolve, reject) => {
    const listen = (chunk: Buffer) => {
      output += chunk;
      if (/^ *[\d.]+ s {2}ready$/m.test(output)) resolve();
    };
    child.stdout.on("data", listen);
    child.stderr.on("data", listen);
    child.once("exit", () => reject(new Error(`the stack has exited:\n${output}`)));
    setTimeout(() => reject(new Error(`the stack is not ready:\n${output}`)), START_MS).unref();
  });
  try {
    await ready;
  } catch (error) {
    await stop();
    throw error;
  }
  // The host of the app: the browser sends no cookies from one site's page to another site.
  const issuer = issuerOf(config, "localhost");
  const platformApi = `http://127.0.0.1:${config.PLATFORM_API_PORT}`;
  const variables = {
    ...environment,
    ...trustEnvironment(config),
    PLATFORM_API_URL: platformApi,
    AGENTIC_BACKEND_URL: `http://127.0.0.1:${config.AGENTIC_BACKEND_PORT}`,
    IDENTITY_PROVIDER_URL: issuer,
    ISSUER: issuer,
    AUDIENCE: API_AUDIENCE,
    CLIENT_ID: APP_SPA_CLIENT.clientId,
    WEB_CLIENT_ID: APP_WEB_CLIENT.clientId,
    WEB_CLIENT_SECRET: APP_WEB_CLIENT.clientSecret,
    APP_ORIGIN: appOrigin,
  };
  return {
    async clientEnvironment() {
      const command = [process.execPath, "apps/dev/token/main.ts", "jane@acme.example"];
      const { output: token, works } = await run(command, { cwd: ROOT, env: variables });
      if (!works) throw new Error(`no token for Jane:\n${token}`);
      return { ...variables, TOKEN: token.trim() };
    },
    stop,
  };
}

/** Ports of this machine on which nothing listens. All are held until the last is found, so that they differ. */
async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer().listen(0, "127.0.0.1"));
  await Promise.all(servers.map((server) => once(server, "listening")));
  const ports = servers.map((server) => {
    const address = server.address();
    return typeof address === "object" && address !== null ? address.port : 0;
  });
  await Promise.all(servers.map((server) => once(server.close(), "close")));
  return ports;
}
