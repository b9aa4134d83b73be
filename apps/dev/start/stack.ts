import { writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { buildFrontend } from "@platform-api/frontend/build";
import { serveFrontend } from "@platform-api/frontend/serve";
import { runCli } from "@platform-api/platform-api";
import { startAgenticBackend } from "./agentic-backend.ts";
import type { StartConfig } from "./config.ts";
import { makeDataFolder } from "./data-folder.ts";
import {
  frontendConfig,
  HOST,
  platformEnvironment,
  tokenEnvironment,
  trustEnvironment,
} from "./environment.ts";
import { type Person, readTenant, refuseFile } from "./organizations.ts";
import { type StartOptions, startParts } from "./parts.ts";
import { startPlatformApi } from "./platform-process.ts";
import { refuseBusyPorts } from "./ports.ts";
import { startOtherStandIns, startStore } from "./stand-ins.ts";

/** The running stack. */
export interface DevelopmentStack {
  /** The users who can sign in. The first one is a good start. */
  readonly people: readonly Person[];
  /** Settles when platform-api has exited. */
  readonly ended: Promise<unknown>;
  /** Stops everything, in reverse order of the start. */
  stop(): Promise<void>;
}

/** Starts the whole stack on embedded stores. */
export function startStack(config: StartConfig, options: StartOptions): Promise<DevelopmentStack> {
  const { signal } = options;
  return startParts(options, async (starting) => {
    const { step, stops } = starting;
    const dataFolder = resolve(config.DATA_FOLDER);
    makeDataFolder(dataFolder);
    await refuseBusyPorts(config);
    await startStore(config, starting);

    step("the table and the organizations");
    const environment = platformEnvironment(config);
    writeFileSync(join(dataFolder, "platform-api.env"), environmentFile(environment));
    writeFileSync(join(dataFolder, "token.env"), environmentFile(tokenEnvironment(config)));
    await command(environment, "table", "create");
    await command(environment, "org", "apply", config.ORGANIZATIONS_FILE, "--yes").catch(refuseFile);
    const { options: tenant, people } = readTenant(config.ORGANIZATIONS_FILE);

    // Built in parallel, but not earlier: on a busy machine it would delay the store beyond its deadlines.
    const built = buildFrontend();
    built.catch(() => {}); // thrown where it is awaited
    await startOtherStandIns(config, tenant, starting);

    step(`platform-api, whose log is ${config.DATA_FOLDER}/platform-api.log`);
    const logFile = join(dataFolder, "platform-api.log");
    const platform = await startPlatformApi(
      { ...environment, ...trustEnvironment(config) },
      { logFile, signal },
    );
    stops.push(platform.stop);

    step("agentic-backend");
    stops.push(await startAgenticBackend(config, join(dataFolder, "agentic-backend.log")));

    step("the build of the frontend");
    const outDir = await built;
    signal.throwIfAborted();
    const site = { host: HOST, port: config.FRONTEND_PORT, config: frontendConfig(config), outDir };
    stops.push((await serveFrontend(site)).close);
    return { people, ended: platform.ended };
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
