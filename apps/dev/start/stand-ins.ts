import { rmSync } from "node:fs";
import { join, resolve } from "node:path";
import { STORE_FOLDER } from "../data-folder/folder-lock.ts";
import { startDnsServer } from "../dns/dns-server.ts";
import { startEmbeddedDynamodb } from "../embedded-dynamodb/embedded-dynamodb.ts";
import { startIdentityProvider } from "../identity-provider/index.ts";
import { startMailbox } from "../mailbox/mailbox.ts";
import { type RunningUserDirectory, startUserDirectory } from "../user-directory/user-directory.ts";
import type { StartConfig } from "./config.ts";
import { aboutFile, makeDataFolder } from "./data-folder.ts";
import { at, frontendOrigins, HOST, identityProviderFolder, SERVICE_TOKEN, smtpUrl } from "./environment.ts";
import { readTenant, type Tenant } from "./organizations.ts";
import { type Starting, type StartOptions, startParts } from "./parts.ts";
import { refuseBusyPorts, STAND_INS } from "./ports.ts";

/** Starts only what a company already has: an identity provider, a user directory, DynamoDB, DNS and a mail server. */
export function startStandIns(config: StartConfig, options: StartOptions) {
  return startParts(options, async (starting) => {
    makeDataFolder(resolve(config.DATA_FOLDER));
    await refuseBusyPorts(config, STAND_INS);
    const { options: tenant, people } = readTenant(config.ORGANIZATIONS_FILE);
    await startStore(config, starting);
    await startOtherStandIns(config, tenant, starting);
    const ended = new Promise<never>(() => {}); // a signal ends them
    return { people, ended };
  });
}

export async function startStore(config: StartConfig, { step, stops }: Starting): Promise<void> {
  step("the embedded DynamoDB");
  const dataFolder = join(resolve(config.DATA_FOLDER), STORE_FOLDER);
  stops.push((await startEmbeddedDynamodb({ host: HOST, port: config.DYNAMODB_PORT, dataFolder })).close);
  rmSync(aboutFile(config), { force: true }); // of the start before, perhaps on other ports
}

export async function startOtherStandIns(
  config: StartConfig,
  tenant: Tenant,
  { step, stops }: Starting,
): Promise<void> {
  const dataFolder = resolve(config.DATA_FOLDER);

  step(`the user directory on ${config.DATABASE_URL ? "DATABASE_URL" : "an embedded Postgres"}`);
  stops.push((await startDirectory(config, dataFolder)).close);

  step("the identity provider");
  const identityProvider = await startIdentityProvider({
    host: HOST,
    port: config.IDENTITY_PROVIDER_PORT,
    dataFolder: identityProviderFolder(config),
    frontendOrigins: frontendOrigins(config),
    appOrigins: config.APP_ORIGINS,
    isTls: config.IDENTITY_PROVIDER_TLS,
    backchannelLogoutUrl: `${at(config.PLATFORM_API_PORT)}/backchannel-logout`,
    smtpUrl: smtpUrl(config),
    mailboxUrl: at(config.MAILBOX_PORT),
    ...tenant,
  });
  stops.push(identityProvider.close);

  step("the DNS server and the mailbox");
  stops.push((await startDnsServer({ host: HOST, port: config.DNS_PORT, dataFolder })).close);

  const { MAILBOX_PORT: port, MAILBOX_SMTP_PORT: smtpPort } = config;
  stops.push((await startMailbox({ host: HOST, port, smtpPort })).close);
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
