import { mkdirSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { runCli } from "@platform-api/platform-api";
import { startEmbeddedDynamodb } from "../embedded-dynamodb/index.ts";
import { startIdentityProvider } from "../identity-provider/index.ts";
import { startUserDirectory } from "../user-directory/index.ts";
import type { StartConfig } from "./config.ts";
import { HOST, platformEnvironment, SERVICE_TOKEN } from "./environment.ts";
import { ACCOUNTS, exampleTenant, ORGANIZATIONS_FILE } from "./example.ts";
import { startPlatformApi } from "./platform-process.ts";
import { refuseBusyPorts } from "./ports.ts";

/** The running stack. */
export interface DevelopmentStack {
  /** Settles when platform-api has ended by itself. */
  readonly ended: Promise<unknown>;
  /** Ends everything, the last started first. */
  stop(): Promise<void>;
}

/**
 * Starts the whole stack on embedded stores. What has started is ended again when the rest cannot start.
 * @param progress told of every step before it is taken
 */
export async function startStack(
  config: StartConfig,
  progress: (step: string) => void,
): Promise<DevelopmentStack> {
  const stops: (() => Promise<void>)[] = [];
  const stop = async () => {
    for (const end of stops.reverse().splice(0)) await end();
  };
  try {
    const dataFolder = resolve(config.DATA_FOLDER);
    mkdirSync(dataFolder, { recursive: true });
    await refuseBusyPorts(config);

    progress("embedded DynamoDB");
    const dynamodb = await startEmbeddedDynamodb({
      host: HOST,
      port: config.DYNAMODB_PORT,
      dataFolder: join(dataFolder, "dynamodb"),
    });
    stops.push(dynamodb.close);

    progress(
      config.DATABASE_URL ? "user directory on DATABASE_URL" : "user directory on an embedded Postgres",
    );
    const directory = await startUserDirectory({
      host: HOST,
      port: config.USER_DIRECTORY_PORT,
      token: SERVICE_TOKEN,
      ...(config.DATABASE_URL
        ? { databaseUrl: config.DATABASE_URL }
        : { dataFolder: join(dataFolder, "user-directory") }),
    });
    stops.push(directory.close);

    progress("identity provider");
    const identityProvider = await startIdentityProvider({
      host: HOST,
      port: config.IDENTITY_PROVIDER_PORT,
      dataFolder: join(dataFolder, "identity-provider"),
      accounts: ACCOUNTS,
      ...exampleTenant(),
    });
    stops.push(identityProvider.close);

    progress("table and example organizations");
    const environment = platformEnvironment(config);
    writeFileSync(join(dataFolder, "platform-api.env"), environmentFile(environment));
    await command(environment, "table", "create");
    await command(environment, "org", "apply", ORGANIZATIONS_FILE);

    progress("platform-api");
    const platform = await startPlatformApi(environment, join(dataFolder, "platform-api.log"));
    stops.push(platform.stop);
    return { ended: platform.ended, stop };
  } catch (error) {
    await stop();
    throw error;
  }
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
