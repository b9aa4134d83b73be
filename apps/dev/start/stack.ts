import { writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { buildFrontend, serveFrontend } from "@platform-api/frontend/serve";
import { runCli } from "@platform-api/platform-api";
import { startDnsServer } from "../dns/dns-server.ts";
import { startEmbeddedDynamodb } from "../embedded-dynamodb/embedded-dynamodb.ts";
import { startIdentityProvider } from "../identity-provider/index.ts";
import { startMailbox } from "../mailbox/mailbox.ts";
import { type RunningUserDirectory, startUserDirectory } from "../user-directory/user-directory.ts";
import { startAgenticBackend } from "./agentic-backend.ts";
import type { StartConfig } from "./config.ts";
import { makeDataFolder } from "./data-folder.ts";
import {
  frontendConfig,
  frontendOrigins,
  HOST,
  identityProviderFolder,
  platformEnvironment,
  SERVICE_TOKEN,
  smtpUrl,
  trustEnvironment,
} from "./environment.ts";
import { type Person, readTenant } from "./organizations.ts";
import { startPlatformApi } from "./platform-process.ts";
import { refuseBusyPorts } from "./ports.ts";

/** The running stack. */
export interface DevelopmentStack {
  /** The users who can sign in. The first one is a good start. */
  readonly people: readonly Person[];
  /** Settles when platform-api has exited. */
  readonly ended: Promise<unknown>;
  /** Stops everything, in reverse order of the start. */
  stop(): Promise<void>;
}

export interface StackOptions {
  /** Called before each step. */
  readonly progress: (step: string) => void;
  /** Aborts the start. */
  readonly signal: AbortSignal;
}

/**
 * Starts the whole stack on embedded stores. If a part fails to start, the others are stopped again.
 * @throws the signal's reason when it is aborted, otherwise an error that says how to fix the problem
 */
export async function startStack(
  config: StartConfig,
  { progress, signal }: StackOptions,
): Promise<DevelopmentStack> {
  const stops: (() => Promise<void>)[] = [];
  const stop = async () => {
    for (const end of stops.reverse().splice(0)) await end();
  };
  const step = (text: string) => {
    signal.throwIfAborted();
    progress(text);
  };
  try {
    const dataFolder = resolve(config.DATA_FOLDER);
    makeDataFolder(dataFolder);
    await refuseBusyPorts(config);

    step("embedded DynamoDB");
    const dynamodb = await startEmbeddedDynamodb({
      host: HOST,
      port: config.DYNAMODB_PORT,
      dataFolder: join(dataFolder, "dynamodb"),
    });
    stops.push(dynamodb.close);

    step("table and organizations");
    const environment = platformEnvironment(config);
    writeFileSync(join(dataFolder, "platform-api.env"), environmentFile(environment));
    await command(environment, "table", "create");
    await command(environment, "org", "apply", config.ORGANIZATIONS_FILE, "--yes");
    const { options: tenant, people } = readTenant(config.ORGANIZATIONS_FILE);

    // Built in parallel, but not earlier: on a busy machine it would delay the store beyond its deadlines.
    const built = buildFrontend();
    built.catch(() => {}); // thrown where it is awaited

    step(config.DATABASE_URL ? "user directory on DATABASE_URL" : "user directory on an embedded Postgres");
    const directory = await startDirectory(config, dataFolder);
    stops.push(directory.close);

    step("identity provider");
    const identityProvider = await startIdentityProvider({
      host: HOST,
      port: config.IDENTITY_PROVIDER_PORT,
      dataFolder: identityProviderFolder(config),
      frontendOrigins: frontendOrigins(config),
      appOrigins: config.APP_ORIGINS,
      isTls: config.IDENTITY_PROVIDER_TLS,
      smtpUrl: smtpUrl(config),
      ...tenant,
    });
    stops.push(identityProvider.close);

    step("DNS server");
    stops.push((await startDnsServer({ host: HOST, port: config.DNS_PORT, dataFolder })).close);

    step("mailbox");
    const { MAILBOX_PORT: port, MAILBOX_SMTP_PORT: smtpPort } = config;
    stops.push((await startMailbox({ host: HOST, port, smtpPort })).close);

    step("platform-api");
    const logFile = join(dataFolder, "platform-api.log");
    const platform = await startPlatformApi(
      { ...environment, ...trustEnvironment(config) },
      { logFile, signal },
    );
    stops.push(platform.stop);

    step("agentic-backend");
    stops.push(await startAgenticBackend(config, join(dataFolder, "agentic-backend.log")));

    step("frontend");
    const outDir = await built;
    signal.throwIfAborted();
    const site = { host: HOST, port: config.FRONTEND_PORT, config: frontendConfig(config), outDir };
    stops.push((await serveFrontend(site)).close);
    return { people, ended: platform.ended, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

function startDirectory(config: StartConfig, dataFolder: string): Promise<RunningUserDirectory> {
  return startUserDirectory({
    host: HOST,
    port: config.USER_DIRECTORY_PORT,
    token: SERVICE_TOKEN,
    ...(config.DATABASE_URL
      ? { databaseUrl: config.DATABASE_URL }
      : { dataFolder: join(dataFolder, "user-directory") }),
  });
}

async function command(env: Readonly<Record<string, string>>, ...args: string[]): Promise<void> {
  let output = "";
  const write = (text: string) => {
    output += text;
  };
  const status = await runCli(args, {
    env,
    out: write,
    err: write,
    readInput: async () => "",
    ask: null,
    operator: "start",
    onStop: () => {},
  });
  if (status !== 0) throw new Error(`platform-api ${args.join(" ")} failed: ${output}`);
}

function environmentFile(environment: Readonly<Record<string, string>>): string {
  return Object.entries(environment)
    .map(([name, value]) => `${name}=${value}\n`)
    .join("");
}
