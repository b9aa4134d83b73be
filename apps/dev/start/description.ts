import { join, relative } from "node:path";
import {
  API_AUDIENCE,
  APP_SPA_CLIENT,
  APP_WEB_CLIENT,
  DEVELOPMENT_PASSWORD,
  FRONTEND_CLIENT_ID,
} from "../identity-provider/index.ts";
import { DEFAULTS, type StartConfig } from "./config.ts";
import { aboutFile } from "./data-folder.ts";
import { at, frontendOrigins, HOST, issuerOf, SERVICE_TOKEN, trustEnvironment } from "./environment.ts";
import type { Person } from "./organizations.ts";
import { EVERY_PORT, OWNERS, STAND_INS } from "./ports.ts";

/** What `start` prints at its end, and what it writes down: every address, account and setting. */
export interface Description {
  readonly short: string;
  readonly whole: string;
}

/** What `./platform start --help` prints, in a folder of data. */
export function helpFor(what: "start" | "stand-ins", DATA_FOLDER: string): string {
  const [starts, ports] =
    what === "start"
      ? ["the whole stack on embedded stores, with example people", EVERY_PORT]
      : ["only what stands in for services that a company already has", STAND_INS];
  const variables = ports.map((name) => [name, String(DEFAULTS[name]), OWNERS[name]]);
  return `Starts ${starts}, until Ctrl-C: ./platform ${what}

Environment, with the defaults (README.md has all variables)
${columns([...variables, ["DATA_FOLDER", DEFAULTS.DATA_FOLDER, "the folder of its data"]])}
${elsewhere("While it runs, all addresses, accounts and settings are", { DATA_FOLDER })}
`;
}

/** Lists the stand-ins, what the services need to reach them, and the accounts. */
export function describeStandIns(config: StartConfig, people: readonly Person[]): Description {
  const short = `${columns(standIns(config))}
The user directory's service token is ${SERVICE_TOKEN}, and the frontend's client id ${FRONTEND_CLIENT_ID}.
The identity provider sends users back to ${frontendOrigins(config).join(" and ")} (FRONTEND_PORT).
Sign in as ${firstOf(people)}. ${elsewhere("The other accounts are", config)}
`;
  return { short, whole: `${short}\n${accounts(people)}` };
}

/**
 * Lists what to try, and last the address to open; and services, accounts and settings. The commands work as printed, also
 * with other ports or folders.
 */
export function describe(config: StartConfig, people: readonly Person[]): Description {
  const first = firstOf(people);
  const issuer = issuerOf(config).slice(0, -1);
  const platform = platformIn(config);
  const certificate = config.IDENTITY_PROVIDER_TLS
    ? `First open ${issuer} in the browser, and accept its certificate.\n`
    : "";
  const short = `Try, in another terminal
  TOKEN=$(${platform} token ${first})
  curl -sw '\\n' -H "Authorization: Bearer $TOKEN" ${at(config.PLATFORM_API_PORT)}/validate
  ${platform} org list
${elsewhere("All addresses, accounts, and the settings for your own app are", config)}
Ctrl-C ends everything. The mails are at ${at(config.MAILBOX_PORT)}.
${certificate}Open ${at(config.FRONTEND_PORT)} in a browser, and sign in as ${first}.
`;
  return { short, whole: describeWhole(config, people) };
}

function describeWhole(config: StartConfig, people: readonly Person[]): string {
  const running = [
    ["frontend", at(config.FRONTEND_PORT), "sign in, choose an organization, start runs"],
    [
      "agentic-backend",
      at(config.AGENTIC_BACKEND_PORT),
      "runs of the user that platform-api identifies; /mcp for agents",
    ],
    ["platform-api", at(config.PLATFORM_API_PORT), "tRPC under /trpc, REST, /livez, /readyz"],
    ...standIns(config),
  ];
  return `${columns(running)}
${accounts(people)}
${ownApp(config)}
To prove a domain, set its record: ${platformIn(config)} dns set <name> <value>
Each start applies ${relative("", config.ORGANIZATIONS_FILE)}. Set ORGANIZATIONS_FILE to apply your own file.
The logs are ${join(config.DATA_FOLDER, "platform-api.log")} and agentic-backend.log in the same folder.
To start over, stop the stack and delete ${config.DATA_FOLDER}.
`;
}

function standIns(config: StartConfig): string[][] {
  return [
    [
      "identity provider",
      issuerOf(config).slice(0, -1),
      "stands in for Auth0; /users blocks and deletes people",
    ],
    ["user directory", at(config.USER_DIRECTORY_PORT), "stands in for clj-pg-wrapper"],
    ["DynamoDB", at(config.DYNAMODB_PORT), "embedded"],
    ["DNS server", `${HOST}:${config.DNS_PORT}`, "answers the TXT records that you set"],
    ["mailbox", at(config.MAILBOX_PORT), "shows the mails that the stack sends"],
  ];
}

function accounts(people: readonly Person[]): string {
  return `Sign in as (the password, where a page asks for one, is ${DEVELOPMENT_PASSWORD})
${columns(people.map(({ email, shows }) => [email, shows]))}`;
}

function firstOf([first]: readonly Person[]): string {
  return first?.email ?? "<e-mail>";
}

function elsewhere(what: string, config: Pick<StartConfig, "DATA_FOLDER">): string {
  return `${what} in ${aboutFile(config)}.`;
}

/** The command line as it was called, with the data folder unless it is the usual one. */
function platformIn({ DATA_FOLDER: folder }: StartConfig): string {
  const named = folder === DEFAULTS.DATA_FOLDER ? "" : `DATA_FOLDER=${quoted(folder)} `;
  return `${named}${quoted(process.env.PLATFORM_API_COMMAND || "./platform")}`;
}

/** What your own app needs to sign users in. */
function ownApp(config: StartConfig): string {
  const { APP_ORIGINS: origins } = config;
  const { NODE_EXTRA_CA_CERTS: ca } = trustEnvironment(config);
  const where =
    origins.length === 0 ? "(first set APP_ORIGINS, see docs/your-app.md)" : `at ${origins.join(", ")}`;
  const settings = [
    ["domain", issuerOf(config, "localhost").slice(0, -1), "for an app that opens at localhost"],
    ["domain", issuerOf(config).slice(0, -1), `for an app that opens at ${HOST}`],
    ["audience", API_AUDIENCE],
    ["platform-api", at(config.PLATFORM_API_PORT)],
    ["client id", APP_SPA_CLIENT.clientId, "single-page app"],
    ["client id", APP_WEB_CLIENT.clientId, `web server, client secret ${APP_WEB_CLIENT.clientSecret}`],
    ...(ca === undefined ? [] : [["certificate", ca, "trust it, for Node with NODE_EXTRA_CA_CERTS"]]),
  ];
  return `Your own app ${where}\n${columns(settings)}`;
}

/** Quotes a word for the shell. */
function quoted(word: string): string {
  return /^[\w./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}

function columns(rows: readonly (readonly string[])[]): string {
  const widths =
    rows[0]?.map((_, column) => Math.max(...rows.map((row) => (row[column] ?? "").length))) ?? [];
  const lines = rows.map((row) => row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join("  "));
  return lines.map((line) => `  ${line.trimEnd()}\n`).join("");
}
