import { parseArgs } from "node:util";
import { CLI_CLIENT } from "../identity-provider/clients.ts";
import { PASSWORD_CONNECTION } from "../identity-provider/connection.ts";
import { DEVELOPMENT_PASSWORD } from "../identity-provider/password.ts";
import type { TokenConfig } from "./config.ts";
import { discoverSso, type SsoOption } from "./discovery.ts";
import { LoginRefusedOnPage, login } from "./login.ts";

/** What the command leaves behind. */
export interface Outcome {
  /** 0 done, 1 failed, 2 used wrongly. */
  readonly exitCode: 0 | 1 | 2;
  readonly stdout: string;
  readonly stderr: string;
}

const HELP = `Signs a person in to the running development stack and prints the access token.

  pnpm run token <e-mail> [options]
  TOKEN=$(npx -y pnpm@12 --silent run token jane@acme.example)

  --connection <name>         sign in through this connection; needed where an address has several
  --organization <org_…>      sign in for this Auth0 organization
  --password <password>       of a password account; default: the example accounts' ("${DEVELOPMENT_PASSWORD}")
  --sign-up                   create the password account first; its address is unverified
  --json                      print { accessToken, refreshToken, idToken }
  --help

Environment: PLATFORM_API_URL, IDENTITY_PROVIDER_URL, AUTH0_AUDIENCE
`;

/** Runs `pnpm run token` with these arguments. */
export async function tokenCommand(args: readonly string[], readConfig: () => TokenConfig): Promise<Outcome> {
  let command: Command | "help";
  try {
    command = parseCommand(args);
  } catch (error) {
    return wrongUse(`${messageOf(error)}\n\n${HELP}`);
  }
  if (command === "help") return { exitCode: 0, stdout: HELP, stderr: "" };

  try {
    const config = readConfig();
    const route = await chooseRoute(command, config);
    if (typeof route === "string") return wrongUse(route);
    const tokens = await login({
      issuer: config.identityProviderUrl,
      ...CLI_CLIENT,
      audience: config.audience,
      email: command.email,
      password: command.password ?? DEVELOPMENT_PASSWORD,
      isSignUp: command.isSignUp,
      ...route,
    });
    return {
      exitCode: 0,
      stdout: `${command.json ? JSON.stringify(tokens) : tokens.accessToken}\n`,
      stderr: "",
    };
  } catch (error) {
    return { exitCode: 1, stdout: "", stderr: `${messageOf(error)}\n${cure(error)}` };
  }
}

interface Command {
  readonly email: string;
  readonly connection: string | undefined;
  readonly organization: string | undefined;
  readonly password: string | undefined;
  readonly isSignUp: boolean;
  readonly json: boolean;
}

function parseCommand(args: readonly string[]): Command | "help" {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      connection: { type: "string" },
      organization: { type: "string" },
      password: { type: "string" },
      "sign-up": { type: "boolean", default: false },
      json: { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) return "help";
  const [email, ...rest] = positionals;
  if (email === undefined || rest.length > 0) throw new Error("One e-mail address is needed");
  const { connection, organization, password, json } = values;
  return { email, connection, organization, password, isSignUp: values["sign-up"], json };
}

interface Route {
  readonly connection?: string | undefined;
  readonly organization?: string | undefined;
}

/** The way in that was asked for, or the only one that platform-api knows; what to add where there are several. */
async function chooseRoute(command: Command, { platformApiUrl }: TokenConfig): Promise<Route | string> {
  const wantsPassword = command.password !== undefined || command.isSignUp;
  const connection = command.connection ?? (wantsPassword ? PASSWORD_CONNECTION.name : undefined);
  const options = await discoverSso(platformApiUrl, command.email);
  const fitting = options.filter(
    (option) =>
      [undefined, option.connection].includes(connection) &&
      [undefined, option.authorize.organization].includes(command.organization),
  );
  if (fitting.length > 1) return severalWays(command.email, fitting);
  const [option] = fitting;
  return {
    connection: connection ?? option?.authorize.connection,
    organization: command.organization ?? option?.authorize.organization,
  };
}

function severalWays(email: string, options: readonly SsoOption[]): string {
  const ways = options.map(({ connection, displayName, authorize: { organization } }) => {
    const flags = organization === undefined ? connection : `${connection} --organization ${organization}`;
    return `  --connection ${flags}   ${displayName}\n`;
  });
  return `${email} can sign in in several ways. Add one of:\n${ways.join("")}`;
}

function wrongUse(stderr: string): Outcome {
  return { exitCode: 2, stdout: "", stderr };
}

function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? `${error.message}: ${error.cause.message}` : error.message;
}

function cure(error: unknown): string {
  if (error instanceof LoginRefusedOnPage)
    return "Would --password, --sign-up, --connection or --organization help? See --help.\n";
  // What `fetch` throws when nobody listens.
  if (error instanceof TypeError) return "Is the stack running? Start it with: npx -y pnpm@12 start\n";
  return "";
}
