import { join, relative } from "node:path";
import {
  API_AUDIENCE,
  APP_SPA_CLIENT,
  APP_WEB_CLIENT,
  DEVELOPMENT_PASSWORD,
  FRONTEND_CLIENT_ID,
} from "../identity-provider/index.ts";
import { DEFAULTS, type StartConfig } from "./config.ts";
import { at, frontendOrigins, HOST, issuerOf, SERVICE_TOKEN, trustEnvironment } from "./environment.ts";
import type { Person } from "./organizations.ts";

const PNPM = "npx -y pnpm@12 --silent";

/** Lists the stand-ins, what the services need to reach them, and the accounts. */
export function describeStandIns(config: StartConfig, people: readonly Person[]): string {
  return `${columns(standIns(config))}
The user directory's service token is ${SERVICE_TOKEN}, and the frontend's client id ${FRONTEND_CLIENT_ID}.
The identity provider sends users back to ${frontendOrigins(config).join(" and ")} (FRONTEND_PORT).

${accounts(people)}`;
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

/** Lists services, accounts and commands to try. The commands work as printed, also with other ports or folders. */
export function describe(config: StartConfig, people: readonly Person[]): string {
  const platformApi = at(config.PLATFORM_API_PORT);
  const identityProvider = issuerOf(config).slice(0, -1);
  const frontend = at(config.FRONTEND_PORT);
  const running = [
    ["frontend", frontend, "sign in, choose an organization, start runs"],
    [
      "agentic-backend",
      at(config.AGENTIC_BACKEND_PORT),
      "runs of the user that platform-api identifies; /mcp for agents",
    ],
    ["platform-api", platformApi, "tRPC under /trpc, REST, /livez, /readyz"],
    ...standIns(config),
  ];
  const { NODE_EXTRA_CA_CERTS: ca } = trustEnvironment(config);
  const trust = ca === undefined ? "" : `NODE_EXTRA_CA_CERTS=${quoted(ca)} `;
  const folder =
    config.DATA_FOLDER === DEFAULTS.DATA_FOLDER ? "" : `DATA_FOLDER=${quoted(config.DATA_FOLDER)} `;
  const first = people[0]?.email ?? "<e-mail>";
  const curl = `curl -sw '\\n' -H "Authorization: Bearer $TOKEN" ${platformApi}`;
  return `${columns(running)}
${accounts(people)}
Try
${ca === undefined ? "" : `  first open ${identityProvider} in the browser, and accept its certificate\n`}  open ${frontend} in a browser, as ${first}
or, in another terminal
  TOKEN=$(${trust}${folder}${PNPM} run token ${first})
  ${curl}/validate
  ${curl}/organizations/me
  ${folder}${PNPM} dev:platform-api org list

${ownApp(config)}
To prove a domain, set its record: ${folder}${PNPM} run dns set <name> <value>
Each start applies ${relative("", config.ORGANIZATIONS_FILE)}. Set ORGANIZATIONS_FILE to apply your own file.
The logs are ${join(config.DATA_FOLDER, "platform-api.log")} and agentic-backend.log in the same folder.
To start over, stop the stack and delete ${config.DATA_FOLDER}.
Ctrl-C ends everything.
`;
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
